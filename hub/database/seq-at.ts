import type { DatabaseSync } from 'node:sqlite'

/** The first and the last seq. Of one SELECT both would be looked for in all rows. */
export const JOURNAL_ENDS =
  'SELECT (SELECT min(seq) FROM journal) AS first, (SELECT max(seq) FROM journal) AS last'

/**
 * Finds the first seq at or after a time, ms, by halves: the time of the stream never goes back. One behind the newest
 * where all is older.
 */
export function createSeqAt(db: DatabaseSync): (time: number) => number {
  const ends = db.prepare(JOURNAL_ENDS)
  const nowOf = db.prepare('SELECT now FROM journal WHERE seq >= ? ORDER BY seq LIMIT 1')
  return (time) => {
    const { first, last } = ends.get() as { first: number | null; last: number | null }
    let low = first ?? 1
    let high = (last ?? 0) + 1
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const found = nowOf.get(middle) as { now: number } | undefined
      if (found && found.now < time) low = middle + 1
      else high = middle
    }
    return low
  }
}
