import { Temporal } from 'temporal-polyfill'

/** A moment by the wall clock of a home. */
export interface LocalTime {
  /** Days since 1970-01-01 by that clock. */
  readonly day: number
  /** 0 to 23. */
  readonly hour: number
  readonly minute: number
  /** 1 is Monday, 7 is Sunday. */
  readonly weekday: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Offsets of time zones change at quarters of an hour only. */
const QUARTER = 15 * MINUTE
/** Homes share their zones: what one looks up the others need too. Calendars are slow. */
const offsets = new Map<string, Map<number, number>>()
const MOST_KNOWN = 2000

export function localTime(timezone: string, at: number): LocalTime {
  const local = at + offsetAt(timezone, at)
  const day = Math.floor(local / DAY)
  const rest = local - day * DAY
  return {
    day,
    hour: Math.floor(rest / HOUR),
    minute: Math.floor((rest % HOUR) / MINUTE),
    // The first day of 1970 was a Thursday.
    weekday: ((((day + 3) % 7) + 7) % 7) + 1,
  }
}

/** `2026-11-22 14:30` by the wall clock of a home. */
export function localMinute(timezone: string, at: number): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).toPlainDateTime()
  return local.toString({ smallestUnit: 'minute' }).replace('T', ' ')
}

/** When a day, in days since 1970-01-01 by the local clock, begins there, ms. */
export function startOfDay(timezone: string, day: number): number {
  const date = Temporal.PlainDate.from('1970-01-01').add({ days: day })
  return date.toZonedDateTime(timezone).epochMilliseconds
}

/** The next time after `now` at which the wall clock shows `time` (`09:00`), ms; a skipped time comes after the skip. */
export function nextTimeOfDay(timezone: string, time: string, now: number): number {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timezone).toPlainDate()
  for (const days of [-1, 0, 1]) {
    const date = today.add({ days })
    const at = date.toZonedDateTime({ timeZone: timezone, plainTime: time }).epochMilliseconds
    if (at > now) return at
  }
  throw new RangeError(`no ${time} in ${timezone} after ${now}`)
}

function offsetAt(timezone: string, at: number): number {
  let known = offsets.get(timezone)
  if (!known) offsets.set(timezone, (known = new Map()))
  const quarter = Math.floor(at / QUARTER)
  let offset = known.get(quarter)
  if (offset === undefined) {
    const instant = Temporal.Instant.fromEpochMilliseconds(quarter * QUARTER)
    offset = instant.toZonedDateTimeISO(timezone).offsetNanoseconds / 1e6
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(quarter, offset)
  }
  return offset
}
