import type { About, AlertAfter, AlertEvent, Transition } from './alert.ts'
import type { JournalEntry } from './input.ts'
import type { ReadingMarks } from './reading.ts'

/** An entry of the journal as it is kept: with what the core found out when it took it. */
export interface KeptEntry extends JournalEntry {
  /** Only for readings. */
  readonly marks?: ReadingMarks
  /** What changed about alerts with this entry. */
  readonly alertChanges: readonly AlertChange[]
}

/** One change of an alert, for those who follow the journal. Reads the same whenever it is read. */
export interface AlertChange extends About {
  readonly alert: string
  readonly rule: string
  readonly scope: string
  /** What the change says, where it says one; else as after it. */
  readonly severity: string
  readonly category: string
  readonly what: ToldChange
  /** When it became true. */
  readonly at: Transition['at']
  /** In maintenance. */
  readonly test?: true
  /** When the alert was raised: when its first transition became true, ms. */
  readonly raisedAt: number
  /** How the alert was after the entry. */
  readonly after: AlertAfter
}

/** What is told to the history of an alert; messages and answers are in its own history only. */
export const TOLD_CHANGES = [
  'raised',
  'again',
  'level',
  'cleared',
  'acknowledged',
  'resolved',
  'reopened',
  'counted',
  'held',
  'released',
] as const satisfies readonly AlertEvent['what'][]
export type ToldChange = (typeof TOLD_CHANGES)[number]

export function isToldChange(what: string): what is ToldChange {
  return TOLD.has(what)
}

const TOLD: ReadonlySet<string> = new Set(TOLD_CHANGES)
