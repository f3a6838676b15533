/** Counts time that counts: it can be held and go on. Times in ms. */
export interface Stopwatch {
  /** Counted before the current run. */
  held: number
  /** Start of the current run; null while it stands still. */
  from: number | null
}

export function elapsed(watch: Stopwatch, now: number): number {
  return watch.held + (watch.from === null ? 0 : Math.max(0, now - watch.from))
}

/** @returns whether this changed anything */
export function run(watch: Stopwatch, running: boolean, now: number): boolean {
  if (running === (watch.from !== null)) return false
  watch.held = elapsed(watch, now)
  watch.from = running ? now : null
  return true
}

/** When it will have counted to `limit`; undefined while it stands still. */
export function dueAt(watch: Stopwatch, limit: number): number | undefined {
  return watch.from === null ? undefined : watch.from + limit - watch.held
}

/** Something that ended the count was observed at `at`, and heard of at `now`: at most that long has passed. */
export function restartAt(watch: Stopwatch, at: number, now: number): void {
  const count = Math.min(elapsed(watch, now), Math.max(0, now - at))
  watch.held = count
  if (watch.from !== null) watch.from = now
}
