import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Applied } from '../../hub/core/store.ts'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { createJournalReader } from '../../hub/database/journal.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { OpenDatabase } from '../../hub/database/open-database.ts'
import { createRegistry } from '../../hub/database/registry.ts'
import type { Home } from '../../hub/model/home.ts'
import { EMPTY_BATCH } from '../helpers/nothing-new.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const NOW = Date.UTC(2026, 10, 21, 22)
const HOME: Home = {
  id: 'h1',
  timezone: 'Europe/Oslo',
  gateways: [],
  residents: [],
  sensors: [],
  contacts: [],
}

let database: OpenDatabase
beforeEach(() => {
  database = openDatabase(join(tempDir('database'), 'data'))
})
afterEach(() => database.close())

const weight = (seq: number, value: number, more: Partial<Applied> = {}): Applied => ({
  entry: {
    seq,
    now: NOW + seq,
    input: {
      type: 'reading',
      reading: { home: 'h1', sensor: 's1', kind: 'weight', value, at: NOW, receivedAt: NOW + seq },
    },
  },
  events: [],
  ...more,
})

describe('createSqliteStore', () => {
  it('gives back after a restart what it was given', () => {
    const store = createSqliteStore(database.db)
    store.commit({
      ...EMPTY_BATCH,
      applied: [weight(1, 80)],
      homes: [HOME],
      personal: [{ id: 'h1', label: 'Storgata 5', residents: [], contacts: [] }],
      rules: [{ name: 'a.yaml', text: 'rules: []' }],
      packets: [{ at: NOW, clients: ['gw/c'], marks: [7] }],
      readings: [{ home: 'h1', sensor: 's1', id: 'b-1', content: 'c', at: NOW }],
    })
    const again = createSqliteStore(database.db)
    expect(again.load()).toMatchObject({
      lastSeq: 1,
      aliveAt: NOW + 1,
      homes: [HOME],
      rules: [{ name: 'a.yaml', text: 'rules: []' }],
      packets: [{ at: NOW, clients: ['gw/c'], marks: [7] }],
    })
    expect(again.seenReading('h1', 's1', 'b-1')).toMatchObject({ content: 'c' })
    expect(createRegistry(database.db).personal('h1')).toMatchObject({ label: 'Storgata 5' })
  })

  it('writes all of a batch or nothing', () => {
    const store = createSqliteStore(database.db)
    store.commit({ ...EMPTY_BATCH, applied: [weight(1, 80)] })
    // The second of these has a number that is taken.
    const batch = { ...EMPTY_BATCH, applied: [weight(2, 81), weight(1, 82)], homes: [HOME] }
    expect(() => store.commit(batch)).toThrow(/UNIQUE/)
    expect(store.load()).toMatchObject({ lastSeq: 1, homes: [] })
    store.commit({ ...EMPTY_BATCH, applied: [weight(2, 83)] })
    expect(store.load().lastSeq).toBe(2)
  })

  it('forgets packets that can come again no more', () => {
    const store = createSqliteStore(database.db)
    // More moments than one in a commit, as where the disk is slow.
    for (let seq = 1; seq <= 401; seq++) {
      const at = NOW + seq * 6000
      const packets = Array.from({ length: 20 }, (_, n) => ({ at: at - 19 + n, clients: ['gw'], marks: [n] }))
      store.commit({ ...EMPTY_BATCH, applied: [weight(seq * 6000, 80)], packets })
    }
    const { packets } = store.load()
    expect(packets[0]?.at).toBe(NOW + 301 * 6000)
    expect(packets).toHaveLength(100 * 20 + 1)
    const kept = database.db.prepare('SELECT min(at) AS first, count(*) AS n FROM recent_packets').get()
    expect(kept).toEqual({ first: NOW + 301 * 6000, n: 100 * 20 + 1 })
  })

  it('counts the newest sign that the hub was alive, be it an entry or a note', () => {
    const store = createSqliteStore(database.db)
    expect(store.load().aliveAt).toBe(0)
    store.noteAlive(NOW + 10_000)
    expect(store.load().aliveAt).toBe(NOW + 10_000)
    store.commit({ ...EMPTY_BATCH, applied: [weight(20_000, 80)] })
    expect(store.load().aliveAt).toBe(NOW + 20_000)
  })
})

describe('createJournalReader', () => {
  it('gives the newest of a series when there are more than asked for, oldest first', () => {
    const store = createSqliteStore(database.db)
    const applied = [1, 2, 3, 4, 5].map((seq) => weight(seq, 80 + seq))
    store.commit({ ...EMPTY_BATCH, applied })
    const query = { home: 'h1', kind: 'weight', from: 0, to: NOW * 2, limit: 2 }
    expect(createJournalReader(database.db).series(query)).toEqual([
      { at: NOW, value: 84 },
      { at: NOW, value: 85 },
    ])
    expect(createJournalReader(database.db).series({ ...query, sensor: 's2' })).toEqual([])
  })

  it('shows the arrival of a reading whose time was not believed, and no repeated status', () => {
    const store = createSqliteStore(database.db)
    store.commit({
      ...EMPTY_BATCH,
      applied: [
        weight(1, 80, { marks: { claimedAt: NOW + 3_600_000 } }),
        weight(2, 81, { marks: { repeat: true } }),
      ],
    })
    const reader = createJournalReader(database.db)
    expect(reader.series({ home: 'h1', kind: 'weight', from: 0, to: NOW * 2, limit: 9 })).toEqual([
      { at: NOW + 1, value: 80 },
    ])
    expect(reader.after(0, 9)).toMatchObject([
      { seq: 1, input: { reading: { at: NOW + 1 } }, marks: { claimedAt: NOW + 3_600_000 } },
      { seq: 2, marks: { repeat: true } },
    ])
  })
})

describe('createRegistry', () => {
  it('finds contacts by their number in all homes, and by nothing else', () => {
    const store = createSqliteStore(database.db)
    const contact = (id: string, phone: string) => ({ id, phone })
    store.commit({
      ...EMPTY_BATCH,
      homes: [HOME, { ...HOME, id: 'h2' }],
      personal: [
        { id: 'h1', residents: [], contacts: [contact('anne', '+4790000001'), contact('per', '+479000000')] },
        { id: 'h2', residents: [], contacts: [contact('niece', '+4790000001')] },
      ],
    })
    const registry = createRegistry(database.db)
    expect(registry.contactsWithPhone('+4790000001')).toEqual([
      { home: 'h1', contact: 'anne' },
      { home: 'h2', contact: 'niece' },
    ])
    for (const other of ['+47900000', '%', '', '90000001', '+4790000001"', '_4790000001']) {
      expect(registry.contactsWithPhone(other)).toEqual([])
    }
  })

  it('gives a gateway its credentials once', () => {
    const registry = createRegistry(database.db)
    const gateway = { id: 'gw', home: 'h1', passwordHash: 'a', createdAt: NOW }
    expect(registry.addGateway(gateway)).toBe(true)
    expect(registry.addGateway({ ...gateway, home: 'h2', passwordHash: 'b' })).toBe(false)
    expect(registry.gateway('gw')).toMatchObject({ home: 'h1', passwordHash: 'a' })
    expect(registry.gateway('GW')).toBeUndefined()
  })
})
