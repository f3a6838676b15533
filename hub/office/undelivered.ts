import type { Core } from '../core/core.ts'
import type { UndeliveredReads } from '../database/undelivered-reads.ts'
import { WAYS } from '../model/notification.ts'
import type { Notification, Way } from '../model/notification.ts'

/** Contacts to whom the newest message could not be delivered. */
export interface Undelivered {
  /** By way, with when that message was to go, ms. */
  of(home: string, contact: string): readonly { readonly way: Way; readonly since: number }[]
  stop(): void
}

/** A number that failed longer ago says little; somebody has long been told of it. ms */
const LOOKED_BACK = 30 * 24 * 3_600_000

interface Newest {
  /** When it was to go, ms. */
  readonly at: number
  readonly failed: boolean
}

/** Kept up from the stream: what is asked of thousands of homes must cost no read. */
export function createUndelivered(
  reads: UndeliveredReads,
  core: Pick<Core, 'now' | 'onCommit'>,
): Undelivered {
  /** By contact and way: the newest message whose end is known. */
  const newest = new Map<string, Newest>()

  const keyOf = (home: string, contact: string, way: Way): string => `${home}|${contact}|${way}`

  function take(one: Notification): void {
    const { home, contact, channel, queuedAt } = one
    if (home === undefined || contact === undefined) return
    const failed = hasFailed(one)
    if (failed === undefined) return
    const key = keyOf(home, contact, channel)
    // What is tried for long fails after newer ones came through.
    if ((newest.get(key)?.at ?? -Infinity) <= queuedAt) newest.set(key, { at: queuedAt, failed })
  }

  /** Their number or address may be another one now. */
  function forget(home: string, what: string, at: number): void {
    const [part, contact, field] = what.split('/')
    if (part !== 'contacts' || contact === undefined) return
    if (field !== undefined && field !== 'phone' && field !== 'email') return
    for (const way of WAYS) {
      const key = keyOf(home, contact, way)
      if ((newest.get(key)?.at ?? Infinity) <= at) newest.delete(key)
    }
  }

  for (const one of reads.failedSince(core.now() - LOOKED_BACK)) take(one)
  if (newest.size > 0) {
    const first = [...newest.values()].reduce((first, { at }) => Math.min(first, at), Infinity)
    for (const one of reads.deliveredSince(first)) take(one)
    const homes = new Set([...newest.keys()].map((key) => key.slice(0, key.indexOf('|'))))
    for (const home of homes) {
      for (const { what, at } of reads.changedSince(home, first)) forget(home, what, at)
    }
  }

  const stop = core.onCommit(({ notifications, entries }) => {
    for (const { input, now } of entries) {
      if (input.type !== 'home') continue
      for (const what of input.change?.register ?? []) forget(input.home.id, what, now)
    }
    for (const one of notifications) take(one)
  })

  return {
    of: (home, contact) =>
      WAYS.flatMap((way) => {
        const known = newest.get(keyOf(home, contact, way))
        return known?.failed ? [{ way, since: known.at }] : []
      }),
    stop,
  }
}

/** Undefined: nobody knows yet. What a channel took that tells nothing more counts as delivered. */
function hasFailed({ state, reportBy }: Notification): boolean | undefined {
  if (state === 'failed') return true
  if (state === 'delivered' || (state === 'accepted' && reportBy === undefined)) return false
  return undefined
}
