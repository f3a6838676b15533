import { useTranslation } from 'react-i18next'
import type { BoardAlert } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { clock } from '../time.ts'
import { placeOf, titleOf, whoAndWhere } from './alert-title.ts'
import { SeverityMark } from '../parts/severity-mark.tsx'

interface CompactListProps {
  readonly title: string
  readonly alerts: readonly BoardAlert[]
  /** Given where something is left to do. */
  readonly onResolve?: (alert: BoardAlert) => void
}

/** Alerts that need nobody now, one line each, folded away. */
export function CompactList({ title, alerts, onResolve }: CompactListProps) {
  const { t } = useTranslation(['board', 'shared'])
  const { language } = useLanguage()
  return (
    <details className="compact">
      <summary>{title}</summary>
      <ul>
        {alerts.map((alert) => (
          <li key={alert.id} data-severity={alert.severity}>
            <SeverityMark severity={alert.severity} filled={false} />
            <span className="what">{titleOf(alert, t, language)}</span>
            <span className="where">
              {[placeOf(alert, t), whoAndWhere(alert, t, language)].filter(Boolean).join(' · ')}
            </span>
            <span className="muted since">{clock(alert.raisedAt, alert.timezone)}</span>
            <span className="muted how">{howItEnded(alert)}</span>
            {onResolve && (
              <button type="button" onClick={() => onResolve(alert)}>
                {t('resolve')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </details>
  )

  function howItEnded(alert: BoardAlert): string {
    const who = alert.handledByName ?? t('shared:byItself')
    if (alert.handling !== 'resolved') return t('shared:takenBy', { who })
    const cause = alert.cause ? t(`shared:causes.${alert.cause}`) : ''
    if (alert.cause === 'cleared') return cause
    return [cause, t('shared:resolvedBy', { who }), alert.handledAt && clock(alert.handledAt, alert.timezone)]
      .filter(Boolean)
      .join(' · ')
  }
}
