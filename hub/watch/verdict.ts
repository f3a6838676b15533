import type { Sight, Trouble } from './ask-heartbeat.ts'

/** What the watchdog believes about the hub. Times in ms, by the watchdog's own clock. */
export interface Verdict {
  /** Looks in a row that showed trouble; of the newest kind, and of any. */
  readonly same: number
  readonly bad: number
  /** Looks in a row that showed none. */
  readonly good: number
  readonly seen?: Trouble
  /** When the first of the bad ones was, or what the hub said of it. */
  readonly badSince?: number
  /** When the hub was last seen well. */
  readonly wellAt?: number
  readonly lookedAt?: number
  /** Believed: people are told of it until it is over. */
  readonly trouble?: Believed
}

export interface Believed {
  readonly what: Trouble
  readonly since: number
  /** When it was first believed: tells one trouble from the next. */
  readonly at: number
}

export interface Patience {
  /** So many bad looks in a row are a trouble. */
  readonly late: number
  /** So many good ones are the end of it. */
  readonly back: number
  /** A longer gap between two looks is the watchdog's own: what lies in it says nothing, ms. */
  readonly gap: number
}

export type Change =
  | { readonly to: 'none' }
  | { readonly to: 'trouble'; readonly trouble: Believed }
  | { readonly to: 'well'; readonly was: Believed }

export const NOTHING_SEEN: Verdict = { same: 0, bad: 0, good: 0 }

/**
 * Takes one more look into account. One bad look is a restart or a lost packet: only several in a row are believed, and
 * so is their end. A trouble that becomes another one (first late, then silent) is said anew.
 */
export function look(
  before: Verdict,
  sight: Sight,
  now: number,
  { late, back, gap }: Patience,
): { readonly verdict: Verdict; readonly change: Change } {
  const { trouble } = before
  const wasAsleep = before.lookedAt === undefined || now - before.lookedAt > gap
  const known: Verdict = wasAsleep ? { ...NOTHING_SEEN, ...(trouble && { trouble }) } : before
  if (sight.ok) {
    const good = known.good + 1
    const verdict: Verdict = { same: 0, bad: 0, good, wellAt: now, lookedAt: now }
    if (!trouble) return { verdict, change: { to: 'none' } }
    if (good < back) return { verdict: { ...verdict, trouble }, change: { to: 'none' } }
    return { verdict, change: { to: 'well', was: trouble } }
  }
  const { what, since } = sight
  const isSame = known.seen === what
  // The hub knows itself since when its timers are late; of one that says nothing, when it last did.
  const begun = since !== undefined ? now - since : (known.wellAt ?? now)
  const badSince = isSame && known.badSince !== undefined ? Math.min(known.badSince, begun) : begun
  const { wellAt } = known
  const verdict: Verdict = {
    same: isSame ? known.same + 1 : 1,
    bad: known.bad + 1,
    good: 0,
    seen: what,
    badSince,
    ...(wellAt !== undefined && { wellAt }),
    lookedAt: now,
    ...(trouble && { trouble }),
  }
  const isNew = trouble ? trouble.what !== what && verdict.same >= late : verdict.bad >= late
  if (!isNew) return { verdict, change: { to: 'none' } }
  const believed: Believed = { what, since: badSince, at: now }
  return { verdict: { ...verdict, trouble: believed }, change: { to: 'trouble', trouble: believed } }
}
