import { afterEach, beforeEach, expect, it } from 'vitest'
import { orderEvents, whoDidNotAnswer } from '../../hub/alerts/shift.ts'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { createJournalReader } from '../../hub/database/journal.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { OpenDatabase } from '../../hub/database/open-database.ts'
import { createShiftReads } from '../../hub/database/shift-reads.ts'
import { START, startCore, stopCores } from '../core/bench.ts'
import type { CoreBench } from '../core/bench.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let database: OpenDatabase
let bench: CoreBench

beforeEach(async () => {
  database = openDatabase(tempDir('shift'))
  bench = await startCore(createSqliteStore(database.db))
})
afterEach(() => {
  stopCores()
  database.close()
})

it('alertsSince: knows an alert of before that ended since then, and none that did not change', async () => {
  const reads = createShiftReads(database.db)
  await bench.say('a', 'fall', 'detected')
  const { id } = bench.alert('fall')
  await bench.take({ type: 'acknowledge', alert: id, by: 'operator:siv', via: 'console' })
  await bench.pass(HOUR)
  const from = START + HOUR
  expect(reads.alertsSince(from, 10)).toEqual({ alerts: [], more: false })
  await bench.take({ type: 'resolve', alert: id, by: 'operator:siv', via: 'console', cause: 'real' })
  expect(reads.alertsSince(from, 10).alerts).toMatchObject([{ id, cause: 'real' }])
  await bench.say('a', 'fall', 'detected')
  expect(reads.alertsSince(from, 1)).toMatchObject({ alerts: [{ handling: 'new' }], more: true })
})

it('ordersSince: has the modes and holds of people', async () => {
  const order = { home: 'h1', by: 'operator:siv', via: 'console' } as const
  await bench.take({ type: 'mode', mode: 'away', on: true, ...order })
  await bench.pass(HOUR)
  await bench.take({ type: 'mode', mode: 'carer', on: true, ...order })
  expect(createShiftReads(database.db).ordersSince(START + HOUR)).toMatchObject([
    { at: START + HOUR, input: { type: 'mode', mode: 'carer' } },
  ])
})

it('orderEvents: has states of service, and a pause that ends by itself', async () => {
  const order = { type: 'service', home: 'h1', by: 'operator:siv', via: 'console' } as const
  await bench.take({ ...order, to: { is: 'paused', until: START + 2 * HOUR } })
  await bench.pass(HOUR)
  const orders = () => createShiftReads(database.db).ordersSince(START)
  const paused = {
    at: START,
    home: 'h1',
    of: { service: 'paused' },
    until: START + 2 * HOUR,
    by: 'operator:siv',
  }
  expect(orderEvents(orders(), START, bench.core.now())).toMatchObject([paused])
  await bench.pass(HOUR)
  const over = { at: START + 2 * HOUR, home: 'h1', of: { service: 'active' } }
  expect(orderEvents(orders(), START, bench.core.now())).toMatchObject([paused, over])
  expect(orderEvents(orders(), START, bench.core.now())[1]).not.toHaveProperty('by')
  await bench.take({ ...order, to: { is: 'paused', until: START + 4 * HOUR } })
  await bench.take({ ...order, to: { is: 'active' } })
  await bench.pass(3 * HOUR)
  const what = orderEvents(orders(), START, bench.core.now()).map(({ of, at }) => [
    Object.values(of)[0],
    (at - START) / HOUR,
  ])
  // Ended by hand, it does not end once more by itself.
  expect(what).toEqual([
    ['paused', 0],
    ['active', 2],
    ['paused', 2],
    ['active', 2],
  ])
})

it('whoDidNotAnswer: names who was silent until the next one was told, and nobody who declined', async () => {
  const journal = createJournalReader(database.db)
  await bench.say('a', 'fall', 'detected')
  const { id } = bench.alert('fall')
  const silent = () => {
    const story = {
      alert: bench.alert('fall'),
      events: journal.alertEvents(id),
      notifications: journal.notificationsOf(id),
    }
    return whoDidNotAnswer(story, START, bench.core.now())
  }
  expect(silent()).toEqual([])
  await bench.pass(2 * MINUTE)
  expect(silent()).toEqual(['contact:anne'])
  const { code } = bench.alert('fall')
  await bench.take({ type: 'answer', home: 'h1', contact: 'berit', action: 'decline', code })
  await bench.pass(30 * MINUTE)
  expect(silent()).not.toContain('contact:berit')
})
