import type { About, Transition } from './alert.ts'
import type { JournalEntry } from './input.ts'
import type { ReadingMarks } from './reading.ts'

/** An entry of the journal as it is kept: with what the core found out when it took it. */
export interface KeptEntry extends JournalEntry {
  /** Only for readings. */
  readonly marks?: ReadingMarks
  /** What changed about alerts with this entry. */
  readonly alertChanges: readonly AlertChange[]
}

/** One change of an alert, for those who follow the journal. */
export interface AlertChange extends About {
  readonly alert: string
  readonly rule: string
  readonly scope: string
  readonly severity: string
  readonly category: string
  /** `raised`, `again`, `level`, `cleared`, `acknowledged`, `resolved`, `reopened`, `counted`, `held`, `released`. */
  readonly what: string
  readonly at: Transition['at']
  /** In maintenance. */
  readonly test?: true
}
