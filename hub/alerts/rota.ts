import { Temporal } from 'temporal-polyfill'
import { localTime } from '../time/local-time.ts'

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Day = (typeof DAYS)[number]

/** A part of the week: on these days from `07:30` to `15:30`; one that does not end after it begins ends the day after. */
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

/** Time in which nobody can be called, ms. */
export interface Gap {
  readonly from: number
  readonly to: number
}

/** One shift on one day, or one override, ms. */
interface Duty {
  readonly from: number
  readonly to: number
  readonly who: readonly string[]
}

const DAY = 24 * 3_600_000

/** A rota that says nobody's name yet: it is there so that policies can be written. */
export function isSetUp({ shifts, overrides, fallback }: Rota): boolean {
  return shifts.length + overrides.length + fallback.length > 0
}

/** The staff on call at a time: of all shifts that are on, in the order of the file; the newest override goes first. */
export function onCall(rota: Rota, at: number): readonly string[] {
  return whoOf(rota, dutiesBetween(rota, at, at), at)
}

/**
 * The shift or override by which somebody is on call at a time, ms; undefined when they are not, or as the fallback only:
 * that has no beginning.
 */
export function dutyOf(
  rota: Rota,
  who: string,
  at: number,
): { readonly from: number; readonly to: number } | undefined {
  const isOn = ({ from, to }: Duty): boolean => from <= at && at < to
  const override = overridesOf(rota).findLast(isOn)
  const on = override ? [override] : dutiesBetween(rota, at, at).filter(isOn)
  const own = on.find((duty) => duty.who.includes(who))
  return own && { from: own.from, to: own.to }
}

/** The times until `to` in which nobody of these is on call. */
export function gapsOf(
  rota: Rota,
  from: number,
  to: number,
  isKnown: (id: string) => boolean,
): readonly Gap[] {
  const duties = dutiesBetween(rota, from, to)
  const edges = [from, ...edgesOf(rota, duties).filter((edge) => edge > from && edge < to), to]
  const gaps: Gap[] = []
  for (const [index, start] of edges.entries()) {
    const end = edges[index + 1]
    if (end === undefined || end === start || whoOf(rota, duties, start).some(isKnown)) continue
    const last = gaps.at(-1)
    if (last?.to === start) gaps.splice(-1, 1, { from: last.from, to: end })
    else gaps.push({ from: start, to: end })
  }
  return gaps
}

/** When somebody may come on call or go, the next time within a week. */
export function nextChange(rota: Rota, now: number): number | undefined {
  return edgesOf(rota, dutiesBetween(rota, now, now + 7 * DAY)).find((edge) => edge > now)
}

/** When an override is over, ms. */
export function endOf({ timezone }: Rota, { to }: Override): number {
  return wallTime(timezone, to)
}

function whoOf(rota: Rota, duties: readonly Duty[], at: number): readonly string[] {
  const override = overridesOf(rota).findLast(({ from, to }) => from <= at && at < to)
  if (override) return override.who
  const who = duties.filter(({ from, to }) => from <= at && at < to).flatMap((duty) => duty.who)
  return who.length > 0 ? [...new Set(who)] : rota.fallback
}

/** In the order of time. */
function edgesOf(rota: Rota, duties: readonly Duty[]): readonly number[] {
  const edges = [...overridesOf(rota), ...duties].flatMap(({ from, to }) => [from, to])
  return [...new Set(edges)].toSorted((a, b) => a - b)
}

/** What was looked up of a rota: calendars are slow, and every open alert asks who is on call. */
interface Known {
  readonly overrides: readonly Duty[]
  /** By the day on which they begin, in days since 1970 by its clock. */
  readonly days: Map<number, readonly Duty[]>
}
const known = new WeakMap<Rota, Known>()
const MOST_DAYS = 500

function knownOf(rota: Rota): Known {
  const found = known.get(rota)
  if (found) return found
  const { overrides, timezone } = rota
  const made: Known = {
    overrides: overrides.map(({ from, to, who }) => ({
      from: wallTime(timezone, from),
      to: wallTime(timezone, to),
      who,
    })),
    days: new Map(),
  }
  known.set(rota, made)
  return made
}

function overridesOf(rota: Rota): readonly Duty[] {
  return knownOf(rota).overrides
}

/** The shifts that begin from the day before to the day after these times. */
function dutiesBetween(rota: Rota, from: number, to: number): readonly Duty[] {
  const first = localTime(rota.timezone, from).day - 1
  const last = localTime(rota.timezone, to).day + 1
  return Array.from({ length: last - first + 1 }, (_, index) => dutiesOn(rota, first + index)).flat()
}

/**
 * On the day clocks change shifts follow the wall clock, as all windows do: a time that the clock skips comes as much
 * later as the clock jumps, one that comes twice is its first. So one shift still ends when the next one begins.
 */
function dutiesOn(rota: Rota, day: number): readonly Duty[] {
  const { days } = knownOf(rota)
  const found = days.get(day)
  if (found) return found
  const { shifts, timezone } = rota
  const date = Temporal.PlainDate.from('1970-01-01').add({ days: day })
  const next = date.add({ days: 1 })
  // The first day of 1970 was a Thursday.
  const weekday = DAYS[(day + 3) % 7] ?? 'mon'
  const duties = shifts
    .filter((shift) => shift.days.includes(weekday))
    .map((shift) => ({
      from: wallTime(timezone, `${date.toString()}T${shift.from}`),
      to: wallTime(timezone, `${(shift.from < shift.to ? date : next).toString()}T${shift.to}`),
      who: shift.who,
    }))
  if (days.size >= MOST_DAYS) days.clear()
  days.set(day, duties)
  return duties
}

function wallTime(timezone: string, text: string): number {
  return Temporal.PlainDateTime.from(text).toZonedDateTime(timezone).epochMilliseconds
}
