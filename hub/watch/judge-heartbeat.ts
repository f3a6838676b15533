import type { Heartbeat } from '../model/heartbeat.ts'
import { formatDuration } from '../source/duration.ts'

/** From when on a hub that answers is not well, ms. */
export interface HeartbeatLimits {
  readonly write: number
  readonly timer: number
  readonly outbox: number
}

/** The hub notes that it lives every 10 s, and looks at its timers as often at least. */
export const LIMITS: HeartbeatLimits = { write: 30_000, timer: 30_000, outbox: 10 * 60_000 }

/** What can be wrong with a hub that answers. */
export type Ailment = 'writes' | 'timers' | 'messages'

export type Judgement =
  | { readonly well: true }
  /** `since`: for how long, ms. */
  | { readonly well: false; readonly what: Ailment; readonly since: number; readonly reason: string }

/** Is a hub with this heartbeat truly at work? What harms most is said first. */
export function judgeHeartbeat(beat: Heartbeat, limits: HeartbeatLimits = LIMITS): Judgement {
  const { writtenAgo, timerLate, outboxAge } = beat
  const ill = (what: Ailment, since: number, reason: string): Judgement => ({
    well: false,
    what,
    since,
    reason: `${reason} ${inSeconds(since)}`,
  })
  if (writtenAgo > limits.write) return ill('writes', writtenAgo, 'nothing was written to the disk for')
  if (timerLate > limits.timer) return ill('timers', timerLate, 'the oldest timer that is due is late by')
  if (outboxAge > limits.outbox) return ill('messages', outboxAge, 'a message to a person has not left for')
  return { well: true }
}

function inSeconds(ms: number): string {
  return formatDuration(Math.round(ms / 1000) * 1000)
}
