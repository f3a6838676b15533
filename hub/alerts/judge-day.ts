import type { Alert } from '../model/alert.ts'
import type { Care, Day, NotKnown } from '../model/day.ts'
import type { Mode } from '../model/input.ts'
import type { Blind, BlindSpan, WatchedRow } from '../model/watched.ts'
import { commonSpans, mergeSpans, totalOf } from '../time/spans.ts'
import type { Span } from '../time/spans.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** What a day looks back at: an evening and a night, or a day. */
export const LOOKS_BACK = 12 * HOUR
/**
 * Somebody was seen within this, or it is said that nobody was: of an evening long ago nobody concludes that all is well
 * in the morning. Shorter than the longest quiet stretch of a healthy night (9 to 11 h) on purpose: then it says so.
 */
export const SEEN_WITHIN = 8 * HOUR
/** A router that starts anew makes nobody uneasy: so long in all the home may be out of sight. */
export const BLIND_AT_MOST = 10 * MINUTE

/** A home as it is now and was of late. */
export interface DayState {
  readonly home: string
  readonly watched: WatchedRow | undefined
  /** Those that are on. */
  readonly modes: readonly Mode[]
  /** A sensor is not alive. */
  readonly silent: boolean
  /** Those that are open: of the home, and those of areas. */
  readonly open: readonly Alert[]
  /** When an alert about a person ended last. */
  readonly overAt?: number
}

/**
 * What can be said of a home to its family now. "All is well" takes that everything that matters was seen throughout,
 * that somebody was seen, and that nothing happened; what is not known is said (promise 3).
 */
export function judgeDay(state: DayState, now: number): Day {
  const { watched, modes, silent, overAt } = state
  const from = now - LOOKS_BACK
  const lifeAt = watched?.lifeAt
  const facts = {
    at: now,
    from,
    silent,
    care: careOf(state),
    ...(lifeAt !== undefined && { lifeAt }),
    ...(overAt !== undefined && overAt >= from && { overAt }),
  }
  const [open] = state.open
    .filter((alert) => alert.home === state.home && isAboutPerson(alert))
    .toSorted(byNeed)
  if (open) {
    const { handledBy: by, attendance } = open
    const who = { ...(by !== undefined && { by }), ...(attendance && { attendance }) }
    const minor = isMinor(open) && { minor: true as const }
    return { is: 'open', since: open.raisedAt, ...minor, ...who, ...facts }
  }
  if (modes.includes('maintenance')) return { is: 'maintenance', ...facts }
  if (modes.includes('away')) return { is: 'away', ...facts }
  const notKnown = whatIsNotKnown(watched, { from, to: now })
  if (notKnown) return { ...notKnown, ...facts }
  if (lifeAt === undefined || lifeAt < now - SEEN_WITHIN) return { is: 'not-seen', ...facts }
  const isQuiet = watched?.blind?.what === 'alarms'
  const quiet = commonSpans(
    spansOf(watched, now, (what) => what === 'alarms'),
    [{ from, to: now }],
  )
  if (isQuiet || totalOf(quiet) > BLIND_AT_MOST) return { is: 'partly', now: isQuiet, ...facts }
  if (facts.overAt !== undefined) return { is: 'had-alert', ...facts, overAt: facts.overAt }
  return { is: 'well', ...facts }
}

/** One that families are told of at all: about a person, and no test. */
export function isAboutPerson({ category, test }: Pick<Alert, 'category' | 'test'>): boolean {
  return category !== 'technical' && test !== true
}

function whatIsNotKnown(watched: WatchedRow | undefined, span: Span): NotKnown | undefined {
  if (!watched) return { is: 'unknown', what: 'new', since: span.to }
  const { blind } = watched
  // In one piece with all that led up to it: a hub that starts again finds no home connected.
  const spans = spansOf(watched, span.to, (what) => what !== 'alarms').filter(({ to }) => to > span.from)
  const [first, last] = [spans[0], spans.at(-1)]
  if (blind && blind.what !== 'alarms') {
    return { is: 'unknown', what: blind.what, since: last?.to === span.to ? last.from : blind.from }
  }
  if (watched.since > span.from) return { is: 'unknown', what: 'new', since: watched.since }
  if (!first || !last || totalOf(commonSpans(spans, [span])) <= BLIND_AT_MOST) return undefined
  return {
    is: 'unknown',
    what: watched.was.findLast(({ what }) => what !== 'alarms')?.what ?? 'home',
    since: first.from,
    until: last.to,
    ...(spans.length > 1 && { onAndOff: true }),
  }
}

/** When it was blind in such a way, up to `now`; in one piece where it was so without a break. */
function spansOf(
  watched: WatchedRow | undefined,
  now: number,
  isMeant: (what: Blind) => boolean,
): readonly Span[] {
  const blind: readonly BlindSpan[] = watched?.blind ? [{ ...watched.blind, to: now }] : []
  return mergeSpans([...(watched?.was ?? []), ...blind].filter(({ what }) => isMeant(what)))
}

/** Whether people know that the home cannot be seen, or one of its sensors not heard. */
function careOf({ home, open }: DayState): Care {
  const about = open.filter(
    (alert) =>
      alert.category === 'technical' &&
      alert.condition === 'active' &&
      (alert.home === home
        ? alert.detail.kind === 'availability'
        : (alert.detail.homes ?? []).some((one) => one.home === home)),
  )
  if (about.some(({ handling }) => handling === 'acknowledged')) return 'taken'
  return about.length > 0 ? 'reported' : 'none'
}

/** What calls nobody. */
export function isMinor({ severity }: Pick<Alert, 'severity'>): boolean {
  return severity === 'low' || severity === 'info'
}

/** What calls people first, of these what nobody has, then the oldest. */
function byNeed(a: Alert, b: Alert): number {
  const rank = (alert: Alert): number => (isMinor(alert) ? 2 : 0) + (alert.handling === 'new' ? 0 : 1)
  return rank(a) - rank(b) || a.raisedAt - b.raisedAt || (a.id < b.id ? -1 : 1)
}
