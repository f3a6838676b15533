import { afterEach, describe, expect, it } from 'vitest'
import type { Batch, SeenReading } from '../../hub/core/store.ts'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import { openReadOnly } from '../../hub/database/open-read-only.ts'
import { createCommitThread } from '../../hub/threads/commit-thread.ts'
import { EMPTY_BATCH } from '../helpers/nothing-new.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

const READING: SeenReading = { home: 'h1', sensor: 'a', id: 'x', content: 'door="open"@5', at: 5 }

function batch(seq: number, parts: Partial<Batch> = {}): Batch {
  return {
    ...EMPTY_BATCH,
    applied: [{ entry: { seq, now: seq * 1000, input: { type: 'tick' } }, events: [] }],
    ...parts,
  }
}

function open() {
  const folder = tempDir('commit-thread')
  const database = openDatabase(folder)
  stops.push(() => database.close())
  const { store, stop } = createCommitThread(createSqliteStore(database.db), folder)
  stops.push(stop)
  const { later } = store
  if (!later) throw new Error('expected a store that writes later')
  /** As another process sees it. */
  const journal = (): unknown => {
    const db = openReadOnly(folder)
    try {
      return db
        .prepare('SELECT seq FROM journal ORDER BY seq')
        .all()
        .map(({ seq }) => seq)
    } finally {
      db.close()
    }
  }
  return { store, later, stop, journal }
}

describe('createCommitThread', () => {
  it('has a batch on disk when its promise is fulfilled, in the order of the calls', async () => {
    const { later, journal, store } = open()
    const first = later.commit(batch(1))
    const second = later.commit(batch(2))
    await first
    expect(journal()).toContain(1)
    await second
    await later.noteAlive(9000)
    expect(journal()).toEqual([1, 2])
    expect(store.load()).toMatchObject({ lastSeq: 2, aliveAt: 9000 })
  })

  it('reads what is on its way as if it were there, the newest of it', async () => {
    const { store, later } = open()
    const newer = { ...READING, content: 'door="closed"@6', at: 6 }
    const both = [
      later.commit(batch(1, { readings: [READING] })),
      later.commit(batch(2, { readings: [newer] })),
    ]
    expect(store.seenReading('h1', 'a', 'x')).toEqual(newer)
    expect(store.seenReading('h1', 'a', 'y')).toBeUndefined()
    await Promise.all(both)
    expect(store.seenReading('h1', 'a', 'x')).toEqual(newer)
  })

  it('says why a batch could not be written, keeps nothing of it, and goes on', async () => {
    const { store, later, journal } = open()
    await later.commit(batch(1))
    const again = later.commit(batch(1, { readings: [READING] }))
    await expect(again).rejects.toMatchObject({ message: /UNIQUE/, errcode: 1555 })
    expect(store.seenReading('h1', 'a', 'x')).toBeUndefined()
    await later.commit(batch(2))
    expect(journal()).toEqual([1, 2])
  })

  it('takes nothing any more when it was stopped', async () => {
    const { later, stop } = open()
    await later.commit(batch(1))
    await stop()
    await expect(later.commit(batch(2))).rejects.toThrow('was stopped')
  })
})
