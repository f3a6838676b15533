import { Temporal } from 'temporal-polyfill'

/** A part of each day by the wall clock of a home: `from` inclusive, `to` exclusive; may cross midnight. */
export interface DailyWindow {
  readonly from: string
  readonly to: string
}

/** Whether a time lies in the window, and from when to when that stays so. Times in ms. */
export interface WindowState {
  readonly inside: boolean
  readonly since: number
  readonly until: number
}

/** Reads `07:00`; undefined when it is no time of day. */
export function parseTimeOfDay(text: string): string | undefined {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text) ? text : undefined
}

/**
 * Where a time stands in the window, in the home's zone. On the day clocks change it follows the wall clock: a
 * time that the clock skips comes as much later as the clock jumps, one that comes twice is its first.
 */
export function windowAt(window: DailyWindow, timezone: string, now: number): WindowState {
  const edges = edgesAround(window, timezone, Math.floor(now / DAY))
  const index = edges.findLastIndex(({ at }) => at <= now)
  const [last, next] = [edges[index], edges[index + 1]]
  if (!last || !next) throw new RangeError(`no edge of ${window.from} to ${window.to} around ${now}`)
  return { inside: last.opens, since: last.at, until: next.at }
}

interface Edge {
  readonly at: number
  readonly opens: boolean
}

const DAY = 24 * 3_600_000
/** Homes share their zones and rules: what one looks up the others need too. Calendars are slow. */
const known = new Map<string, readonly Edge[]>()
const MOST_KNOWN = 1000

/** @param day days since 1970, UTC */
function edgesAround({ from, to }: DailyWindow, timezone: string, day: number): readonly Edge[] {
  const key = `${timezone}|${from}|${to}|${day}`
  const found = known.get(key)
  if (found) return found
  const today = Temporal.Instant.fromEpochMilliseconds(day * DAY)
    .toZonedDateTimeISO(timezone)
    .toPlainDate()
  const edges = [-1, 0, 1, 2, 3].flatMap((days) => {
    const date = today.add({ days })
    return [
      { at: wallTime(date, from, timezone), opens: true },
      { at: wallTime(date, to, timezone), opens: false },
    ]
  })
  edges.sort((a, b) => a.at - b.at)
  for (const oldest of known.keys()) {
    if (known.size < MOST_KNOWN) break
    known.delete(oldest)
  }
  known.set(key, edges)
  return edges
}

function wallTime(date: Temporal.PlainDate, time: string, timezone: string): number {
  return date.toZonedDateTime({ timeZone: timezone, plainTime: time }).epochMilliseconds
}

/** Whether each time of the day lies in one of the windows. */
export function coversDay(windows: readonly DailyWindow[]): boolean {
  // Whether a time is covered changes only where a window ends.
  return windows.length > 0 && windows.every(({ to }) => windows.some((one) => contains(one, to)))
}

/** Times as `07:00` are in order as text. */
function contains({ from, to }: DailyWindow, time: string): boolean {
  return from <= to ? from <= time && time < to : from <= time || time < to
}
