import type { Away } from './api-types.ts'
import { useLanguage } from './language.tsx'
import { clock, clockOrDay, span } from './time.ts'

const DAY = 24 * 3_600_000

/** Says, calmly and for some hours, that the hub itself was away: an empty board was no good news then. */
export function AwayLine({ away, now }: { away: readonly Away[]; now: number }) {
  const { words } = useLanguage()
  const [newest, ...earlier] = away
  if (!newest) return null
  const { from, until } = newest
  // Away for days: the clock alone would say something else.
  const since = now - from > DAY ? clockOrDay(from, from - DAY) : clock(from)
  return (
    <p role="status" className="was-away">
      {words.wasAway(since, clock(until), span(until - from), earlier.length)}
    </p>
  )
}
