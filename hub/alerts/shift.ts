import { LONGEST_MAINTENANCE } from '../model/input.ts'
import type { ServiceInput } from '../model/input.ts'
import type { ServiceState } from '../model/service-state.ts'
import type { Order } from '../model/shift.ts'
import { recipientOf } from '../model/notification.ts'
import type { AlertNotification } from '../model/notification.ts'
import type { AlertStory } from './indicators.ts'

const MINUTE = 60_000

/** Who was told of an alert in a shift, and said nothing until the next one was told or the time to answer was over. */
export function whoDidNotAnswer(
  { alert, events, notifications }: Omit<AlertStory, 'notifications'> & Told,
  from: number,
  now: number,
): readonly string[] {
  const told = Map.groupBy(
    notifications.filter(({ template, queuedAt }) => template === 'alert' && queuedAt >= from),
    recipientOf,
  )
  return [...told].flatMap(([recipient, messages]) => {
    const first = Math.min(...messages.map(({ queuedAt }) => queuedAt))
    const answered = events.some(
      ({ what, by, now: at }) =>
        at >= first && by === recipient && (what === 'acknowledged' || what === 'declined'),
    )
    // What never left asked nobody.
    const asked = messages.filter(({ state }) => state !== 'cancelled' && state !== 'gathered')
    const isOver = asked.some(
      ({ step, queuedAt, waitMinutes }) =>
        notifications.some((one) => one.template === 'alert' && one.step > step) ||
        (alert.handling === 'new' && waitMinutes !== undefined && queuedAt + waitMinutes * MINUTE <= now),
    )
    return !answered && isOver ? [recipient] : []
  })
}

interface Told {
  readonly notifications: readonly AlertNotification[]
}

/** A mode or hold that began or ended in a shift, or another state of service. */
export interface OrderEvent {
  readonly at: number
  readonly home: string
  /** The mode, or the rule that is held. */
  readonly of: { readonly mode: string } | { readonly rule: string } | { readonly service: ServiceState }
  readonly what: 'began' | 'changed' | 'ended'
  /** When it ends by itself. */
  readonly until?: number
  /** Not given: it ended by itself. */
  readonly by?: string
}

/** For so long before a shift its orders must be known: a hold that ends in it may have begun then. */
export const LONGEST_ORDER = 14 * 24 * 60 * MINUTE

/**
 * What began and ended since `from`, oldest first.
 * @param orders of `LONGEST_ORDER` before it too, oldest first
 */
export function orderEvents(orders: readonly Order[], from: number, now: number): readonly OrderEvent[] {
  const running = new Map<string, { readonly event: OrderEvent; readonly since: number }>()
  const events: OrderEvent[] = []
  const endUntil = (time: number, key?: string): void => {
    for (const [own, { event }] of running) {
      if ((key !== undefined && own !== key) || event.until === undefined || event.until > time) continue
      running.delete(own)
      const { home, of, until } = event
      events.push({ home, of, what: 'ended', at: until })
    }
  }
  for (const { at, input } of orders) {
    if (input.type === 'service') {
      events.push(serviceEvent(at, input))
      continue
    }
    const of = input.type === 'mode' ? { mode: input.mode } : { rule: input.rule }
    const { home, by } = input
    const key = JSON.stringify([home, of])
    endUntil(at, key)
    const before = running.get(key)
    if (!input.on) {
      running.delete(key)
      events.push({ at, home, of, what: 'ended', by })
      continue
    }
    const since = before?.since ?? at
    const limit = 'mode' in of && of.mode === 'maintenance' ? since + LONGEST_MAINTENANCE : Infinity
    const until = Math.min(input.until ?? Infinity, limit)
    const event: OrderEvent = {
      at,
      home,
      of,
      what: before ? 'changed' : 'began',
      ...(until !== Infinity && { until }),
      by,
    }
    running.set(key, { event, since })
    events.push(event)
  }
  endUntil(now)
  // A pause that was over is so before what was said at that very time.
  return [...pausesOver(orders, now), ...events]
    .filter(({ at }) => at >= from)
    .toSorted((a, b) => a.at - b.at)
}

function serviceEvent(at: number, { home, to, by }: ServiceInput): OrderEvent {
  return {
    at,
    home,
    of: { service: to.is },
    what: 'began',
    ...(to.is === 'paused' && { until: to.until }),
    by,
  }
}

/** Pauses that nobody ended, nor gave another end, before they ended by themselves. */
function pausesOver(orders: readonly Order[], now: number): OrderEvent[] {
  const services = orders.flatMap(({ at, input }) => (input.type === 'service' ? [{ at, ...input }] : []))
  return services.flatMap(({ home, to }, index) => {
    if (to.is !== 'paused' || to.until > now) return []
    const { until } = to
    const isChanged = services.slice(index + 1).some((next) => next.home === home && next.at < until)
    return isChanged ? [] : [{ at: until, home, of: { service: 'active' }, what: 'began' } as const]
  })
}
