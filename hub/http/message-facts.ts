import type { AlertEvent } from '../model/alert.ts'
import { recipientOf } from '../model/notification.ts'
import type { AlertNotification } from '../model/notification.ts'

/** What became of one message about an alert, as its history says; times in ms. */
export interface MessageFacts {
  /** When it got the state that it has; else when it was queued. */
  readonly at: number
  readonly acceptedAt?: number
  readonly deliveredAt?: number
  readonly answer?: { readonly what: 'acknowledged' | 'declined'; readonly at: number }
}

/**
 * @param events those of its alert
 * @param all the messages about its alert
 */
export function factsOf(
  one: AlertNotification,
  events: readonly AlertEvent[],
  all: readonly AlertNotification[],
): MessageFacts {
  const own = events.filter((event) => event.at >= one.queuedAt && isAbout(event, one))
  const reached = (state: string, since = one.queuedAt): number | undefined =>
    own.find(({ what, text, at }) => what === 'delivery' && at >= since && text?.split(':', 1)[0] === state)
      ?.at
  const rerouted = one.notBy && own.findLast(({ what }) => what === 'rerouted')?.at
  const acceptedAt = reached('accepted')
  // Another one of theirs may be the one that was delivered.
  const deliveredAt = one.state === 'delivered' ? reached('delivered') : undefined
  const answer = events.findLast((event) => isAnswer(event) && answered(event, all)?.id === one.id)
  return {
    at: reached(one.state, rerouted) ?? rerouted ?? one.queuedAt,
    ...(acceptedAt !== undefined && { acceptedAt }),
    ...(deliveredAt !== undefined && { deliveredAt }),
    ...(answer && {
      answer: { what: answer.what === 'declined' ? 'declined' : 'acknowledged', at: answer.now },
    }),
  }
}

/** Events of before 22 November 2026 name no message: of those the first that fits is taken. */
function isAbout({ notification, by, via }: AlertEvent, one: AlertNotification): boolean {
  if (notification !== undefined) return notification === one.id
  return by === recipientOf(one) && via === one.channel
}

function isAnswer({ what }: AlertEvent): boolean {
  return what === 'acknowledged' || what === 'declined'
}

/** An answer is to the newest message that had asked them, by the way it came where they were asked by several. */
function answered(
  { by, via, now }: AlertEvent,
  all: readonly AlertNotification[],
): AlertNotification | undefined {
  const rank = ({ channel }: AlertNotification): number =>
    channel === via ? 0 : 1 + ['sms', 'email', 'webhook'].indexOf(channel)
  return all
    .filter((one) => one.template === 'alert' && recipientOf(one) === by && one.queuedAt <= now)
    .toSorted((a, b) => b.queuedAt - a.queuedAt || b.step - a.step || rank(a) - rank(b))[0]
}
