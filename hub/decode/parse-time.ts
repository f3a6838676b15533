const ISO =
  /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d{2}):?(\d{2}))$/

/**
 * Reads a point in time as ISO 8601 writes it, with its zone: `2026-11-21T22:00:00.000Z`, `…T23:00+01:00`.
 * Stricter than `Date.parse`, which takes 30 February for 2 March and a time without zone for local time.
 * @returns milliseconds since 1970 (finer digits are cut), or undefined when it is none
 */
export function parseTime(text: string): number | undefined {
  const found = ISO.exec(text)
  if (!found) return undefined
  // By index and with no Date object: this runs for every reading.
  const year = Number(found[1])
  const month = Number(found[2])
  const day = Number(found[3])
  const hour = Number(found[4])
  const minute = Number(found[5])
  const second = Number(found[6] ?? 0)
  const zoneHour = Number(found[9] ?? 0)
  const zoneMinute = Number(found[10] ?? 0)
  // Date.UTC takes the years 0 to 99 for 1900 to 1999; no sensor lives there.
  if (year < 100 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if (hour > 23 || minute > 59 || second > 59 || zoneHour > 23 || zoneMinute > 59) return undefined
  const ms = Math.floor(Number(`0.${found[7] ?? 0}`) * 1000)
  const wall = Date.UTC(year, month - 1, day, hour, minute, second, ms)
  const offset = (zoneHour * 60 + zoneMinute) * 60_000
  return found[8] === '-' ? wall + offset : wall - offset
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}
