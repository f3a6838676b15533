import type { BoardAlert } from '../api-types.ts'
import { useLanguage } from '../language.tsx'
import { clock } from '../time.ts'
import { placeOf, titleOf, whoAndWhere } from './alert-title.ts'
import { SeverityMark } from './severity-mark.tsx'

interface CompactListProps {
  readonly title: string
  readonly alerts: readonly BoardAlert[]
  /** Given where something is left to do. */
  readonly onResolve?: (alert: BoardAlert) => void
}

/** Alerts that need nobody now, one line each, folded away. */
export function CompactList({ title, alerts, onResolve }: CompactListProps) {
  const { words, language } = useLanguage()
  return (
    <details className="compact">
      <summary>{title}</summary>
      <ul>
        {alerts.map((alert) => (
          <li key={alert.id} data-severity={alert.severity}>
            <SeverityMark severity={alert.severity} filled={false} />
            <span className="what">{titleOf(alert, language)}</span>
            <span className="where">
              {[placeOf(alert, words), whoAndWhere(alert, words)].filter(Boolean).join(' · ')}
            </span>
            <span className="muted since">{clock(alert.raisedAt, alert.timezone)}</span>
            <span className="muted how">{howItEnded(alert)}</span>
            {onResolve && (
              <button type="button" onClick={() => onResolve(alert)}>
                {words.resolve}
              </button>
            )}
          </li>
        ))}
      </ul>
    </details>
  )

  function howItEnded(alert: BoardAlert): string {
    const who = alert.handledByName ?? words.byItself
    if (alert.handling !== 'resolved') return words.takenBy(who)
    const cause = alert.cause ? words.causes[alert.cause] : ''
    if (alert.cause === 'cleared') return cause
    return [cause, words.resolvedBy(who), alert.handledAt && clock(alert.handledAt, alert.timezone)]
      .filter(Boolean)
      .join(' · ')
  }
}
