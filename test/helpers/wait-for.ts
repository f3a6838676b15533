import { setTimeout as delay } from 'node:timers/promises'

export interface WaitOptions {
  /** Milliseconds until it gives up; 30,000 when not given: only a deadline, for busy machines. */
  readonly timeout?: number | undefined
  /** Milliseconds between two looks. */
  readonly interval?: number
}

type NotYet = false | undefined | null

/**
 * Looks again and again until the condition gives something. A condition that throws counts as not yet.
 * @param what completes "Waited 30 s for …"
 * @throws Error at the deadline, with what the condition threw last as its cause
 */
export async function waitFor<T>(
  what: string,
  condition: () => T | NotYet | Promise<T | NotYet>,
  { timeout = 30_000, interval = 25 }: WaitOptions = {},
): Promise<T> {
  const deadline = Date.now() + timeout
  let cause: unknown
  for (;;) {
    try {
      cause = undefined
      const value = await condition()
      if (value !== false && value !== undefined && value !== null) return value
    } catch (error) {
      cause = error
    }
    if (Date.now() >= deadline) {
      const why = cause instanceof Error ? `: ${cause.message}` : ''
      throw new Error(`Waited ${timeout / 1000} s for ${what}${why}`, { cause })
    }
    await delay(interval)
  }
}
