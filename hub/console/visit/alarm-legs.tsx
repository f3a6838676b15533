import { useTranslation } from 'react-i18next'
import type { VisitAlarmView } from '../../model/visit.ts'

interface AlarmLegsProps {
  readonly legs: VisitAlarmView['legs']
  /** How the page writes a time, ms. */
  timeOf(at: number): string
}

/** The way of an alarm, from the sensor to the answer, with the seconds of each leg. */
export function AlarmLegs({ legs, timeOf }: AlarmLegsProps) {
  const { t } = useTranslation('visit')
  return (
    <ol className="legs" aria-label={t('alarm.legs')}>
      {legs.map(({ leg, at, seconds }) => (
        <li key={leg} data-done={at !== undefined || undefined}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <circle cx="12" cy="12" r="9" />
            {at !== undefined && <path d="m7.5 12.5 3 3 6-6.5" />}
          </svg>
          <span>{t(`alarm.leg.${leg}`)}</span>
          {at === undefined ? (
            <span className="muted">{t('alarm.notYet')}</span>
          ) : (
            <span>
              <b>{t('alarm.seconds', { seconds: seconds ?? 0 })}</b>{' '}
              <time className="muted" dateTime={new Date(at).toISOString()}>
                {timeOf(at)}
              </time>
            </span>
          )}
        </li>
      ))}
    </ol>
  )
}
