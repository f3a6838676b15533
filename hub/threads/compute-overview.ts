import type { PastReads } from '../database/past-reads.ts'
import { CURVES, EVENTS, FILLED, filledSpans, markOf, silentSpans } from '../http/sensed-spans.ts'
import type { Home } from '../model/home.ts'
import { KINDS } from '../model/kind.ts'
import type { DayOfVital, HomeOverview, PastReading } from '../model/past.ts'
import { localTime, startOfDay } from '../time/local-time.ts'
import type { Span } from '../time/spans.ts'

export interface OverviewOrder {
  readonly home: Pick<Home, 'id' | 'timezone' | 'sensors'>
  /** `from` is a whole hour. */
  readonly span: Span
}

const HOUR = 3_600_000
/** Of one kind. What is older than the newest of these is drawn as not known. */
const MOST_READINGS = 100_000
/** However short: that something was sensed must not vanish. */
const LEAST = 0.01

/** Sums up days of a home, by the hour and by the day. It reads all of them: for a thread of its own. */
export function computeOverview({ home, span }: OverviewOrder, reads: PastReads): HomeOverview {
  const heard = new Map<string, { at: number }[]>(home.sensors.map(({ id }) => [id, []]))
  const drawn = new Map<string, PastReading[]>()
  let cutBefore: number | undefined
  for (const kind of KINDS.keys()) {
    const isDrawn = kind in FILLED || EVENTS.has(kind) || CURVES.has(kind)
    let count = 0
    for (const reading of reads.readings(home.id, kind, span.from, span.to, isDrawn)) {
      heard.get(reading.sensor)?.push({ at: reading.at })
      if (isDrawn) upsert(drawn, `${reading.sensor} ${kind}`).push(reading)
      if (++count < MOST_READINGS) continue
      cutBefore = Math.max(cutBefore ?? 0, reading.at)
      break
    }
  }
  for (const readings of drawn.values()) readings.reverse()
  const { before, links, alerts } = reads.frame(home.id, span.from, span.to)

  return {
    bands: home.sensors.flatMap(({ id, kinds: own, heardEvery }) => {
      const silent = silentSpans(
        (heard.get(id) ?? []).toSorted((a, b) => a.at - b.at),
        heardEvery,
        span,
      )
      const said = [...KINDS.keys()].filter((kind) => drawn.has(`${id} ${kind}`))
      return [...new Set([...own, ...said])]
        .filter((kind) => kind in FILLED || (EVENTS.has(kind) && said.includes(kind)))
        .map((kind) => {
          const readings = drawn.get(`${id} ${kind}`) ?? []
          const was = before.find((one) => one.sensor === id && one.kind === kind)
          return {
            sensor: id,
            kind,
            hours: kind in FILLED ? hoursOf(filledSpans(readings, was, kind, span), span) : [],
            marks: kind in FILLED ? [] : onePerHour(readings.flatMap(markOf)),
            silent,
          }
        })
    }),
    vitals: vitalsOf(home, drawn),
    ...(cutBefore !== undefined && { cutBefore }),
    links,
    alerts,
  }
}

function upsert<T>(map: Map<string, T[]>, key: string): T[] {
  const known = map.get(key)
  if (known) return known
  const fresh: T[] = []
  map.set(key, fresh)
  return fresh
}

function hoursOf(spans: readonly Span[], { from, to }: Span): number[] {
  const hours = Array.from({ length: Math.ceil((to - from) / HOUR) }, () => 0)
  for (const span of spans) {
    for (let at = span.from; at < span.to;) {
      const index = Math.floor((at - from) / HOUR)
      const end = Math.min(span.to, from + (index + 1) * HOUR)
      hours[index] = (hours[index] ?? 0) + (end - at) / HOUR
      at = end
    }
  }
  return hours.map((part) => (part === 0 ? 0 : Math.max(LEAST, Math.round(part * 100) / 100)))
}

function onePerHour<T extends { readonly at: number }>(marks: readonly T[]): T[] {
  const first = new Map<number, T>()
  for (const mark of marks.toReversed()) first.set(Math.floor(mark.at / HOUR), mark)
  return [...first.values()].toReversed()
}

function vitalsOf(
  { sensors, timezone }: OverviewOrder['home'],
  drawn: ReadonlyMap<string, readonly PastReading[]>,
): HomeOverview['vitals'] {
  const curves = new Map<string, { kind: string; resident?: string; days: Map<number, number[]> }>()
  for (const { id, resident } of sensors) {
    for (const kind of CURVES) {
      const readings = drawn.get(`${id} ${kind}`)
      if (!readings) continue
      const key = `${kind} ${resident ?? ''}`
      const curve = curves.get(key) ?? {
        kind,
        ...(resident !== undefined && { resident }),
        days: new Map<number, number[]>(),
      }
      curves.set(key, curve)
      for (const { at, value } of readings) {
        if (typeof value !== 'number') continue
        const { day } = localTime(timezone, at)
        const values = curve.days.get(day)
        if (values) values.push(value)
        else curve.days.set(day, [value])
      }
    }
  }
  return [...curves.values()].flatMap(({ days, ...curve }) =>
    days.size === 0
      ? []
      : [
          {
            ...curve,
            days: [...days]
              .toSorted(([a], [b]) => a - b)
              .map(([day, values]) => sumUp(startOfDay(timezone, day), values)),
          },
        ],
  )
}

function sumUp(from: number, values: readonly number[]): DayOfVital {
  let [min, max, sum] = [Infinity, -Infinity, 0]
  for (const value of values) {
    min = Math.min(min, value)
    max = Math.max(max, value)
    sum += value
  }
  return { from, min, max, mean: Math.round((sum / values.length) * 10) / 10, count: values.length }
}
