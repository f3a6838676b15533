import { createHash } from 'node:crypto'

/** Which calls of providers were taken, over restarts; by hash, so that no number and no word is kept. */
export interface TakenCalls {
  has(call: Buffer, now: number): boolean
  /** @param until ms since 1970 */
  keep(call: Buffer, until: number, now: number): void
}

/** What tells one call of a provider from another. */
export interface ProviderCallFacts {
  readonly about: 'delivery' | 'inbound'
  /** The provider's own id of it: the same when it tells it again. */
  readonly id: string | undefined
  /** What else would have to be the same, where there is no id. */
  readonly content: readonly string[]
}

/**
 * Does the work for a call that was not taken before; for one that was, nothing. Work that fails counts as not done: the
 * provider calls again. Without an id the same content counts as the same call for two minutes only, since people do write
 * the same words twice.
 * @throws what the work throws
 */
export type TakeOnce = (facts: ProviderCallFacts, work: () => Promise<unknown>) => Promise<void>

const DAY = 86_400_000
/** No signature of a provider has an end: as long as an alert may stay open, and some more. */
export const ID_KEPT = 30 * DAY
/** Providers try again within it. */
export const CONTENT_KEPT = 2 * 60_000

export function createTakeOnce(channel: string, calls: TakenCalls, now: () => number): TakeOnce {
  const running = new Map<string, Promise<unknown>>()
  return async ({ about, id, content }, work) => {
    const same = id === undefined ? ['content', ...content] : ['id', id]
    const call = createHash('sha256')
      .update(JSON.stringify([channel, about, ...same]))
      .digest()
    const key = call.toString('base64')
    // One that is told twice at once: the second waits, and finds it taken, or has its turn where the first failed.
    while (running.has(key)) await running.get(key)?.catch(() => {})
    if (calls.has(call, now())) return
    const done = work()
    running.set(key, done)
    try {
      await done
      calls.keep(call, now() + (id === undefined ? CONTENT_KEPT : ID_KEPT), now())
    } finally {
      running.delete(key)
    }
  }
}

/** For what takes no answers, and for tests: forgotten when the process ends. */
export function createMemoryCalls(): TakenCalls {
  const taken = new Map<string, number>()
  return {
    has: (call, now) => (taken.get(call.toString('base64')) ?? 0) > now,
    keep: (call, until) => void taken.set(call.toString('base64'), until),
  }
}
