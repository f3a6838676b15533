import type { Span } from '../api-types.ts'

const HOUR = 3_600_000

/** When the days of a home begin by its clock, of those that begin in a stretch. Time zones change at whole hours here. */
export function daysOf({ from, to }: Span, timezone: string): number[] {
  const dayOf = dayFormat(timezone, { day: 'numeric', month: 'numeric' })
  const days: number[] = []
  let last = dayOf(from)
  for (let at = from; at <= to; at += HOUR) {
    const day = dayOf(at)
    if (day !== last) days.push(at)
    last = day
  }
  return days
}

/** So many days in a row have a name each; of more, each seventh back from the last has. */
const ALL_NAMED = 8

export const namedDays = (days: readonly number[]): number[] =>
  days.filter((_, index) => days.length <= ALL_NAMED || (days.length - 1 - index) % 7 === 0)

/** `16.11.`, by the clock of a home. */
export const dayText = (at: number, timezone: string): string =>
  dayFormat(timezone, { day: 'numeric', month: 'numeric' })(at)

const formats = new Map<string, Intl.DateTimeFormat>()

function dayFormat(timezone: string, options: Intl.DateTimeFormatOptions): (at: number) => string {
  const known = formats.get(timezone) ?? new Intl.DateTimeFormat('nb', { ...options, timeZone: timezone })
  formats.set(timezone, known)
  return (at) => known.format(at)
}
