import type { Alert } from '../model/alert.ts'
import type { DeliveryInput } from '../model/input.ts'
import { recipientOf } from '../model/notification.ts'
import type { AlertNotification, Notification } from '../model/notification.ts'
import type { Refused } from './change.ts'

/** A notification after something was heard of it, or not heard in time. */
export interface Judged<N extends Notification> {
  readonly notification: N
  /** It goes once more, by another channel of its route: who was left, and why. For its alert's history. */
  readonly rerouted?: string
}

const PROGRESS = ['queued', 'accepted', 'delivered'] as const
const NO_REPORT = 'no report of its delivery came in time'

/**
 * What a report means for a notification. Reports come twice, late and in any order, and of a channel that was left:
 * from that one only a delivery is news.
 * @param waits whether the message still asks somebody for something, so that another channel is worth a try
 */
export function judgeDelivery<N extends Notification>(
  before: N,
  input: DeliveryInput,
  waits: boolean,
  now: number,
): Judged<N> | Refused {
  const { to, via } = input
  const oldNews = { refused: `notification ${before.id} is ${before.state} already` }
  if (via !== undefined && to !== 'delivered' && before.notBy?.includes(via)) {
    return { refused: `notification ${before.id} goes by another channel than ${via}` }
  }
  const attempts = before.attempts + (before.state === 'queued' ? 1 : 0)
  const heard: N = {
    ...before,
    attempts,
    ...(input.reference !== undefined && { reference: input.reference }),
  }
  switch (to) {
    case 'retry':
      if (before.state !== 'queued') return oldNews
      return {
        notification: {
          ...before,
          attempts,
          notBefore: input.notBefore ?? before.notBefore,
          ...(input.error !== undefined && { error: input.error }),
        },
      }
    case 'failed': {
      if (before.state === 'delivered' || before.state === 'failed') return oldNews
      const error = input.error !== undefined && { error: input.error }
      const isOut = before.state === 'queued' || before.state === 'accepted'
      if (via !== undefined && isOut && waits && untried(before, input).length > 0) {
        // It is known not to have arrived: whoever it is for was not told by this one.
        const left = leave({ ...heard, ...error }, via, now)
        return { notification: without(left, 'via'), rerouted: `${via}: ${input.error ?? 'failed'}` }
      }
      return { notification: without({ ...heard, ...error, state: 'failed' }, 'reportBy') }
    }
    case 'accepted':
    case 'delivered': {
      if (input.isLast && before.state === 'accepted') return { notification: without(before, 'reportBy') }
      if (before.state !== 'cancelled' && rank(to) <= rank(before.state)) return oldNews
      if (before.state === 'failed' && to === 'accepted') return oldNews
      const isWatched = to === 'accepted' && waits && untried(before, input).length > 0
      return {
        notification: {
          ...without(heard, 'reportBy', 'error'),
          state: to,
          ...(via !== undefined && { via }),
          ...(isWatched && input.reportWithin !== undefined && { reportBy: now + input.reportWithin }),
        },
      }
    }
  }
}

/** What becomes of an accepted message of whose delivery nothing was heard in time. */
export function missReport<N extends Notification>(before: N, waits: boolean, now: number): Judged<N> {
  const { via, reportBy } = before
  if (via === undefined || reportBy === undefined || !waits) {
    return { notification: without(before, 'reportBy') }
  }
  return { notification: leave(before, via, now), rerouted: `${via}: ${NO_REPORT}` }
}

/**
 * A message that failed, queued once more by all channels of its route.
 * @param alert the open alert that it is about; undefined where there is none
 */
export function resend(
  before: AlertNotification,
  alert: Alert | undefined,
  others: Iterable<AlertNotification>,
  now: number,
): Judged<AlertNotification> | Refused {
  const refused = whyNotResent(before, alert, others)
  if (refused !== undefined) return { refused }
  const fresh = without(before, 'via', 'notBy', 'reportBy', 'error', 'reference')
  // Queued now: what may wait for so long counts from here, and what is said of it later belongs to this try.
  return { notification: { ...fresh, state: 'queued', queuedAt: now, notBefore: now } }
}

/** Why it makes no sense to send a message once more; undefined where it does. */
export function whyNotResent(
  one: AlertNotification,
  alert: Alert | undefined,
  others: Iterable<AlertNotification>,
): string | undefined {
  if (one.state !== 'failed') return `message ${one.id} has not failed: it is ${one.state}`
  if (alert === undefined || alert.handling === 'resolved') {
    return `the alert of message ${one.id} is open no more`
  }
  // A program wants to know of it also when somebody has it; people are asked for nothing then.
  if (one.channel !== 'webhook' && one.template === 'alert' && !isAwaited(one, alert, others)) {
    return alert.handling === 'acknowledged'
      ? `${alert.handledBy ?? 'somebody'} has the alert of message ${one.id} already`
      : `message ${one.id} is out of date: its alert is held, or they were sent a newer one`
  }
  return undefined
}

/** While nobody could tell the hub of a delivery, none is missed. */
export function putOff<N extends Notification>(before: N, ms: number): N {
  return before.reportBy === undefined ? before : { ...before, reportBy: before.reportBy + ms }
}

/**
 * Whether a message still asks its recipient for something: nobody has the alert, or it was handed on to them, and
 * nothing newer went to them the same way.
 */
export function isAwaited(
  one: AlertNotification,
  alert: Alert,
  others: Iterable<AlertNotification>,
): boolean {
  if (one.template !== 'alert' || alert.held) return false
  const recipient = recipientOf(one)
  if (alert.handling !== 'new' && !(alert.handling === 'acknowledged' && alert.handedTo === recipient)) {
    return false
  }
  for (const other of others) {
    const isNewer = other.step > one.step && other.template === 'alert' && other.state !== 'failed'
    if (isNewer && other.channel === one.channel && recipientOf(other) === recipient) return false
  }
  return true
}

/** The notification is queued for the other channels of its route; `via` stays: it may have arrived all the same. */
function leave<N extends Notification>(before: N, via: string, now: number): N {
  return {
    ...without(before, 'reportBy'),
    state: 'queued',
    notBefore: now,
    notBy: [...(before.notBy ?? []), via],
  }
}

function without<N extends Notification>(
  one: N,
  ...keys: readonly ('reportBy' | 'via' | 'error' | 'notBy' | 'reference')[]
): N {
  const rest: N & { -readonly [K in (typeof keys)[number]]?: Notification[K] } = { ...one }
  for (const key of keys) delete rest[key]
  return rest
}

/** The channels of the route that have not taken it. */
function untried({ notBy = [] }: Notification, { via, others = [] }: DeliveryInput): readonly string[] {
  return others.filter((other) => other !== via && !notBy.includes(other))
}

function rank(state: Notification['state']): number {
  return PROGRESS.findIndex((name) => name === state)
}
