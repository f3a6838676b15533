import type { Limits } from '../alerts/policy.ts'
import type { Way } from '../model/notification.ts'
import { rowKey } from '../rules/state.ts'
import type { DigestRow, MessagesRow, Row } from '../rules/state.ts'
import type { TimerQueue } from '../rules/timer-queue.ts'

const HOUR = 3_600_000
/** What fails together is said together: the first one waits so long for others, ms. */
const MOMENT = 10_000
/** No limit is higher. */
const MOST_KEPT = 60
/** While technical alerts keep coming, so long passes between two messages about them at most, ms. */
const LONGEST_DIGEST = HOUR

/**
 * How much comes to each person: how many messages in the last hour, and whether technical alerts are being gathered for
 * them. A person is `personOf(home, recipient)`.
 */
export interface MessageFlow {
  /** @param about what a program raised waits for all other messages; nothing waits for messages about that */
  isOverLimit(person: string, now: number, about?: Sender): boolean
  /** Until when technical alerts to them wait for others, ms. */
  gatheredUntil(person: string, way: Way, now: number): number
  /** They are sent something now. */
  sent(person: string, now: number, about?: Sender): void
  /** They are told of a technical alert then, with what else comes until then. */
  gather(person: string, way: Way, now: number): void
  /** Whose time of gathering is over when this timer is due, and was when; undefined when it is another one. */
  ends(key: string): { readonly person: string; readonly way: Way; readonly until: number } | undefined
  /** Where something was told now it goes on, and longer each time; else it ends. */
  renew(person: string, way: Way, hasTold: boolean, now: number): void
  /** Rows to write since the last call; null: the row goes. */
  changes(): ReadonlyMap<string, MessagesRow | DigestRow | null>
}

/** Whether a message is about what the hub's own rules found, or about what a program raised. */
export type Sender = 'hub' | 'program'

/** The staff have one phone for all homes; a contact is one of a home. */
export function personOf(home: string | undefined, recipient: string): string {
  return recipient.startsWith('staff:') || home === undefined ? recipient : `${home}/${recipient}`
}

export function createMessageFlow(
  timers: TimerQueue,
  saved: ReadonlyMap<string, Row>,
  limits: () => Limits,
): MessageFlow {
  const messages = new Map<string, MessagesRow>()
  const digests = new Map<string, DigestRow>()
  let changed = new Map<string, MessagesRow | DigestRow | null>()

  for (const [key, row] of saved) {
    if (key.startsWith('messages|')) messages.set(key, row as MessagesRow)
    if (key.startsWith('digest|')) digests.set(key, row as DigestRow)
  }
  for (const [key, { until }] of digests) timers.set(key, until)

  function lately(person: string, now: number): Required<MessagesRow> {
    const { at = [], programs = [] } = messages.get(rowKey.messages(person)) ?? {}
    const isLate = (one: number): boolean => one > now - HOUR
    return { at: at.filter(isLate), programs: programs.filter(isLate) }
  }

  function isOverLimit(person: string, now: number, about: Sender = 'hub'): boolean {
    const { at, programs } = lately(person, now)
    return at.length + (about === 'program' ? programs.length : 0) >= limits().perHour
  }

  function keep(key: string, row: DigestRow | undefined): void {
    if (row) digests.set(key, row)
    else digests.delete(key)
    changed.set(key, row ?? null)
    timers.set(key, row?.until)
  }

  function gatheredUntil(person: string, way: Way, now: number): number {
    const row = digests.get(rowKey.digest(person, way))
    // After downtime its end may be past, and comes with this same input.
    if (row) return Math.max(row.until, now)
    return now + (isOverLimit(person, now) ? limits().digest : MOMENT)
  }

  return {
    isOverLimit,
    gatheredUntil,
    sent(person, now, about = 'hub') {
      const { at, programs } = lately(person, now)
      const those = about === 'hub' ? at : programs
      those.push(now)
      const row: MessagesRow = {
        at: at.slice(-MOST_KEPT),
        ...(programs.length > 0 && { programs: programs.slice(-MOST_KEPT) }),
      }
      messages.set(rowKey.messages(person), row)
      changed.set(rowKey.messages(person), row)
    },
    gather(person, way, now) {
      const key = rowKey.digest(person, way)
      if (!digests.has(key)) keep(key, { until: gatheredUntil(person, way, now) })
    },
    ends(key) {
      const row = digests.get(key)
      if (!row) return undefined
      const [, person = '', way] = key.split('|')
      return { person, way: way as Way, until: row.until }
    },
    renew(person, way, hasTold, now) {
      const key = rowKey.digest(person, way)
      const row = digests.get(key)
      if (!row) return
      const { length: before } = row
      const length =
        before === undefined ? limits().digest : Math.max(before, Math.min(2 * before, LONGEST_DIGEST))
      keep(key, hasTold ? { until: now + length, length } : undefined)
    },
    changes() {
      const rest = changed
      if (changed.size > 0) changed = new Map()
      return rest
    },
  }
}
