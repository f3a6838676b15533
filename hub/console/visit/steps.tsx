import { useTranslation } from 'react-i18next'

export const STEPS = ['home', 'gateway', 'sensors', 'prove', 'certificate'] as const
export type Step = (typeof STEPS)[number]

interface StepsProps {
  readonly at: Step
  /** Those that are done. */
  readonly done: ReadonlySet<Step>
  onGo(step: Step): void
}

/** The way of a visit, and how far one is on it. */
export function Steps({ at, done, onGo }: StepsProps) {
  const { t } = useTranslation('visit')
  return (
    <nav className="visit-steps" aria-label={t('steps.label')}>
      <ol>
        {STEPS.map((step) => (
          <li key={step}>
            <button
              type="button"
              aria-current={step === at ? 'step' : undefined}
              data-done={done.has(step) || undefined}
              onClick={() => onGo(step)}
            >
              <svg viewBox="0 0 24 24" aria-hidden="true">
                <circle cx="12" cy="12" r="9" />
                {done.has(step) && <path d="m7.5 12.5 3 3 6-6.5" />}
              </svg>
              <span>{t(`steps.${step}`)}</span>
              {done.has(step) && <span className="visually-hidden">{t('steps.done')}</span>}
            </button>
          </li>
        ))}
      </ol>
    </nav>
  )
}
