import type { Alert } from '../model/alert.ts'
import type { Way } from '../model/notification.ts'
import { mayBeGathered } from './attention.ts'
import { eventOf } from './change.ts'
import type { Change, Situation } from './change.ts'
import { nextStep } from './escalation.ts'
import { waitsForSomebody } from './lifecycle.ts'
import { messageTo, occasionFor } from './messages.ts'

/** More turns than any round has. */
const MOST_TURNS = 100

/**
 * Somebody may be told again who could not when the alert was raised: where their turn is still to come in this round,
 * they are told at once, beside those who were told last, and nothing else changes. Undefined where it is not: whoever
 * knows of it, is spared, or is told of technical alerts with others anyway.
 */
export function tellNewcomer(alert: Alert, recipient: string, situation: Situation): Change | undefined {
  if (alert.handling !== 'new' || alert.held || situation.isHeld || mayBeGathered(alert)) return undefined
  // These are told by the next step, which comes at once.
  if (waitsForSomebody(alert) || alert.progress.resting) return undefined
  const by = waysInRound(alert, recipient, situation)
  if (by === undefined) return undefined
  const { now, notifications } = situation
  const { progress } = alert
  const told: Alert = {
    ...alert,
    step: alert.step + 1,
    progress: {
      ...progress,
      told: [...new Set([...progress.told, recipient])],
      asked: [...new Set([...progress.asked, recipient])],
    },
  }
  const occasion = occasionFor(recipient, alert, notifications)
  return {
    alert: told,
    events: [eventOf(alert, now, now, 'notified', 'hub', 'timer', recipient)],
    notifications: by.flatMap((way) =>
      messageTo(recipient, way, told, 'alert', situation, occasion ? { occasion } : {}),
    ),
  }
}

/** How somebody would be told later in this round. */
function waysInRound(alert: Alert, recipient: string, situation: Situation): readonly Way[] | undefined {
  let { progress } = alert
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const next = nextStep({ ...alert, progress }, situation, situation.now)
    if (next.type !== 'turn' || next.turn.progress.round !== alert.progress.round) return undefined
    if (next.turn.recipients.includes(recipient)) return next.turn.by
    ;({ progress } = next.turn)
  }
  return undefined
}
