import { DISK_STAGES } from '../model/system.ts'
import type { DiskStage } from '../model/system.ts'

/** Bytes. */
export interface DiskFacts {
  /** What whoever runs the hub may still write. */
  readonly free: number
  readonly total: number
  /** What the reserve takes now: room that is there for alarms. */
  readonly held: number
}

/** Below how much each stage begins, bytes. */
export interface DiskLimits {
  readonly low: number
  readonly history: number
  readonly readings: number
  /** How large the reserve is to be. */
  readonly reserve: number
}

export interface DiskJudgement {
  readonly stage: DiskStage
  /** Free beyond the reserve, bytes; below 0 while the reserve is being used up. */
  readonly spare: number
  /** For people: `12 MB are free, beside 64 MB that are kept for alarms`. */
  readonly reason: string
}

const MB = 1024 * 1024
/** What is said here must not come and go with each write: a stage ends that much above where it began. */
const LEAVES_AT = 1.25
/** The rest, when the reserve is given up before somebody else takes it. */
const LAST_PART = 4

/**
 * Limits where the configuration says nothing: what a large disk can spare, and shares of a small one.
 * @param wanted bytes
 */
export function diskLimits(wanted: Readonly<Partial<DiskLimits>>, total: number): DiskLimits {
  const share = (most: number, part: number): number => Math.min(most * MB, total / part)
  return {
    low: wanted.low ?? share(2048, 10),
    history: wanted.history ?? share(512, 20),
    readings: wanted.readings ?? share(64, 40),
    reserve: wanted.reserve ?? share(64, 20),
  }
}

/**
 * What is shed at this much room: history before readings before alarms (docs/decisions/0029-full-disk.md). What counts is
 * the room beyond the reserve, whether or not the reserve is there: giving it up makes nothing better.
 * @param before what was judged last: worse is at once, better only with some distance
 */
export function judgeDisk(
  { free, held }: DiskFacts,
  limits: DiskLimits,
  before: DiskStage = 'ok',
): DiskJudgement {
  const spare = free + held - limits.reserve
  const begins: Readonly<Record<DiskStage, number>> = {
    ok: Infinity,
    low: limits.low,
    'no-history': limits.history,
    'alarms-only': limits.readings,
    'reserve-used': limits.readings / LAST_PART,
  }
  const was = DISK_STAGES.indexOf(before)
  const isIn = (stage: DiskStage): boolean =>
    spare < begins[stage] * (DISK_STAGES.indexOf(stage) <= was ? LEAVES_AT : 1)
  const stage = DISK_STAGES.findLast(isIn) ?? 'ok'
  const kept = held > 0 ? `, beside ${inMb(held)} MB that are kept for alarms` : ''
  return { stage, spare, reason: `${inMb(free)} MB are free${kept}` }
}

function inMb(bytes: number): string {
  return (bytes / MB).toFixed(bytes < 10 * MB ? 1 : 0)
}
