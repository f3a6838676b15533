import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../hub/core/clock.ts'
import { createCore } from '../../hub/core/create-core.ts'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { noteRestored, readRestored } from '../../hub/database/restored-note.ts'
import { MIGRATIONS } from '../../hub/database/schema.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import type { MemoryStore } from '../helpers/memory-store.ts'
import { START, startCore, stopCores } from './bench.ts'
import type { CoreBench } from './bench.ts'

afterEach(stopCores)

const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface Site {
  readonly bench: CoreBench
  readonly store: MemoryStore
}

/** A fall was told to Anne and nobody answered; then the backup was made. */
async function fallen(): Promise<Site> {
  const store = createMemoryStore()
  const bench = await startCore(store)
  await bench.say('a', 'fall', 'detected')
  return { bench, store }
}

/** Hours later the hub starts on it. */
async function restore({ bench }: Site, quiet = 15 * MINUTE): Promise<void> {
  const madeAt = bench.core.now()
  bench.clock.pass(6 * HOUR)
  await bench.take({ type: 'start', aliveUntil: madeAt, restored: { madeAt, quiet } })
}

const sent = ({ store }: Site) =>
  store
    .notifications()
    .filter(({ template }) => template === 'alert')
    .toSorted((a, b) => a.queuedAt - b.queuedAt)
    .map(({ contact, state }) => `${contact} ${state}`)

describe('an alert that was open in the backup the hub was restored from', () => {
  it('calls nobody for a while, and then its contacts from the first on', async () => {
    const place = await fallen()
    expect(sent(place)).toEqual(['anne queued'])
    await restore(place)
    expect(sent(place)).toEqual(['anne cancelled'])
    expect(place.bench.alert('fall')).toMatchObject({
      handling: 'new',
      progress: { setAside: true, told: [] },
    })
    await place.bench.pass(14 * MINUTE)
    expect(sent(place)).toEqual(['anne cancelled'])
    await place.bench.pass(MINUTE)
    expect(sent(place)).toEqual(['anne cancelled', 'anne queued'])
    expect(place.bench.alert('fall').progress).not.toHaveProperty('setAside')
    await place.bench.pass(2 * MINUTE)
    expect(sent(place)).toContain('berit queued')
  })

  it('is told at once when it happens again: that is no news of before', async () => {
    const place = await fallen()
    await restore(place)
    await place.bench.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'online' })
    await place.bench.say('a', 'fall', 'detected')
    expect(place.bench.alert('fall').count).toBe(2)
    expect(sent(place)).toEqual(['anne cancelled', 'anne queued'])
  })

  it('is not hurried because no board is open yet', async () => {
    const place = await fallen()
    await restore(place)
    await place.bench.take({ type: 'boards', areas: [] })
    expect(sent(place)).toEqual(['anne cancelled'])
  })

  it('stays with whoever had it, and says in its history where it comes from', async () => {
    const place = await fallen()
    const { id } = place.bench.alert('fall')
    await place.bench.take({ type: 'acknowledge', alert: id, by: 'operator:siv', via: 'console' })
    await restore(place)
    await place.bench.pass(HOUR)
    expect(place.bench.alert('fall')).toMatchObject({ handling: 'acknowledged', handledBy: 'operator:siv' })
    const restored = place.store.events().filter(({ what }) => what === 'restored')
    expect(restored).toMatchObject([{ alert: id, by: 'hub', text: new Date(START).toISOString() }])
    expect(place.store.notifications().filter(({ state }) => state === 'queued')).toEqual([])
  })

  it('ends the escalation when it is taken meanwhile', async () => {
    const place = await fallen()
    await restore(place)
    await place.bench.take({
      type: 'acknowledge',
      alert: place.bench.alert('fall').id,
      by: 'operator:siv',
      via: 'console',
    })
    await place.bench.pass(HOUR)
    expect(sent(place)).toEqual(['anne cancelled'])
  })

  it('stays set aside when the hub starts again, and not for longer', async () => {
    const place = await fallen()
    await restore(place)
    await place.bench.pass(5 * MINUTE)
    const again = { ...place, bench: place.bench.crash() }
    await again.bench.pass(9 * MINUTE)
    expect(sent(again)).toEqual(['anne cancelled'])
    await again.bench.pass(MINUTE)
    expect(sent(again)).toEqual(['anne cancelled', 'anne queued'])
  })
})

it('a fall after the restore is told at once', async () => {
  const place = await fallen()
  await place.bench.take({
    type: 'resolve',
    alert: place.bench.alert('fall').id,
    by: 'operator:siv',
    via: 'console',
    cause: 'real',
  })
  await restore(place)
  await place.bench.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'online' })
  await place.bench.say('b', 'fall', 'detected')
  expect(sent(place).at(-1)).toBe('anne queued')
})

it('the board has an alert about the hub that says when the backup was made', async () => {
  const place = await fallen()
  await restore(place)
  expect(place.bench.alert('hub-restored')).toMatchObject({
    severity: 'high',
    handling: 'new',
    detail: { reason: '2026-01-05 00:00' },
  })
})

it('letters of before are not sent: they told how things were then', async () => {
  const place = await fallen()
  await place.bench.take({
    type: 'letter',
    home: 'h1',
    contact: 'anne',
    channel: 'sms',
    letter: { is: 'trial' },
    by: 'operator:siv',
    via: 'cli',
  })
  await restore(place)
  const letters = place.store.notifications().filter(({ letter }) => letter !== undefined)
  expect(letters).toMatchObject([{ state: 'cancelled', error: 'it comes from a backup' }])
})

it('a command before the first start leaves it to the hub: the quiet time begins when that starts', async () => {
  const db = new DatabaseSync(':memory:')
  for (const step of MIGRATIONS) db.exec(step)
  const store = createSqliteStore(db)
  const failed: Error[] = []
  const create = (isQuiet: boolean) =>
    createCore({ store, clock: systemClock, isQuiet, onFailure: (error) => void failed.push(error) })
  const before = create(false)
  await before.take({ type: 'notice', notice: 'hub-rules-refused', on: true, reason: 'r' })
  before.stop()
  noteRestored(db, { madeAt: before.now(), quiet: 15 * MINUTE })

  const command = create(true)
  await command.take({ type: 'notice', notice: 'hub-rules-refused', on: false })
  command.stop()
  expect(readRestored(db)).toMatchObject({ quiet: 15 * MINUTE })

  const hub = create(false)
  expect(readRestored(db)).toBeUndefined()
  expect(hub.openAlerts().map(({ rule }) => rule)).toContain('hub-restored')
  hub.stop()
  expect(failed).toEqual([])
})
