import type { JournalSource } from '../../hub/history/history.ts'
import type { AlertChange, KeptEntry } from '../../hub/model/kept-entry.ts'
import type { Commit } from '../../hub/core/core.ts'
import type { Reading, ReadingMarks, Value } from '../../hub/model/reading.ts'
import { EMPTY_COMMIT } from '../helpers/nothing-new.ts'

export const T0 = Date.UTC(2026, 10, 3, 8, 0, 0, 123)

/** A journal entry with one reading: 5 homes, one sensor each, unless said otherwise. */
export function entry(seq: number, reading: Partial<Reading> = {}, marks?: ReadingMarks): KeptEntry {
  const at = reading.at ?? T0 + seq
  return {
    seq,
    now: reading.receivedAt ?? at,
    input: {
      type: 'reading',
      reading: {
        home: `h${(seq % 5) + 1}`,
        sensor: 'hr-1',
        kind: 'heart_rate',
        value: (40 + (seq % 100)) as Value,
        at,
        receivedAt: at,
        ...reading,
      },
    },
    ...(marks !== undefined && { marks }),
    alertChanges: [],
  }
}

/** A tick with these changes of alerts. */
export function changesEntry(seq: number, changes: readonly Partial<AlertChange>[]): KeptEntry {
  return {
    seq,
    now: T0 + seq,
    input: { type: 'tick' },
    alertChanges: changes.map((change) => ({
      alert: 'a1',
      home: 'h1',
      rule: 'no-activity',
      scope: 'h1/r1',
      severity: 'high',
      category: 'safety',
      what: 'raised',
      at: T0,
      raisedAt: T0,
      after: { handling: 'new', condition: 'active', severity: 'high' },
      ...change,
    })),
  }
}

export interface TestJournal extends JournalSource {
  readonly entries: KeptEntry[]
  /** The most entries that one read asked for. */
  largestRead(): number
  readonly onCommit: (listener: (commit: Commit) => void) => () => void
  /** Adds entries and tells the followers, as the core does after a commit. */
  commit(entries: readonly KeptEntry[]): void
}

/** A journal in memory; seq must count from 1 without holes. */
export function testJournal(entries: KeptEntry[] = []): TestJournal {
  const listeners = new Set<(commit: Commit) => void>()
  let largest = 0
  return {
    entries,
    largestRead: () => largest,
    after(seq, limit) {
      largest = Math.max(largest, limit)
      return entries.slice(seq, seq + limit)
    },
    newest: () => entries.length,
    onCommit(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    commit(added) {
      entries.push(...added)
      for (const listener of listeners) {
        listener({ ...EMPTY_COMMIT, entries: added })
      }
    },
  }
}

/** Entries `from` to `to`, both included. */
export function entriesOf(from: number, to: number): KeptEntry[] {
  return Array.from({ length: to - from + 1 }, (_, index) => entry(from + index))
}
