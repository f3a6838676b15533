/** Counts time that counts: it can be held and go on. Times in ms. */
export interface Stopwatch {
  /** Counted before the current run. */
  held: number
  /** Start of the current run; null while it stands still. */
  from: number | null
  /** When what is `held` ended to count; absent while nothing is. */
  heldUntil?: number
}

export function elapsed(watch: Stopwatch, now: number): number {
  return watch.held + (watch.from === null ? 0 : Math.max(0, now - watch.from))
}

/** @returns whether this changed anything */
export function run(watch: Stopwatch, running: boolean, now: number): boolean {
  if (running === (watch.from !== null)) return false
  if (!running) {
    watch.held = elapsed(watch, now)
    watch.heldUntil = now
  }
  watch.from = running ? now : null
  return true
}

/** When it will have counted to `limit`; undefined while it stands still. */
export function dueAt(watch: Stopwatch, limit: number): number | undefined {
  return watch.from === null ? undefined : watch.from + limit - watch.held
}

/**
 * Something that ended the count was observed at `at`, and heard of at `now`: what counted since then stays. Exact
 * for what was observed since the last time but one that it stood still; else it may count too much, never too
 * little.
 */
export function restartAt(watch: Stopwatch, at: number, now: number): void {
  const { from, held, heldUntil = at } = watch
  const inRun = from === null ? 0 : Math.max(0, now - Math.max(from, at))
  const before = from !== null && at >= from ? 0 : Math.min(held, Math.max(0, heldUntil - at))
  watch.held = inRun + before
  if (from === null) return
  watch.from = now
  watch.heldUntil = now
}
