const MINUTE = 60_000

/** Counts what each of many does in a minute. In memory: a hub that starts anew counts anew. */
export interface MinuteLimit {
  /** @returns how long until there is room again, whole seconds; undefined: there is */
  take(key: string): number | undefined
}

export function createMinuteLimit(most: number): MinuteLimit {
  const counts = new Map<string, { readonly since: number; count: number }>()
  return {
    take(key) {
      const now = performance.now()
      const known = counts.get(key)
      const entry = known && now - known.since < MINUTE ? known : { since: now, count: 0 }
      counts.set(key, entry)
      if (++entry.count <= most) return undefined
      return Math.max(1, Math.ceil((entry.since + MINUTE - now) / 1000))
    },
  }
}
