import { createSqliteStore } from '../../hub/database/core-store.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { JournalEntry } from '../../hub/model/input.ts'
import { EMPTY_BATCH } from './nothing-new.ts'
import { tempDir } from './temp-dir.ts'

/** A data folder with readings of 20 homes, one every 10 ms, written as the core does, without rules. */
export function writeJournal(entries: number, from = Date.UTC(2026, 9, 5)): string {
  const folder = tempDir('journal')
  const { db, close } = openDatabase(folder)
  const store = createSqliteStore(db)
  for (let first = 1; first <= entries; first += 5000) {
    const some = Array.from({ length: Math.min(5000, entries - first + 1) }, (_, index) =>
      readingEntry(first + index, from),
    )
    store.commit({
      ...EMPTY_BATCH,
      applied: some.map((entry) => ({ entry, events: [] })),
    })
  }
  close()
  return folder
}

function readingEntry(seq: number, from: number): JournalEntry {
  const at = from + seq * 10
  const isDoor = seq % 3 === 0
  const reading = {
    home: `h-${seq % 20}`,
    sensor: isDoor ? 'door-1' : 'hr-1',
    kind: isDoor ? 'door' : 'heart_rate',
    value: isDoor ? (seq % 2 === 0 ? 'open' : 'closed') : 50 + (seq % 40),
    at,
    receivedAt: at,
  }
  return { seq, now: at, input: { type: 'reading', reading } }
}
