import { Temporal } from 'temporal-polyfill'
import type { HomePersonal } from '../model/home.ts'
import type { Mode, ModeEnd } from '../model/input.ts'
import { parseDuration } from '../source/duration.ts'
import { localMinute } from '../time/local-time.ts'

/**
 * When a mode ends that somebody says now. A clock time without a date is the next one in the home's zone.
 * @param now ms
 * @returns ms, or why it cannot be
 */
export function whenEnds(end: ModeEnd, timezone: string, now: number): number | { readonly cannot: string } {
  if ('in' in end) {
    const length = parseDuration(end.in)
    if (length === undefined) return { cannot: `"${end.in}" is no duration, expected one such as 30m or 2h` }
    return length > 0
      ? now + length
      : { cannot: `${end.in} is no time at all, expected one such as 30m or 2h` }
  }
  const at = readTime(end.at.trim(), timezone, now)
  if (at === undefined) {
    return {
      cannot: `"${end.at}" is no time, expected 14:30 or "2026-11-22 14:30" (by the clock of the home), or one with its zone such as 2026-11-22T13:30Z`,
    }
  }
  if (at > now) return at
  const then = `${localMinute(timezone, at)} has passed (it is ${localMinute(timezone, now)} in the home)`
  return { cannot: `${then}. Say a later time, or how long with "for"` }
}

/** Why a mode is in force: whoever sets it anew without a reason takes the old one away. */
export function whyOf(personal: HomePersonal, mode: Mode): { readonly why?: string } {
  const note = personal.modes?.[mode]
  return note ? { why: note.why } : {}
}

function readTime(text: string, timezone: string, now: number): number | undefined {
  try {
    if (/^\d{1,2}:\d{2}$/.test(text)) {
      const time = Temporal.PlainTime.from(text.padStart(5, '0'))
      const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timezone).toPlainDate()
      const at = (date: Temporal.PlainDate): number =>
        date.toZonedDateTime({ timeZone: timezone, plainTime: time }).epochMilliseconds
      return at(today) > now ? at(today) : at(today.add({ days: 1 }))
    }
    if (/(Z|[+-]\d{2}:?\d{2})$/.test(text)) return Temporal.Instant.from(text).epochMilliseconds
    // A date alone would be midnight, which nobody means by "until Monday".
    if (!/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text)) return undefined
    return Temporal.PlainDateTime.from(text).toZonedDateTime(timezone).epochMilliseconds
  } catch {
    return undefined
  }
}
