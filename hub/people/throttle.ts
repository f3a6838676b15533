const MINUTE = 60_000
/** Failures that are so long ago count no more. */
const FORGOTTEN_AFTER = 60 * MINUTE
const MOST_KEYS = 10_000

export interface Throttle {
  /** How long this key must wait before it may try, ms; 0: now, and it counts as failed until `passed`. */
  begin(key: string, now: number): number
  /** The try did not fail: it is as if it had not been. */
  passed(key: string): void
  /** What failed before is forgotten too. */
  forget(key: string): void
}

export interface ThrottleLimits {
  /** So many may fail before there is a wait. */
  readonly free: number
  /** The first wait, which each further failure doubles, ms. */
  readonly first: number
  readonly longest: number
}

interface Entry {
  failures: number
  lastAt: number
}

/** Slows down who guesses. In memory: a restart forgets it, and the slow hash remains. */
export function createThrottle({ free, first, longest }: ThrottleLimits): Throttle {
  const entries = new Map<string, Entry>()

  return {
    begin(key, now) {
      const known = entries.get(key)
      const entry = known && now - known.lastAt < FORGOTTEN_AFTER ? known : { failures: 0, lastAt: now }
      if (entry.failures >= free) {
        const wait = Math.min(longest, first * 2 ** (entry.failures - free))
        const left = entry.lastAt + wait - now
        if (left > 0) return left
      }
      // Counted before it is known to fail: else many at once would all be free.
      entry.failures++
      entry.lastAt = now
      entries.delete(key)
      entries.set(key, entry)
      if (entries.size > MOST_KEYS) {
        const [oldest] = entries.keys()
        if (oldest !== undefined) entries.delete(oldest)
      }
      return 0
    },
    passed(key) {
      const entry = entries.get(key)
      if (entry) entry.failures = Math.max(0, entry.failures - 1)
    },
    forget: (key) => void entries.delete(key),
  }
}
