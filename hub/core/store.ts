import type { Alert, AlertEvent } from '../model/alert.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import type { JournalEntry, Restored, RuleFile } from '../model/input.ts'
import type { Notification } from '../model/notification.ts'
import type { ReadingMarks } from '../model/reading.ts'
import type { StaffFacts, StaffPersonal } from '../model/staff.ts'
import type { Certificate } from '../model/visit.ts'
import type { Row } from '../rules/state.ts'

/** One input with all that follows from it. */
export interface Applied {
  readonly entry: JournalEntry
  readonly marks?: ReadingMarks
  readonly events: readonly AlertEvent[]
}

/** What one transaction writes: all of it or nothing. */
export interface Batch {
  readonly applied: readonly Applied[]
  /** Rule state; null: the row goes. */
  readonly rows: ReadonlyMap<string, Row | null>
  readonly alerts: readonly Alert[]
  readonly notifications: readonly Notification[]
  readonly homes: readonly Home[]
  readonly personal: readonly HomePersonal[]
  /** Of visits that were finished. */
  readonly certificates?: readonly Certificate[]
  readonly rules?: readonly RuleFile[]
  /** The whole staff: whoever is not in it goes. */
  readonly staff?: readonly StaffFacts[]
  readonly staffPersonal?: readonly StaffPersonal[]
  readonly packets: readonly PacketsAt[]
  readonly readings: readonly SeenReading[]
}

/** Packets that were taken at one time, and may come again with DUP. */
export interface PacketsAt {
  /** ms */
  readonly at: number
  /** Of each packet its client. */
  readonly clients: readonly string[]
  /** Of each its packet id times 2³², and the digest of its content. */
  readonly marks: readonly number[]
}

/** A reading that had an id. */
export interface SeenReading {
  readonly home: string
  readonly sensor: string
  readonly id: string
  readonly content: string
  readonly at: number
}

/** What was on disk when the hub started. */
export interface Saved {
  readonly lastSeq: number
  /** The `now` of the newest entry, or the newest sign that the hub was alive: ms; 0 for an empty folder. */
  readonly aliveAt: number
  readonly homes: readonly Home[]
  readonly rows: ReadonlyMap<string, Row>
  readonly openAlerts: readonly Alert[]
  /** All notifications of the open alerts, and all that are queued. */
  readonly notifications: readonly Notification[]
  readonly rules: readonly RuleFile[] | undefined
  readonly staff: readonly StaffFacts[]
  /** Of the last minutes before, oldest first. */
  readonly packets: readonly PacketsAt[]
  /** The database was restored from a backup, and no hub has started on it since. */
  readonly restored?: Restored
}

/** Where the core keeps what it knows. What is synchronous is on disk when it returned. */
export interface CoreStore {
  load(): Saved
  /** @throws when it could not be written; then nothing of it is kept */
  commit(batch: Batch): void
  seenReading(home: string, sensor: string, id: string): SeenReading | undefined
  alert(id: string): Alert | undefined
  notification(id: string): Notification | undefined
  /** Notes that the hub is alive: what lies after the newest note counts as time away. */
  noteAlive(now: number): void
  /**
   * The same beside this thread: on disk when the promise is fulfilled, in the order of the calls. What is read meanwhile
   * from this store has it already. Not given: the store can only be waited for.
   */
  readonly later?: {
    commit(batch: Batch): Promise<void>
    noteAlive(now: number): Promise<void>
  }
}
