import type { PastReads } from '../database/past-reads.ts'
import { CURVES, EVENTS, FILLED, filledSpans, markOf, silentSpans } from '../http/sensed-spans.ts'
import type { Home } from '../model/home.ts'
import type { DrawnPast, PastReading } from '../model/past.ts'
import type { Span } from '../time/spans.ts'

export interface PastOrder {
  readonly home: Pick<Home, 'id' | 'sensors'>
  readonly span: Span
}

/** Draws hours of a home from its readings. There may be thousands: for a thread of its own. */
export function computePast({ home, span }: PastOrder, reads: Pick<PastReads, 'home'>): DrawnPast {
  const { readings, before, ...frame } = reads.home(home.id, span.from, span.to)
  const bySensor = Map.groupBy(readings, (one) => one.sensor)
  return {
    bands: home.sensors.flatMap(({ id, kinds: own, heardEvery }) => {
      const said = bySensor.get(id) ?? []
      const silent = silentSpans(said, heardEvery, span)
      const byKind = Map.groupBy(said, ({ kind }) => kind)
      return [...new Set([...own, ...byKind.keys()])]
        .filter((kind) => kind in FILLED || (EVENTS.has(kind) && byKind.has(kind)))
        .map((kind) => {
          const ofKind = byKind.get(kind) ?? []
          const was = before.find((one) => one.sensor === id && one.kind === kind)
          return {
            sensor: id,
            kind,
            spans: kind in FILLED ? filledSpans(ofKind, was, kind, span) : [],
            marks: kind in FILLED ? [] : ofKind.flatMap(markOf),
            silent,
          }
        })
    }),
    vitals: curvesOf(home, readings),
    ...frame,
  }
}

function curvesOf({ sensors }: PastOrder['home'], readings: readonly PastReading[]): DrawnPast['vitals'] {
  const residentOf = new Map(sensors.map(({ id, resident }) => [id, resident]))
  const curves = Map.groupBy(
    readings.filter(({ kind, value }) => CURVES.has(kind) && typeof value === 'number'),
    ({ kind, sensor }) => `${kind} ${residentOf.get(sensor) ?? ''}`,
  )
  return [...curves.values()].flatMap((own) => {
    const [first] = own
    if (!first) return []
    const resident = residentOf.get(first.sensor)
    return [
      {
        kind: first.kind,
        ...(resident !== undefined && { resident }),
        points: own.map(({ at, value }): [number, number] => [at, Number(value)]),
      },
    ]
  })
}
