import type { KeptEntry } from '../model/kept-entry.ts'
import type { SeriesPoint, SeriesQuery } from '../model/series.ts'

/** What the follower needs of the journal. */
export interface JournalSource {
  /** The entries after `seq`, oldest first, at most `limit`. */
  after(seq: number, limit: number): readonly KeptEntry[]
  /** The seq of the newest entry; 0 when there is none. */
  newest(): number
}

/** Where the pages read history from: the journal, or an InfluxDB. */
export interface HistoryReader {
  series(query: SeriesQuery): Promise<readonly SeriesPoint[]>
}
