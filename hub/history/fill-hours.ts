import type { Answer } from './answer.ts'

const HOUR = 3_600_000

/**
 * Makes the means of hours anew, day by day, in whole hours: half of one would overwrite the whole. Times are ms since 1970.
 * @param onDay hears how much is done, from 0 to 1
 */
export async function fillHours(
  from: number,
  to: number,
  onDay: (done: number) => void,
  fill: (start: number, end: number) => Promise<Answer<void>>,
): Promise<Answer<void>> {
  const [first, last] = [Math.floor(from / HOUR) * HOUR, Math.floor(to / HOUR) * HOUR]
  for (let start = first; start < last; start += 24 * HOUR) {
    const end = Math.min(last, start + 24 * HOUR)
    const done = await fill(start, end)
    if (!done.ok) return done
    onDay((end - first) / (last - first))
  }
  return { ok: true, value: undefined }
}
