import type { AlertEvent } from './alert.ts'
import type { Reading, ReadingMarks } from './reading.ts'

/** A reading as the journal has it. */
export interface FollowedReading {
  readonly seq: number
  readonly now: number
  readonly reading: Reading
  readonly marks: ReadingMarks
  /** The hub said it itself, to try the way of an alarm. */
  readonly test?: true
}

/** A line of an alert's history as the journal has it. */
export interface FollowedEvent {
  readonly seq: number
  /** Which of those of the same entry, from 1. */
  readonly n: number
  readonly event: AlertEvent
}

/** What stands between two places in the journal. */
export interface Stretch<T> {
  readonly items: readonly T[]
  /** Up to and with this entry. The same as asked from: there is nothing after it. */
  readonly upTo: number
}

/** The hub was restored from a backup; `seq` is the first entry after that, `at` its time, ms. */
export interface Restore {
  readonly seq: number
  readonly at: number
}

/**
 * The journal for those who follow it and come back where they were. A stretch is read in a few milliseconds, however
 * much there is.
 */
export interface FollowedJournal {
  /** The newest entry; 0 when there is none. */
  newest(): number
  /** The first entry at or after a time, ms. One behind the newest where all is older. */
  seqAt(time: number): number
  /** When an entry was taken, ms, or the next that is kept; undefined behind the newest. */
  timeOf(seq: number): number | undefined
  /** Since the first entry that is kept, oldest first: after each of them numbers came again that had been others before. */
  restores(): readonly Restore[]
  readings(after: number): Stretch<FollowedReading>
  /** What happened to alerts: `raised`, `acknowledged`, …; messages and answers are in each alert's own history only. */
  events(after: number): Stretch<FollowedEvent>
}
