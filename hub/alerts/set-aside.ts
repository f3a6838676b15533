import type { Alert } from '../model/alert.ts'
import type { Restored } from '../model/input.ts'
import { eventOf } from './change.ts'
import type { Change, Situation } from './change.ts'
import { FRESH } from './escalation.ts'
import { cancelQueued } from './messages.ts'

/**
 * The alert is as it was when a backup was made. What was about to be said is not said: it was, most likely, or is not
 * true any more. Whoever looks at the board has some time to say what became of it; then its people are told, from the
 * first on (docs/decisions/0025-backup.md).
 */
export function setAside(alert: Alert, { madeAt, quiet }: Restored, situation: Situation): Change {
  const { now, notifications } = situation
  const event = eventOf(alert, now, now, 'restored', 'hub', 'backup', new Date(madeAt).toISOString())
  const waits = alert.handling === 'new' && alert.nextStepAt !== undefined && !alert.held
  return {
    alert: waits ? { ...alert, progress: { ...FRESH, setAside: true }, nextStepAt: now + quiet } : alert,
    events: [event],
    notifications: cancelQueued(notifications),
  }
}
