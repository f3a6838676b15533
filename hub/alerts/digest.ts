import type { Alert, Text } from '../model/alert.ts'
import { recipientOf } from '../model/notification.ts'
import type { AlertNotification } from '../model/notification.ts'
import { eventOf } from './change.ts'
import type { Change, Refused, Situation } from './change.ts'

/** What a message about many says of one. */
export type Told = Pick<Alert, 'title' | 'handling' | 'held' | 'raisedBy'>

/** Many alerts in a few words. */
export interface Summary {
  readonly count: number
  /** The most frequent first, at most two. */
  readonly kinds: readonly { readonly title: Text; readonly raisedBy?: string; readonly count: number }[]
}

/** So many titles fit into an SMS beside what to answer. */
const MOST_KINDS = 2

/** Whether there is still something to say of an alert that was gathered with others. */
export function isToBeTold(alert: Pick<Alert, 'handling' | 'held'> | undefined): boolean {
  return alert?.handling === 'new' && !alert.held
}

/** Those of the alerts that are still to be told, by their titles. */
export function summarise(alerts: readonly (Told | undefined)[]): Summary {
  const left = alerts.filter((alert) => alert !== undefined).filter(isToBeTold)
  const kinds = [...Map.groupBy(left, ({ title }) => title.en).values()]
    .flatMap(([first, ...more]) => {
      if (!first) return []
      const { title, raisedBy } = first
      return [{ title, ...(raisedBy !== undefined && { raisedBy }), count: 1 + more.length }]
    })
    .toSorted((a, b) => b.count - a.count || (a.title.en < b.title.en ? -1 : 1))
  return { count: left.length, kinds: kinds.slice(0, MOST_KINDS) }
}

/**
 * The gathered message about an alert goes now.
 * @param digest the letter that says it with others; not given: it is said as itself
 * @param late how long after its time, ms: whoever is told has the same time to answer all the same
 */
export function tellGathered(
  alert: Alert,
  message: AlertNotification,
  digest: AlertNotification['digest'],
  late: number,
  { now }: Situation,
): Change {
  const recipient = recipientOf(message)
  const others = digest && digest.count - 1
  const how =
    others === undefined ? '' : `: in one message with ${others} ${others === 1 ? 'other' : 'others'}`
  const told: AlertNotification = {
    ...message,
    queuedAt: now,
    notBefore: Math.max(now, message.notBefore),
    ...(digest ? { digest } : { state: 'queued' }),
  }
  const isNewest = message.step === alert.step && alert.nextStepAt !== undefined
  return {
    alert: isNewest ? { ...alert, nextStepAt: (alert.nextStepAt ?? now) + late } : alert,
    events: [eventOf(alert, now, now - late, 'notified', 'hub', 'timer', `${recipient}${how}`)],
    notifications: [told],
  }
}

/** Without what the change says to this person: they get one message about all. */
export function withoutReceipt(change: Change | Refused, recipient: string): Change | Refused {
  if ('refused' in change) return change
  const notifications = change.notifications.filter(
    (one) => one.state !== 'queued' || recipientOf(one) !== recipient,
  )
  return { ...change, notifications }
}
