import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFollowedJournal } from '../../hub/database/followed-journal.ts'
import { createJournalReader } from '../../hub/database/journal.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { OpenDatabase } from '../../hub/database/open-database.ts'
import { createSeqAt, JOURNAL_ENDS } from '../../hub/database/seq-at.ts'
import { tempDir } from '../helpers/temp-dir.ts'

let database: OpenDatabase
beforeEach(() => {
  database = openDatabase(tempDir('journal'))
})
afterEach(() => database.close())

/** As SQLite does it: a query that looks at every row of a table says SCAN without an index. */
function plansOf(sql: string): string[] {
  return (database.db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).map(
    ({ detail }) => detail,
  )
}

it('createFollowedJournal: knows where the hub was restored, as the start after it said', () => {
  const put = database.db.prepare('INSERT INTO journal (seq, now, type, body) VALUES (?, ?, ?, ?)')
  put.run(1, 10, 'start', '{"type":"start","aliveUntil":0}')
  put.run(2, 20, 'start', '{"type":"start","aliveUntil":10,"restored":{"madeAt":10,"quiet":0}}')
  put.run(3, 30, 'start', '{"type":"start","aliveUntil":20}')
  expect(createFollowedJournal(database.db).restores()).toEqual([{ seq: 2, at: 20 }])
})

describe('createJournalReader', () => {
  it('gives messages and what could not be read in pages, none twice and none left out', () => {
    const { db } = database
    const put = db.prepare('INSERT INTO notification (id, state, queued_at, body) VALUES (?, ?, ?, ?)')
    for (let index = 0; index < 9; index++) {
      const queuedAt = Math.floor(index / 4)
      const state = index % 2 === 0 ? 'failed' : 'delivered'
      put.run(`m${index}`, state, queuedAt, JSON.stringify({ id: `m${index}`, queuedAt, state }))
      db.prepare("INSERT INTO journal (now, type, home, body) VALUES (0, 'undecoded', 'h1', ?)").run(
        '{"home":"h1"}',
      )
    }
    const reader = createJournalReader(db)
    const all = (read: typeof reader.newestNotifications): string[] => {
      const first = read(4)
      const second = read(4, first.at(-1))
      return [...first, ...second, ...read(4, second.at(-1) ?? first.at(-1))].map(({ id }) => id)
    }
    expect(all(reader.newestNotifications)).toEqual(['m8', 'm7', 'm6', 'm5', 'm4', 'm3', 'm2', 'm1', 'm0'])
    expect(all(reader.failedNotifications)).toEqual(['m8', 'm6', 'm4', 'm2', 'm0'])
    expect(reader.undecoded(2).map(({ seq }) => seq)).toEqual([9, 8])
    expect(reader.undecoded(2, 8).map(({ seq }) => seq)).toEqual([7, 6])
  })
})

describe('createSeqAt', () => {
  it('finds the first entry of a time, and asks for both ends without looking at every entry', () => {
    const put = database.db.prepare("INSERT INTO journal (now, type, body) VALUES (?, 'tick', '{}')")
    for (const now of [10, 10, 20, 30]) put.run(now)
    const seqAt = createSeqAt(database.db)
    expect([0, 10, 11, 20, 30, 31].map(seqAt)).toEqual([1, 1, 3, 3, 4, 5])
    expect(plansOf(JOURNAL_ENDS).join()).not.toMatch(/SCAN journal/)
  })
})
