import type { Care, Day } from '../../model/day.ts'
import { localTime } from '../../time/local-time.ts'
import type { Handler } from './message-parts.ts'

/** How a home was, ready to be put into words: no finer than a family needs it. */
export interface DayParts {
  readonly day: Day
  readonly greeting: 'morning' | 'day' | 'evening'
  /** The newest sign of life. */
  readonly life?: Vague
  /** Clock times as words have them: `02:10`, on another day with the date. */
  readonly since?: string
  readonly until?: string
  /** When the alert that is over ended. */
  readonly over?: string
  /** Who has the open alert. */
  readonly by?: Handler
}

/** When something was, as people say it: nobody reads minutes out of it. */
export type Vague =
  | 'hour'
  | 'night'
  | 'morning'
  | 'afternoon'
  | 'evening'
  | 'yesterday'
  | 'yesterday-evening'
  | 'before'

/** A day in the words of one language. */
export interface DayWords {
  /** The daily message: one SMS. `place`: `hos Mor`, `at Mum's`. */
  message(place: string, parts: DayParts): string
  /** The one large sentence of the status page. */
  headline(place: string, parts: DayParts): string
  /** The lines below it. */
  readonly page: {
    readonly seen: string
    readonly equipment: string
    readonly alert: string
    readonly seenText: (parts: DayParts) => string
    readonly equipmentText: (parts: DayParts) => string
    readonly alertText: (parts: DayParts) => string
  }
}

const HOUR = 3_600_000

/**
 * @param clock writes a time for the reader
 * @param handler who somebody is, for the reader
 */
export function dayParts(
  day: Day,
  timezone: string,
  clock: (at: number) => string,
  handler: (by: string) => Handler,
): DayParts {
  const { hour } = localTime(timezone, day.at)
  const since = day.is === 'unknown' || day.is === 'open' ? day.since : undefined
  const until = day.is === 'unknown' ? day.until : undefined
  const by = day.is === 'open' ? (day.attendance?.by ?? day.by) : undefined
  return {
    day,
    greeting: hour < 4 || hour >= 17 ? 'evening' : hour < 10 ? 'morning' : 'day',
    ...(day.lifeAt !== undefined && { life: vague(day.lifeAt, day.at, timezone) }),
    ...(since !== undefined && { since: clock(since) }),
    ...(until !== undefined && { until: clock(until) }),
    ...(day.overAt !== undefined && { over: clock(day.overAt) }),
    ...(by !== undefined && { by: handler(by) }),
  }
}

/** When something was, seen from `now`. */
export function vague(at: number, now: number, timezone: string): Vague {
  if (now - at < HOUR) return 'hour'
  const [then, today] = [localTime(timezone, at), localTime(timezone, now)]
  if (then.day === today.day - 1) return then.hour >= 18 ? 'yesterday-evening' : 'yesterday'
  if (then.day < today.day) return 'before'
  if (then.hour < 5) return 'night'
  if (then.hour < 12) return 'morning'
  return then.hour < 18 ? 'afternoon' : 'evening'
}

/** Whether the sensors that matter speak now. */
export function worksNow({ day }: DayParts): 'all' | 'not-all' | 'no-contact' {
  if (day.is === 'unknown' && day.until === undefined && day.what !== 'new' && day.what !== 'nothing-to-see')
    return 'no-contact'
  return day.silent ? 'not-all' : 'all'
}

/** What is said of who looks after what does not work, by how far people are. */
export function careText({ day }: DayParts, words: Readonly<Record<Exclude<Care, 'none'>, string>>): string {
  return day.care === 'none' ? '' : words[day.care]
}
