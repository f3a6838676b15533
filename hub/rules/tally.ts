/** When something happened, oldest first, ms. */
export interface TallyRow {
  at: number[]
}

/** No more than these are remembered: more is said as so many. */
export const MOST_COUNTED = 100

/** Adds a happening; what is outside the window as seen from the newest leaves. */
export function addToTally(row: TallyRow, at: number, window: number): void {
  row.at.push(at)
  row.at.sort((a, b) => a - b)
  const newest = row.at.at(-1) ?? at
  row.at = row.at.filter((time) => time > newest - window).slice(-MOST_COUNTED)
}

/** How many happened in the window that ends at `now`. */
export function countTally(row: TallyRow | undefined, now: number, window: number): number {
  return row?.at.filter((at) => at > now - window && at <= now).length ?? 0
}
