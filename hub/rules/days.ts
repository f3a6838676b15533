import { median, medianAbsoluteDeviation } from 'simple-statistics'
import { localTime, startOfDay } from '../time/local-time.ts'

/** One day by the hour of the local clock, as far as it has gone. */
export interface TodayRow {
  /** Days since 1970-01-01 by the local clock. */
  day: number
  /** How often it happened in each hour, or how many values came. */
  counts: number[]
  /** Of numbers: their sum in each hour. */
  sums?: number[]
  /** Hours in which it could not have been seen: nothing is known of them. */
  lost: number[]
  /** It cannot be seen since then, ms. */
  blindSince: number | null
}

/** A day that is over: by hour, how often it happened, or the mean value; null where it is not known. */
export interface DayRow {
  readonly hours: readonly (number | null)[]
}

/** What is usual: the median of other days, and the median of how far they were from it. */
export interface Usual {
  readonly median: number
  readonly mad: number
  readonly days: number
}

export const DAYS_KEPT = 42
/** Fewer days than these say nothing about what is usual. */
const DAYS_NEEDED = { day: 7, hour: 7, weekday: 3 } as const
export type Season = keyof typeof DAYS_NEEDED
/** A router that starts again hides nothing worth knowing. */
const SHORT = 10 * 60_000
const HOUR = 3_600_000
const HOURS = 24

/** What happened by hour, today and on the days before. Bounded: the same size from its first month on. */
export interface Days {
  readonly isNumber: boolean
  today: TodayRow
  /** The days kept, by day modulo `DAYS_KEPT`; -1 where there is none. */
  readonly kept: Int32Array
  /** Their hours; NaN where not known. */
  readonly hours: Float32Array
}

export function newDays(isNumber: boolean, timezone: string, now: number): Days {
  const { day } = localTime(timezone, now)
  // What was before it began is not known.
  return fromRow(isNumber, newToday(day, isNumber, startOfDay(timezone, day)))
}

export function fromRow(isNumber: boolean, today: TodayRow): Days {
  return {
    isNumber,
    today,
    kept: new Int32Array(DAYS_KEPT).fill(-1),
    hours: new Float32Array(DAYS_KEPT * HOURS),
  }
}

export function keepDay(days: Days, day: number, row: DayRow): void {
  const slot = day % DAYS_KEPT
  days.kept[slot] = day
  row.hours.forEach((value, hour) => (days.hours[slot * HOURS + hour] = value ?? Number.NaN))
}

export function addToDay(days: Days, timezone: string, at: number, value: number): void {
  const { day, hour } = localTime(timezone, at)
  const { today } = days
  // From backlog of a day that is over: that day stays as it was known.
  if (day !== today.day) return
  today.counts[hour] = (today.counts[hour] ?? 0) + 1
  if (today.sums) today.sums[hour] = (today.sums[hour] ?? 0) + value
}

/** It can be seen again, or can no longer. */
export function setBlind(days: Days, timezone: string, isBlind: boolean, now: number): boolean {
  const { today } = days
  if ((today.blindSince !== null) === isBlind) return false
  if (isBlind) {
    today.blindSince = now
  } else {
    today.lost = lostAt(today, timezone, now)
    today.blindSince = null
  }
  return true
}

/** A day that is over, and the one that leaves for it. */
export interface TurnedDay {
  readonly day: number
  readonly row: DayRow
  readonly leaves?: number
}

/** Goes on to the day of `now`: the days that are over since the last time, oldest first; none on the same day. */
export function turnDay(days: Days, timezone: string, now: number): readonly TurnedDay[] {
  const { day } = localTime(timezone, now)
  const { today } = days
  if (day <= today.day) return []
  const lost = lostAt(today, timezone, startOfDay(timezone, today.day + 1) - 1)
  const hours = today.counts.map((count, hour) => {
    if (today.sums) return count === 0 ? null : (today.sums[hour] ?? 0) / count
    return lost.includes(hour) ? null : count
  })
  const turned = [keep(days, today.day, { hours })]
  // Whole days on which nothing came: quiet where it could have been seen, else not known.
  const quiet = today.sums || today.blindSince !== null ? null : 0
  for (let next = Math.max(today.day + 1, day - DAYS_KEPT); next < day; next++) {
    turned.push(keep(days, next, { hours: Array.from({ length: HOURS }, () => quiet) }))
  }
  days.today = newToday(day, days.isNumber, today.blindSince === null ? null : startOfDay(timezone, day))
  return turned
}

