import type { PastReading } from '../model/past.ts'
import { mergeSpans } from '../time/spans.ts'
import type { Span } from '../time/spans.ts'

/** Movement is told again and again while it lasts; some sensors never say that it ended. */
const MOVEMENT_MS = 5 * 60_000

/** The value with which a state is drawn as filled. */
export const FILLED: Readonly<Record<string, string | boolean>> = {
  motion: true,
  presence: true,
  door: 'open',
  bed: 'occupied',
  chair: 'occupied',
}
export const EVENTS: ReadonlySet<string> = new Set([
  'fall',
  'sos',
  'medication',
  'smoke',
  'gas',
  'carbon_monoxide',
  'water_leak',
  'tamper',
])
/** Of these a curve says something. */
export const CURVES: ReadonlySet<string> = new Set([
  'heart_rate',
  'respiration_rate',
  'spo2',
  'systolic',
  'diastolic',
  'body_temperature',
  'glucose',
  'weight',
])

/** An alarm that ended is no mark: `false` of smoke. */
export function markOf({ at, value }: PastReading): { at: number; value: string | boolean }[] {
  return typeof value === 'string' || value === true ? [{ at, value }] : []
}

/**
 * When a state was as it is drawn filled, from what was said of it.
 * @param before how it was when the span begins, as far as it is known
 */
export function filledSpans(
  readings: readonly PastReading[],
  before: PastReading | undefined,
  kind: string,
  { from, to }: Span,
): readonly Span[] {
  const spans: Span[] = []
  const lasts = kind !== 'motion'
  let since = lasts && before?.value === FILLED[kind] ? from : undefined
  const end = (at: number): void => {
    if (since !== undefined) spans.push({ from: since, to: lasts ? at : Math.min(at, since + MOVEMENT_MS) })
    since = undefined
  }
  for (const { at, value } of readings) {
    // The device was heard, and said nothing new.
    if (value === null) continue
    if (value !== FILLED[kind]) end(at)
    else if (lasts) since ??= at
    else {
      end(at)
      since = at
    }
  }
  end(to)
  return mergeSpans(spans)
}

/** When a sensor should have been heard and was not. Of one that was silent at the beginning nobody knows since when. */
export function silentSpans(
  readings: readonly Pick<PastReading, 'at'>[],
  heardEvery: number,
  { from, to }: Span,
): readonly Span[] {
  const times = [from, ...readings.map((one) => one.at), to]
  return mergeSpans(
    times.slice(1).flatMap((at, index) => {
      const before = times[index] ?? from
      return at - before > heardEvery ? [{ from: index === 0 ? from : before + heardEvery, to: at }] : []
    }),
  )
}
