import { Temporal } from 'temporal-polyfill'
import { localTime, startOfDay } from '../time/local-time.ts'

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]

/** A part of the week: on these days from `07:30` to `15:30`; one that ends before it begins ends the day after. */
export interface Shift {
  readonly days: readonly Day[]
  readonly from: string
  readonly to: string
  /** Ids of staff. */
  readonly who: readonly string[]
}

/** Other people for once, in place of whoever the week says. Wall-clock times of the rota: `2026-12-24T15:30`. */
export interface Override {
  readonly from: string
  readonly to: string
  readonly who: readonly string[]
}

/** Who is on call, by the week of one time zone. */
export interface Rota {
  readonly id: string
  readonly timezone: string
  readonly shifts: readonly Shift[]
  readonly overrides: readonly Override[]
  /** On call when nobody else is. */
  readonly fallback: readonly string[]
}

/** Time in which nobody is on call, ms. */
export interface Gap {
  readonly from: number
  readonly to: number
}

const MINUTE = 60_000

/** The staff on call at a time: of all shifts that are on, in the order of the file; the newest override goes first. */
export function onCall(rota: Rota, at: number): readonly string[] {
  const who = planned(rota, at)
  return who.length > 0 ? who : rota.fallback
}

/**
 * The times until `to` in which no shift and no override is on: then the fallback is called, or nobody where there
 * is none.
 */
export function gapsOf(rota: Rota, from: number, to: number): readonly Gap[] {
  const edges = [from, ...edgesOf(rota, from, to), to]
  const gaps: Gap[] = []
  for (const [index, start] of edges.entries()) {
    const end = edges[index + 1]
    if (end === undefined || end === start || planned(rota, start).length > 0) continue
    const last = gaps.at(-1)
    if (last?.to === start) gaps.splice(-1, 1, { from: last.from, to: end })
    else gaps.push({ from: start, to: end })
  }
  return gaps
}

function planned({ timezone, shifts, overrides }: Rota, at: number): readonly string[] {
  const override = overrides.findLast(
    ({ from, to }) => at >= wallTime(timezone, from) && at < wallTime(timezone, to),
  )
  if (override) return override.who
  const { hour, minute, weekday } = localTime(timezone, at)
  const now = hour * 60 + minute
  const isOn = ({ days, from, to }: Shift): boolean => {
    const [start, end] = [minutesOf(from), minutesOf(to)]
    const isToday = days.includes(DAYS[weekday - 1] ?? 'mon')
    if (start < end) return isToday && now >= start && now < end
    // It began yesterday evening, or begins this evening.
    const wasYesterday = days.includes(DAYS[(weekday + 5) % 7] ?? 'mon')
    return (isToday && now >= start) || (wasYesterday && now < end)
  }
  return [...new Set(shifts.filter(isOn).flatMap(({ who }) => who))]
}

/** The moments at which somebody may come or go. */
function edgesOf({ timezone, shifts, overrides }: Rota, from: number, to: number): number[] {
  const edges = new Set<number>()
  const add = (at: number): void => {
    if (at > from && at < to) edges.add(at)
  }
  for (const override of overrides) {
    add(wallTime(timezone, override.from))
    add(wallTime(timezone, override.to))
  }
  const last = localTime(timezone, to).day
  for (let day = localTime(timezone, from).day; day <= last; day++) {
    const date = Temporal.Instant.fromEpochMilliseconds(startOfDay(timezone, day) + MINUTE)
      .toZonedDateTimeISO(timezone)
      .toPlainDate()
    for (const time of new Set(shifts.flatMap((shift) => [shift.from, shift.to]))) {
      add(date.toZonedDateTime({ timeZone: timezone, plainTime: time }).epochMilliseconds)
    }
    // A clock that is set back makes a time of day come twice: the hour counts by what the clock shows.
    add(startOfDay(timezone, day))
  }
  return [...edges].toSorted((a, b) => a - b)
}

function wallTime(timezone: string, text: string): number {
  return Temporal.PlainDateTime.from(text).toZonedDateTime(timezone).epochMilliseconds
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}
