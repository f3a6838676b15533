import { KINDS } from '../model/kind.ts'
import type { Refusal } from './answer.ts'

/** How long InfluxDB keeps what, ms; 0: for ever. */
export interface Keeping {
  readonly keep: number
  readonly keepHourly: number
}

export interface SetupOptions extends Keeping {
  /** Only says what would be done. */
  readonly dryRun?: boolean
  /** Also where InfluxDB has points that it then deletes. */
  readonly shorten?: boolean
  /** As the hub does it unasked: makes no database or bucket for points, and shortens only what is empty. */
  readonly careful?: boolean
  /** InfluxDB 1.x, as an admin: the hub's own user, who is let into the database. */
  readonly user?: string
}

/** One part of what InfluxDB needs. */
export interface SetupStep {
  /** For people: `retention policy "hourly"`. */
  readonly what: string
  /** `left`: it is not as the configuration says, and left so. In a dry run: what would be done. */
  readonly did: 'stood' | 'made' | 'changed' | 'left'
  readonly detail?: string
}

/** What was done; where something failed, what was done before. Doing it again goes on. */
export type SetupResult =
  | { readonly ok: true; readonly steps: readonly SetupStep[] }
  | (Refusal & { readonly steps: readonly SetupStep[] })

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** `2y`, `10y`, `90d`, `for ever`. */
export function keepWords(ms: number): string {
  if (ms === 0) return 'for ever'
  if (ms % (365 * DAY) === 0) return `${ms / (365 * DAY)}y`
  return ms % DAY === 0 ? `${ms / DAY}d` : `${ms / HOUR}h`
}

/** Is `a` shorter than `b`? 0 is for ever. */
export function isShorter(a: number, b: number): boolean {
  return a !== 0 && (b === 0 || a < b)
}

/** What is said of what keeps points for longer than it should, and has such points. */
export function leftWords(now: number, wanted: number): string {
  const words = `keeps points ${keepWords(now)}, longer than ${keepWords(wanted)}, and has some that are older`
  return `${words}: with --shorten it deletes them`
}

/** How much time one file of points covers, ms. Chosen as InfluxDB does it; said, since it refuses to keep less than that. */
export function shardOf(keep: number): number {
  if (keep === 0 || keep > 180 * DAY) return 7 * DAY
  return keep < 2 * DAY ? HOUR : DAY
}

/** A regular expression of the kinds that downsample alike; their names hold letters, digits and `_` only. */
export function kindsPattern(numbers: boolean): string {
  const names = [...KINDS].filter(([, { value }]) => (value === 'number') === numbers).map(([name]) => name)
  return `^(${names.join('|')})$`
}

/**
 * How much of the past each run sees anew: homes whose link was down for hours send what they kept, with the times at
 * which it happened.
 */
export const RESAMPLED_HOURS = 24
