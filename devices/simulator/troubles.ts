import { createRandom } from './random.ts'
import type { Effect } from './incident.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** No drop-out is longer. */
const LONGEST_DROPOUT = 12 * HOUR

/** Drop-outs of a home that go on at some time with `from` ≤ time < `to`: on about every third day one, mostly short. */
export function dropoutsOf(seed: string, from: number, to: number): Effect[] {
  const dropouts: Effect[] = []
  for (let day = Math.floor((from - LONGEST_DROPOUT) / DAY); day * DAY < to; day++) {
    const random = createRandom(`${seed}|${day}|drop-outs`)
    if (!random.chance(0.35)) continue
    const begins = day * DAY + random.whole(0, DAY - 1)
    // Most are a router that starts again; some a fibre that somebody dug up.
    const [least, most] = random.pick([
      [1, 5],
      [1, 5],
      [2, 15],
      [2, 15],
      [10, 40],
      [30, 180],
      [180, 720],
    ])
    const ends = begins + random.whole(least * MINUTE, most * MINUTE)
    if (begins < to && ends > from) dropouts.push({ does: 'hold-back', from: begins, until: ends })
  }
  return dropouts
}

/**
 * How wrong the clock of a gateway is. Most gain or lose up to 60 ppm (a quartz) until a time server puts them right, every 1
 * to 10 days; one in twenty never hears of a time server, and is minutes to hours wrong.
 * @returns ms to be added to the right time
 */
export function createDrift(seed: string): (at: number) => number {
  const random = createRandom(`${seed}|clock`)
  const isLost = random.chance(0.05)
  // Behind: it was without power. Ahead: somebody set it by a clock of summer time.
  const by = random.chance(0.7) ? -random.whole(3, 120) * MINUTE : random.whole(3, 60) * MINUTE
  const rate = random.between(-60e-6, 60e-6)
  const every = random.between(DAY, 10 * DAY)
  const offset = random.between(0, every)
  return (at) => (isLost ? by : Math.round(((at + offset) % every) * rate))
}

/** A sensor of which nobody changes the battery in time: it lasts two months, and is empty for three days. */
const NEGLECTED = { share: 0.1, lasts: 60 * DAY, empty: 3 * DAY }

/** @returns %, 0 for one that is empty and silent; undefined for a sensor that is looked after */
export function neglectedBattery(seed: string, sensor: string, at: number): number | undefined {
  const random = createRandom(`${seed}|${sensor}|neglected`)
  if (!random.chance(NEGLECTED.share)) return undefined
  const { lasts, empty } = NEGLECTED
  const age = (at + random.between(0, lasts + empty)) % (lasts + empty)
  return age >= lasts ? 0 : Math.max(1, Math.round(100 * (1 - age / lasts)))
}
