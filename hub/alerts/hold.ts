import type { Alert } from '../model/alert.ts'
import { end, eventOf } from './change.ts'
import type { Change, Situation } from './change.ts'
import { FRESH } from './escalation.ts'
import { escalate } from './lifecycle.ts'
import { cancelQueued } from './messages.ts'

/** Its rule is held: nobody else is told, and what still waits to be sent is not. */
export function hold(alert: Alert, by: string, via: string, situation: Situation): Change {
  const held: Alert = { ...end(alert), held: true, progress: FRESH }
  return {
    alert: held,
    events: [eventOf(held, situation.now, situation.now, 'held', by, via)],
    notifications: cancelQueued(situation.notifications),
  }
}

/**
 * The hold is over. What still waits for a human and is still so is told to the contacts, from the first on; what is
 * over stays on the board alone (docs/decisions/0013-holds.md).
 */
export function release(alert: Alert, by: string, via: string, situation: Situation): Change {
  const { held: _, ...free } = alert
  if (alert.handling !== 'new') return { alert: free, events: [], notifications: [] }
  if (alert.condition === 'cleared') return { alert, events: [], notifications: [] }
  const event = eventOf(free, situation.now, situation.now, 'released', by, via)
  return escalate(free, [event], [], situation)
}
