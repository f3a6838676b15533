import { useTranslation } from 'react-i18next'

interface HoursAndWhyProps {
  readonly choices: readonly number[]
  readonly hours: number
  onHours(hours: number): void
  readonly why: string
  onWhy(why: string): void
}

/** For how long something is to be so, and why. */
export function HoursAndWhy({ choices, hours, onHours, why, onWhy }: HoursAndWhyProps) {
  const { t } = useTranslation('home')
  return (
    <>
      <fieldset className="segments">
        <legend>{t('modeFor')}</legend>
        {choices.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="hours"
              value={one}
              checked={hours === one}
              onChange={() => onHours(one)}
            />
            <span>{one < 48 ? t('hours', { count: one }) : t('days', { count: one / 24 })}</span>
          </label>
        ))}
      </fieldset>
      <label className="field">
        {t('why')}
        <input maxLength={500} value={why} onChange={(event) => onWhy(event.target.value)} />
      </label>
    </>
  )
}
