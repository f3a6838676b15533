import type { Point } from '../history/points.ts'
import { indicatorPoints } from '../history/samples.ts'
import { DAY } from '../threads/compute-indicators.ts'
import type { Indicators } from './indicators.ts'

export interface HourlyIndicatorsOptions {
  readonly figures: Indicators['figures']
  readonly add: (points: readonly Point[]) => void
  readonly now: () => number
  readonly steady: () => number
  readonly repeat: (call: () => void, ms: number) => () => void
  readonly log: { warn(fields: object, message: string): void }
}

const LOOK_EVERY = 60_000
const HOUR = 3_600_000
/** With a large journal they take long: a twentieth of the time of that thread at most. */
const MOST_OF_THE_TIME = 20

/** At each full hour gives the indicators of the 24 hours before it; computed in a thread beside the hub. */
export function createHourlyIndicators(options: HourlyIndicatorsOptions): {
  look(): Promise<void>
  start(): void
  stop(): void
} {
  const { figures, add, now, steady, repeat, log } = options
  let isUnderWay = false
  let failed = false
  let done = 0
  let notBefore = -Infinity
  let callOff: (() => void) | undefined

  async function look(): Promise<void> {
    const to = Math.floor(now() / HOUR) * HOUR
    const began = steady()
    if (isUnderWay || to <= done || began < notBefore) return
    isUnderWay = true
    try {
      const [made] = await figures([{ from: to - DAY, to }])
      if (made) add(indicatorPoints(to, made))
      done = to
      failed = false
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause)
      if (!failed) log.warn({ error }, 'The indicators of the hour cannot be computed; trying again')
      failed = true
    } finally {
      notBefore = began + MOST_OF_THE_TIME * (steady() - began)
      isUnderWay = false
    }
  }

  return {
    look,
    start: () => void (callOff ??= repeat(() => void look(), LOOK_EVERY)),
    stop: () => callOff?.(),
  }
}
