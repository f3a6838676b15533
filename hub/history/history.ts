import type { JournalEntry } from '../model/input.ts'
import type { ReadingMarks } from '../model/reading.ts'
import type { Transition } from '../model/alert.ts'

/** One entry of the journal as the follower reads it: with what the core found out when it took it. */
export interface FollowedEntry extends JournalEntry {
  /** Only for readings. */
  readonly marks?: ReadingMarks
  /** What changed about alerts with this entry. */
  readonly alertChanges: readonly AlertChange[]
}

/** One transition of an alert, for the measurement `alert`. */
export interface AlertChange {
  readonly alert: string
  readonly rule: string
  readonly scope: string
  readonly severity: string
  readonly category: string
  /** `raised`, `again`, `level`, `cleared`, `acknowledged`, `resolved`, `reopened`. */
  readonly what: string
  readonly at: Transition['at']
}

/** What the follower needs of the journal. */
export interface JournalSource {
  /** The entries after `seq`, oldest first, at most `limit`. */
  after(seq: number, limit: number): readonly FollowedEntry[]
  /** The seq of the newest entry; 0 when there is none. */
  newest(): number
}

/** One point of a series. */
export interface SeriesPoint {
  readonly at: number
  readonly value: string | number | boolean
}

/** Where the pages read history from: the journal, or an InfluxDB. Times in ms; both ends inclusive. */
export interface HistoryReader {
  series(query: {
    home: string
    sensor?: string
    kind: string
    from: number
    to: number
    limit: number
  }): Promise<readonly SeriesPoint[]>
}