function keep(days: Days, day: number, row: DayRow): TurnedDay {
  const leaves = days.kept[day % DAYS_KEPT]
  keepDay(days, day, row)
  return { day, row, ...(leaves !== undefined && leaves >= 0 && leaves !== day && { leaves }) }
}

/** How often it happened in the hours of today that are over; undefined when some of them are not known. */
export function todaySoFar(days: Days, timezone: string, now: number): number | undefined {
  const { hour } = localTime(timezone, now)
  if (lostAt(days.today, timezone, now).some((lost) => lost < hour)) return undefined
  return days.today.counts.slice(0, hour).reduce((sum, count) => sum + count, 0)
}

/** How often it happened in the last hour that is over; undefined when that is not known. */
export function lastHour(days: Days, timezone: string, now: number): number | undefined {
  const { day, hour } = localTime(timezone, now)
  if (hour === 0) return known(hourOf(days, day - 1, HOURS - 1))
  return lostAt(days.today, timezone, now).includes(hour - 1) ? undefined : days.today.counts[hour - 1]
}

/**
 * What is usual at this time. Of happenings: in the hours until now of each day (`day`), of the same weekdays
 * (`weekday`), or in the hour that is over (`hour`). Of numbers: the mean of each day, of the same weekdays, or of
 * this hour of each day.
 * @returns undefined until enough days are known
 */
export function usualOf(days: Days, season: Season, timezone: string, now: number): Usual | undefined {
  const { day: today, hour, weekday } = localTime(timezone, now)
  const values: number[] = []
  for (const day of days.kept) {
    if (day < 0 || day >= today || day < today - DAYS_KEPT) continue
    if (season === 'weekday' && (((day + 3) % 7) + 7) % 7 !== weekday - 1) continue
    const value = valueOf(days, day, season, hour)
    if (!Number.isNaN(value)) values.push(value)
  }
  if (values.length < DAYS_NEEDED[season]) return undefined
  return { median: median(values), mad: medianAbsoluteDeviation(values), days: values.length }
}

function valueOf(days: Days, day: number, season: Season, hour: number): number {
  if (season === 'hour') {
    if (days.isNumber) return hourOf(days, day, hour)
    return hour === 0 ? hourOf(days, day - 1, HOURS - 1) : hourOf(days, day, hour - 1)
  }
  const all = Array.from({ length: HOURS }, (_, index) => hourOf(days, day, index))
  if (days.isNumber) {
    const measured = all.filter((value) => !Number.isNaN(value))
    return measured.reduce((sum, value) => sum + value, 0) / measured.length
  }
  return all.slice(0, hour).reduce((sum, value) => sum + value, 0)
}

function hourOf(days: Days, day: number, hour: number): number {
  const slot = day % DAYS_KEPT
  return days.kept[slot] === day ? (days.hours[slot * HOURS + hour] ?? Number.NaN) : Number.NaN
}

function known(value: number): number | undefined {
  return Number.isNaN(value) ? undefined : value
}

function newToday(day: number, isNumber: boolean, blindSince: number | null): TodayRow {
  const zeros = (): number[] => Array.from({ length: HOURS }, () => 0)
  return { day, counts: zeros(), ...(isNumber && { sums: zeros() }), lost: [], blindSince }
}

/** The hours that are lost if it can be seen again at `now`. */
function lostAt({ day, lost, blindSince }: TodayRow, timezone: string, now: number): number[] {
  if (blindSince === null || now - blindSince < SHORT) return lost
  const all = new Set(lost)
  for (let at = blindSince; at <= now; at += HOUR) {
    const local = localTime(timezone, at)
    if (local.day === day) all.add(local.hour)
  }
  const end = localTime(timezone, now)
  if (end.day === day) all.add(end.hour)
  return [...all].toSorted((a, b) => a - b)
}
