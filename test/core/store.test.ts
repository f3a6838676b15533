import { afterEach, describe, expect, it } from 'vitest'
import type { Batch, CoreStore } from '../../hub/core/store.ts'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { Alert } from '../../hub/model/alert.ts'
import type { AlertNotification } from '../../hub/model/notification.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { EMPTY_BATCH } from '../helpers/nothing-new.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { home, RULES } from './bench.ts'

const opened: { close(): void }[] = []
afterEach(() => {
  for (const database of opened.splice(0)) database.close()
})

const STORES: readonly (readonly [string, () => CoreStore])[] = [
  ['memory', createMemoryStore],
  [
    'SQLite',
    () => {
      const database = openDatabase(tempDir('store'))
      opened.push(database)
      return createSqliteStore(database.db)
    },
  ],
]

function batch(seq: number, parts: Partial<Batch> = {}): Batch {
  return {
    ...EMPTY_BATCH,
    applied: [{ entry: { seq, now: seq * 1000, input: { type: 'tick' } }, events: [] }],
    ...parts,
  }
}

function alert(id: string, changes: Partial<Alert> = {}): Alert {
  return {
    id,
    home: 'h1',
    rule: 'fall',
    scope: 'h1',
    code: '1234',
    title: { en: 'Fall' },
    category: 'safety',
    resolve: 'manual',
    severity: 'high',
    condition: 'active',
    handling: 'new',
    raisedAt: 1,
    openedAt: 1,
    lastAt: 1,
    count: 1,
    detail: {},
    step: 1,
    progress: { round: 0, told: ['contact:daughter'], asked: [] },
    ...changes,
  }
}

function notification(id: string, changes: Partial<AlertNotification> = {}): AlertNotification {
  return {
    id,
    alert: 'x',
    home: 'h1',
    contact: 'anne',
    channel: 'sms',
    template: 'alert',
    step: 1,
    state: 'queued',
    attempts: 0,
    queuedAt: 1,
    notBefore: 1,
    ...changes,
  }
}

describe.each(STORES)('CoreStore on %s', (_name, createStore) => {
  it('is empty at first', () => {
    expect(createStore().load()).toEqual({
      lastSeq: 0,
      aliveAt: 0,
      homes: [],
      rows: new Map(),
      openAlerts: [],
      notifications: [],
      packets: [],
      rules: undefined,
      staff: [],
    })
  })

  it('keeps rows, homes and rules as they were last written, and drops rows', () => {
    const store = createStore()
    const gone = { online: true }
    store.commit(
      batch(1, {
        rows: new Map([
          ['gateway|h1|a', gone],
          ['gateway|h1|b', gone],
        ]),
        homes: [home()],
        rules: RULES,
      }),
    )
    gone.online = false
    store.commit(
      batch(2, {
        rows: new Map([
          ['gateway|h1|a', null],
          ['gateway|h1|c', { online: false }],
        ]),
        homes: [home({ risk: 2 })],
      }),
    )
    expect(store.load()).toMatchObject({
      lastSeq: 2,
      aliveAt: 2000,
      homes: [{ id: 'h1', risk: 2 }],
      rules: RULES,
      rows: new Map([
        ['gateway|h1|b', { online: true }],
        ['gateway|h1|c', { online: false }],
      ]),
    })
  })

  it('loads open alerts with all their messages, and what is queued of others', () => {
    const store = createStore()
    store.commit(
      batch(1, {
        alerts: [alert('open', { openedAt: 2 }), alert('first', { openedAt: 1 }), alert('over')],
        notifications: [
          notification('1', { alert: 'open', state: 'delivered' }),
          notification('2', { alert: 'over', state: 'delivered', queuedAt: 2 }),
          notification('3', { alert: 'over', queuedAt: 3 }),
        ],
      }),
    )
    store.commit(batch(2, { alerts: [alert('over', { handling: 'resolved' })] }))
    const saved = store.load()
    expect(saved.openAlerts.map(({ id }) => id)).toEqual(['first', 'open'])
    expect(saved.notifications.map(({ id }) => id)).toEqual(['1', '3'])
    expect(store.alert('over')).toMatchObject({ handling: 'resolved' })
    expect(store.alert('none')).toBeUndefined()
    expect(store.notification('2')).toMatchObject({ state: 'delivered' })
    expect(store.notification('none')).toBeUndefined()
  })

  it('keeps packets as they came', () => {
    const store = createStore()
    const first = { at: 5, clients: ['gw', 'gw', 'other'], marks: [1, 2, 1] }
    const second = { at: 6, clients: ['gw'], marks: [3] }
    store.commit(batch(1, { packets: [first] }))
    store.commit(batch(2, { packets: [second] }))
    expect(store.load().packets).toEqual([first, second])
  })

  it('knows the newest of each reading id', () => {
    const store = createStore()
    const reading = { home: 'h1', sensor: 'a', id: '1', content: 'c', at: 5 }
    store.commit(batch(1, { readings: [reading] }))
    store.commit(batch(2, { readings: [{ ...reading, content: 'd' }] }))
    expect(store.seenReading('h1', 'a', '1')).toEqual({ ...reading, content: 'd' })
    expect(store.seenReading('h1', 'b', '1')).toBeUndefined()
  })

  it('notes that the hub is alive', () => {
    const store = createStore()
    store.commit(batch(1))
    store.noteAlive(9000)
    expect(store.load()).toMatchObject({ lastSeq: 1, aliveAt: 9000 })
    store.commit(
      batch(2, { applied: [{ entry: { seq: 2, now: 10_000, input: { type: 'tick' } }, events: [] }] }),
    )
    expect(store.load()).toMatchObject({ lastSeq: 2, aliveAt: 10_000 })
  })

  it('keeps all of a batch or nothing', () => {
    const store = createStore()
    store.commit(batch(1))
    const tick = { type: 'tick' } as const
    const twice = [
      { entry: { seq: 2, now: 2000, input: tick }, events: [] },
      { entry: { seq: 2, now: 2000, input: tick }, events: [] },
    ]
    expect(() => store.commit(batch(2, { applied: twice, alerts: [alert('x')], homes: [home()] }))).toThrow()
    expect(store.load()).toMatchObject({ lastSeq: 1, openAlerts: [], homes: [] })
    store.commit(batch(2))
    expect(store.load().lastSeq).toBe(2)
  })
})
