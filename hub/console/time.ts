const formats = new Map<string, Intl.DateTimeFormat>()

function format(timezone: string | undefined, seconds: boolean): Intl.DateTimeFormat {
  const key = `${timezone} ${seconds}`
  let made = formats.get(key)
  if (!made) {
    made = new Intl.DateTimeFormat('en-GB', {
      hour: '2-digit',
      minute: '2-digit',
      ...(seconds && { second: '2-digit' }),
      ...(timezone !== undefined && { timeZone: timezone }),
    })
    formats.set(key, made)
  }
  return made
}

/** `03:12`, in the home's zone where there is one. */
export const clock = (at: number, timezone?: string): string => format(timezone, false).format(at)

/** `14:30`, or where that could be another day than one thinks `29.11. 18:00`. */
export function clockOrDay(at: number, now: number, timezone?: string): string {
  if (at - now < 12 * 3_600_000) return clock(at, timezone)
  const zone = timezone !== undefined && { timeZone: timezone }
  const day = new Intl.DateTimeFormat('nb', { day: 'numeric', month: 'numeric', ...zone }).format(at)
  return `${day} ${clock(at, timezone)}`
}

/** `03:12:07`, in the zone of whoever looks. */
export const clockSeconds = (at: number): string => format(undefined, true).format(at)

/** `40 s`, `4 min`, `2 h 05`. Never negative. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, '0')}`
  return `${Math.floor(hours / 24)} d`
}

/** Time that is left: `40 s`, and from 100 s on in minutes that are still whole. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return seconds < 100 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`
}

export type Shift = 'day' | 'evening' | 'night'

/** Which shift it is, and when it began: days from 07, evenings from 15, nights from 22, where the reader is. */
export function shiftAt(now: number): { name: Shift; from: number } {
  const from = new Date(now)
  const hour = from.getHours()
  const name: Shift = hour < 7 ? 'night' : hour < 15 ? 'day' : hour < 22 ? 'evening' : 'night'
  if (hour < 7) from.setDate(from.getDate() - 1)
  from.setHours(name === 'day' ? 7 : name === 'evening' ? 15 : 22, 0, 0, 0)
  return { name, from: from.getTime() }
}
