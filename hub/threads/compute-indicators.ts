import { createAnswerTally } from '../alerts/indicators.ts'
import { createProtectionTally, unprotectedFigure } from '../alerts/protection.ts'
import type { Unprotected, WatchedHome } from '../alerts/protection.ts'
import type { IndicatorReads } from '../database/indicator-reads.ts'
import type { Figure, IndicatorId } from '../model/indicator.ts'
import type { Span } from '../time/spans.ts'

/** What a run is to compute. Times in ms. */
export interface IndicatorOrder {
  readonly periods: readonly Span[]
  /** For these how long each home was not protected, apart. */
  readonly byHome?: readonly Span[]
  /** Also for the first 28 days of the journal, when they are over. */
  readonly withStart: boolean
  /** Profiles of sensors that raise alarms. */
  readonly alarmProfiles: readonly string[]
  readonly now: number
}

export type Figures = Readonly<Record<IndicatorId, Figure>>

export interface IndicatorRun {
  readonly figures: readonly Figures[]
  /** For each of `byHome`. */
  readonly byHome: readonly (readonly (readonly [home: string, Unprotected])[])[]
  /** When the journal begins, ms; undefined: it is empty. */
  readonly begins?: number
  /** The starting point. `from`: the beginning of the journal, if there is one. */
  readonly start?: { readonly period: Span; readonly figures?: Figures }
  /** Whole days that are over, for the next time: by note key. */
  readonly days: readonly (readonly [key: string, value: string])[]
}

export const DAY = 24 * 3_600_000
const START_DAYS = 28
/** A hub notes that it lives every 10 s: without for longer, it was not there. */
const ALIVE_WITHIN = 30_000

/** Where a whole day of unprotected minutes is kept, once it is over. */
export function dayKey(from: number): string {
  return `unprotected|${new Date(from).toISOString().slice(0, 10)}`
}

/**
 * Computes the indicators over a data folder that a hub may be using; in a thread of its own, as it may read a lot.
 * Whole days of unprotected minutes are computed once.
 */
export function computeIndicators(order: IndicatorOrder, reads: IndicatorReads): IndicatorRun {
  const days: [string, string][] = []
  const known = new Map<string, ReadonlyMap<string, Unprotected>>()
  const homes = watchedHomes(reads, order.alarmProfiles)
  const figures = order.periods.map((period) => figuresOf(period))
  const byHome = (order.byHome ?? []).map((period) => [...unprotected(period)])
  const begins = reads.begins()
  if (begins === undefined) return { figures, byHome, days }
  if (!order.withStart) return { figures, byHome, begins, days }
  const period = { from: begins, to: begins + START_DAYS * DAY }
  return {
    figures,
    byHome,
    begins,
    start: { period, ...(period.to <= order.now && { figures: figuresOf(period) }) },
    days,
  }

  function figuresOf(period: Span): Figures {
    const tally = createAnswerTally(order.now)
    for (const story of reads.stories(period.from, period.to)) tally.add(story)
    return { ...tally.figures(), unprotected: unprotectedFigure(unprotected(period)) }
  }

  function unprotected({ from, to: end }: Span): ReadonlyMap<string, Unprotected> {
    const sum = new Map<string, { ms: number; of: number }>()
    const add = (part: ReadonlyMap<string, Unprotected>): void => {
      for (const [home, { ms, of }] of part) {
        const before = sum.get(home) ?? { ms: 0, of: 0 }
        sum.set(home, { ms: before.ms + ms, of: before.of + of })
      }
    }
    // What is still to come is neither.
    const missing = cutByDays(from, Math.min(end, order.now)).filter((piece) => {
      const day = isWholeDay(piece) ? kept(dayKey(piece.from)) : undefined
      if (day) add(day)
      return day === undefined
    })
    for (const run of runsOf(missing)) {
      const tally = tallyOf(run.from, run.to)
      for (const piece of run.pieces) {
        const part = tally.unprotected(piece)
        add(part)
        if (!isWholeDay(piece)) continue
        known.set(dayKey(piece.from), part)
        days.push([dayKey(piece.from), JSON.stringify([...part])])
      }
    }
    return sum
  }

  function kept(key: string): ReadonlyMap<string, Unprotected> | undefined {
    const note = known.has(key) ? undefined : reads.note(key)
    return (
      known.get(key) ??
      (note === undefined ? undefined : new Map(JSON.parse(note) as [string, Unprotected][]))
    )
  }

  function tallyOf(from: number, to: number): ReturnType<typeof createProtectionTally> {
    const longest = Math.max(0, ...homes.flatMap(({ sensors }) => sensors.map((one) => one.heardEvery)))
    const tally = createProtectionTally(homes)
    for (const sign of reads.signs(from, to, from - longest)) tally.add(sign)
    const aliveAt = reads.aliveAt()
    if (order.now - aliveAt > ALIVE_WITHIN) {
      tally.add({ now: order.now, input: { type: 'pause', from: aliveAt } })
    }
    return tally
  }
}

function watchedHomes(reads: IndicatorReads, alarmProfiles: readonly string[]): readonly WatchedHome[] {
  const isAlarm = new Set(alarmProfiles)
  const since = reads.registered()
  return reads.homes().map(({ id, gateways, sensors }) => ({
    id,
    since: since.get(id) ?? 0,
    hasGateways: gateways.length > 0,
    sensors: sensors.filter(({ profile }) => isAlarm.has(profile)),
  }))
}

/** At midnight UTC. */
function cutByDays(from: number, to: number): readonly Span[] {
  const pieces: Span[] = []
  for (let at = from; at < to;) {
    const next = Math.min(to, (Math.floor(at / DAY) + 1) * DAY)
    pieces.push({ from: at, to: next })
    at = next
  }
  return pieces
}

/** Those that follow one another: what lies between others is not read. */
function runsOf(pieces: readonly Span[]): readonly (Span & { readonly pieces: readonly Span[] })[] {
  const runs: { from: number; to: number; pieces: Span[] }[] = []
  for (const piece of pieces) {
    const last = runs.at(-1)
    if (last?.to === piece.from) {
      last.to = piece.to
      last.pieces.push(piece)
    } else runs.push({ ...piece, pieces: [piece] })
  }
  return runs
}

function isWholeDay({ from, to }: Span): boolean {
  return to - from === DAY
}
