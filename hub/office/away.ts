import type { Core } from '../core/core.ts'
import type { JournalEntry } from '../model/input.ts'
import type { Away } from '../model/away.ts'

/** So long after its end people are told of a time away: a shift. */
const SAID_FOR = 8 * 3_600_000
/** A restart on purpose is shorter, and less is not known exactly. */
const SHORTEST = 20_000
/** A hub that starts again and again must not fill the board. */
const MOST = 20

/** When the hub was away lately: what people look at may have come late, or never happened in time. */
export interface AwayTimes {
  /** Newest first. */
  lately(now: number): readonly Away[]
}

/**
 * Follows the stream from what was in it before: a start or a pause says since when the hub was away.
 * @param known the newest starts and pauses, in any order
 */
export function createAwayTimes(
  known: readonly JournalEntry[],
  onCommit: Core['onCommit'],
): AwayTimes & { stop(): void } {
  let times: readonly Away[] = []
  const add = (entries: readonly JournalEntry[]): void => {
    const more = entries.flatMap((entry) => awayOf(entry) ?? [])
    if (more.length === 0) return
    times = [...times, ...more].toSorted((a, b) => b.until - a.until).slice(0, MOST)
  }
  add(known)
  const stop = onCommit(({ entries }) => add(entries))
  return { lately: (now) => times.filter(({ until }) => now - until < SAID_FOR), stop }
}

function awayOf({ input, now }: JournalEntry): Away | undefined {
  if (input.type !== 'start' && input.type !== 'pause') return undefined
  const from = input.type === 'start' ? input.aliveUntil : input.from
  return now - from < SHORTEST ? undefined : { from, until: now }
}
