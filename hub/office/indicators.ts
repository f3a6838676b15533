import type { Unprotected } from '../alerts/protection.ts'
import type { IndicatorReport } from '../http/office.ts'
import { DAY } from '../threads/compute-indicators.ts'
import type { Figures, IndicatorOrder, IndicatorRun } from '../threads/compute-indicators.ts'
import { INDICATOR_IDS } from '../model/indicator.ts'
import type { Figure } from '../model/indicator.ts'
import type { Point } from '../history/points.ts'
import type { Reader } from '../threads/reader.ts'
import type { Span } from '../time/spans.ts'

export interface IndicatorsOptions {
  readonly reader: Pick<Reader, 'indicators'>
  readonly alarmProfiles: readonly string[]
  readonly now: () => number
  readonly keepNote: (key: string, value: string) => void
}

export interface Indicators {
  report(period: Span): Promise<IndicatorReport>
  /** One period after the other, as they are. */
  figures(periods: readonly Span[]): Promise<readonly Figures[]>
  /** How long each home was not protected; undefined where the journal begins only after it. */
  unprotected(period: Span): Promise<readonly (readonly [home: string, Unprotected])[] | undefined>
}

/** Indicators, computed in a thread beside the hub. */
export function createIndicators(options: IndicatorsOptions): Indicators {
  const { reader, alarmProfiles, now, keepNote } = options
  let start: IndicatorRun['start']

  async function compute(
    order: () => Pick<IndicatorOrder, 'periods' | 'byHome' | 'withStart'>,
  ): Promise<IndicatorRun> {
    const run = await reader.indicators(() => ({ ...order(), alarmProfiles, now: now() }))
    for (const [key, value] of run.days) keepNote(key, value)
    return run
  }

  return {
    async report(period) {
      // The first weeks do not change any more.
      const run = await compute(() => ({ periods: [period], withStart: !start?.figures }))
      start = run.start ?? start
      const figures = run.figures[0]
      if (!figures) throw new Error('Cannot compute indicators: there is no figure')
      return {
        ...period,
        ...(start && { startingPoint: { ...start.period, isOver: start.figures !== undefined } }),
        figures: INDICATOR_IDS.map((id) => ({
          id,
          ...figures[id],
          ...(start?.figures && { startingPoint: { ...start.figures[id], parts: undefined } }),
        })).map(withoutUndefinedParts),
      }
    },
    async unprotected(period) {
      const { byHome, begins } = await compute(() => ({ periods: [], byHome: [period], withStart: false }))
      return begins === undefined || begins >= period.to ? undefined : byHome[0]
    },
    figures: async (periods) => (await compute(() => ({ periods, withStart: false }))).figures,
  }
}

function withoutUndefinedParts(
  figure: IndicatorReport['figures'][number] & { startingPoint?: { parts?: unknown } },
): IndicatorReport['figures'][number] {
  const { startingPoint, ...rest } = figure
  if (!startingPoint) return rest
  const { parts: _, ...start } = startingPoint
  return { ...rest, startingPoint: start }
}

export interface IndicatorJobOptions {
  readonly figures: Indicators['figures']
  /** Undefined: there is no InfluxDB; days are computed all the same, so that reports need not read them again. */
  readonly write?: (points: readonly Point[]) => Promise<{ readonly ok: boolean; readonly error?: string }>
  readonly note: (key: string) => string | undefined
  readonly keepNote: (key: string, value: string) => void
  readonly now: () => number
  readonly repeat: (call: () => void, ms: number) => () => void
  readonly log: { warn(fields: object, message: string): void }
}

const LOOK_EVERY = 10 * 60_000
/** Alerts of a day are resolved on the next ones: so many days are written again. */
const WRITTEN_AGAIN = 3
const CAUGHT_UP = 7
const WRITTEN = 'indicators-written'

/**
 * Once a day (UTC) writes a point for each indicator of the days before. Points are idempotent; a day that could not be
 * written is written with the next.
 */
export function createIndicatorJob(options: IndicatorJobOptions): {
  look(): Promise<void>
  start(): void
  stop(): void
} {
  const { figures, write, note, keepNote, now, repeat, log } = options
  let underWay = false
  let failed = false
  let callOff: (() => void) | undefined

  async function look(): Promise<void> {
    const today = Math.floor(now() / DAY) * DAY
    if (underWay) return
    underWay = true
    try {
      const written = Number(note(WRITTEN) ?? 0)
      if (written >= today) return
      const missed = written === 0 ? 1 : Math.round((today - written) / DAY)
      const count = Math.min(CAUGHT_UP, missed - 1 + WRITTEN_AGAIN)
      const days = Array.from({ length: count }, (_, i) => today - (count - i) * DAY)
      const made = await figures(days.map((from) => ({ from, to: from + DAY })))
      const points = days.flatMap((from, i) => pointsOf(from, made[i]))
      const result = (await write?.(points)) ?? { ok: true }
      if (result.ok) keepNote(WRITTEN, String(today))
      tell(result.ok ? undefined : (result.error ?? 'not written'))
    } catch (cause) {
      tell(cause instanceof Error ? cause.message : String(cause))
    } finally {
      underWay = false
    }
  }

  function tell(error: string | undefined): void {
    if (error !== undefined && !failed)
      log.warn({ error }, 'The indicators of the day are not written; trying again')
    failed = error !== undefined
  }

  return {
    look,
    start: () => void (callOff ??= repeat(() => void look(), LOOK_EVERY)),
    stop: () => callOff?.(),
  }
}

/** One point for each indicator, and one for each rule of those that are by rule; never by home or sensor. */
function pointsOf(day: number, figures: Figures | undefined): readonly Point[] {
  if (!figures) return []
  const time = String(BigInt(day) * 1_000_000n)
  return INDICATOR_IDS.flatMap((id) => {
    const { parts = [], ...whole } = figures[id]
    const rules = parts.filter(({ sort }) => sort === 'rule')
    return [{ ...whole, tags: {} }, ...rules.map((one) => ({ ...one, tags: { rule: one.id } }))].flatMap(
      (one: Omit<Figure, 'parts'> & { readonly tags: Readonly<Record<string, string>> }): Point[] => {
        const { value, of, p90, total, tags } = one
        if (value === undefined) return []
        const more = { ...(p90 !== undefined && { p90 }), ...(total !== undefined && { total }) }
        return [
          {
            measurement: 'indicator_day',
            tags: { indicator: id, ...tags },
            fields: { value, of, ...more },
            time,
            seq: 0,
          },
        ]
      },
    )
  })
}
