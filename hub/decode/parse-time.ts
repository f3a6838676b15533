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
  const [, year, month, day, hour, minute, second = '0', fraction = '0', sign, zoneHour, zoneMinute] = found
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  if (Number(zoneHour ?? 0) > 23 || Number(zoneMinute ?? 0) > 59) return undefined
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0'))
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined
  const wall = date.setUTCHours(Number(hour), Number(minute), Number(second), ms)
  const offset = (Number(zoneHour ?? 0) * 60 + Number(zoneMinute ?? 0)) * 60_000
  return sign === '-' ? wall + offset : wall - offset
}
