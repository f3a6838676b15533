import { afterEach, describe, expect, it } from 'vitest'
import { createStreamTime } from '../../hub/core/clock.ts'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { CoreStore } from '../../hub/core/store.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { createManualClock, home, RULES, START, startCore, createCoreBench, stopCores } from './bench.ts'

const MINUTE = 60_000
const opened: { close(): void }[] = []

afterEach(() => {
  stopCores()
  for (const database of opened.splice(0)) database.close()
})

const STORES: readonly (readonly [string, () => CoreStore])[] = [
  ['memory', createMemoryStore],
  [
    'SQLite',
    () => {
      const database = openDatabase(tempDir('core'))
      opened.push(database)
      return createSqliteStore(database.db)
    },
  ],
]

describe.each(STORES)('core on %s', (_name, createStore) => {
  it('keeps a reading, its alert and its first message in one commit', async () => {
    const store = createStore()
    const bench = await startCore(store)
    const commits: number[] = []
    bench.core.onCommit(({ entries, alerts, notifications }) =>
      commits.push(entries.length, alerts.length, notifications.length),
    )
    expect(await bench.say('a', 'fall', 'detected')).toEqual({ taken: true, seq: 4 })
    const saved = store.load()
    expect(saved.openAlerts).toMatchObject([
      { rule: 'fall', scope: 'h1', severity: 'high', handling: 'new', count: 1 },
    ])
    expect(saved.notifications).toMatchObject([{ contact: 'anne', template: 'alert', state: 'queued' }])
    expect(commits).toEqual([1, 1, 1])
  })

  it('goes on after a crash where it was: alerts, waits, escalation', async () => {
    const store = createStore()
    const bench = await startCore(store)
    await bench.say('a', 'fall', 'detected')
    await bench.say('a', 'spo2', 85)
    bench.clock.pass(MINUTE)
    const second = bench.crash()
    expect(second.alert('fall')).toMatchObject({ count: 1, progress: { told: ['contact:anne'] } })
    await second.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'online' })
    await second.say('a', 'fall', 'detected')
    expect(second.alert('fall')).toMatchObject({ count: 2, progress: { told: ['contact:anne'] } })
    await second.pass(MINUTE)
    expect(second.alert('fall')).toMatchObject({ progress: { told: ['contact:anne', 'contact:berit'] } })
    expect(second.alert('low')).toMatchObject({ raisedAt: START + 2 * MINUTE })
  })

  it('runs what came due while the hub was down once, late, with its due time', async () => {
    const store = createStore()
    const bench = await startCore(store)
    await bench.say('a', 'fall', 'detected')
    await bench.say('a', 'spo2', 85)
    bench.clock.pass(120 * MINUTE)
    const second = bench.crash()
    expect(second.alert('low')).toMatchObject({
      raisedAt: START + 2 * MINUTE,
      openedAt: START + 120 * MINUTE,
    })
    const told = store.load().notifications.filter(({ alert }) => alert === second.alert('fall').id)
    expect(told.map(({ contact }) => contact)).toEqual(['anne', 'berit'])
    expect(second.alert('fall').nextStepAt).toBe(START + 130 * MINUTE)
  })

  it('takes a start from an empty folder for what it is: no downtime', () => {
    const store = createStore()
    createCoreBench(store)
    expect(store.load().lastSeq).toBe(0)
  })

  it('drops the same packet sent again with DUP, for 10 minutes, and nothing else', async () => {
    const store = createStore()
    const bench = await startCore(store)
    const packet = { client: 'gw', packetId: 7, dup: false, digest: 1, inputs: 1 }
    const reading = { home: 'h1', sensor: 'a', kind: 'fall', value: 'detected', at: START, receivedAt: START }
    const send = (changes: Partial<typeof packet>) =>
      bench.take({ type: 'reading', reading, packet: { ...packet, ...changes } })
    expect(await send({})).toMatchObject({ taken: true })
    expect(await send({})).toMatchObject({ taken: true })
    expect(await send({ dup: true })).toMatchObject({ taken: false, why: 'duplicate' })
    expect(await send({ dup: true, digest: 2 })).toMatchObject({ taken: true })
    expect(await send({ dup: true, client: 'other' })).toMatchObject({ taken: true })
    expect(await send({ dup: true, packetId: 8 })).toMatchObject({ taken: true })
    const second = bench.crash()
    expect(
      await second.take({ type: 'reading', reading, packet: { ...packet, packetId: 8, dup: true } }),
    ).toMatchObject({
      taken: false,
    })
    second.clock.pass(10 * MINUTE + 1)
    expect(
      await second.take({ type: 'reading', reading, packet: { ...packet, packetId: 8, dup: true } }),
    ).toMatchObject({
      taken: true,
    })
  })

  it('takes or drops all readings of one packet together', async () => {
    const bench = await startCore(createStore())
    const packet = { client: 'gw', packetId: 7, dup: true, digest: 1, inputs: 2 }
    const send = () => {
      // A new packet each time, one object for all its readings: as the broker gives it.
      const own = { ...packet }
      const reading = {
        home: 'h1',
        sensor: 'a',
        kind: 'fall',
        value: 'detected',
        at: START,
        receivedAt: START,
      }
      return new Promise<boolean[]>((fulfil) => {
        const input = { type: 'reading' as const, reading, packet: own }
        bench.core.submit([input, input], (_error, outcomes) => fulfil(outcomes.map(({ taken }) => taken)))
      })
    }
    expect(await send()).toEqual([true, true])
    expect(await send()).toEqual([false, false])
  })

  it('knows a reading by its id for 7 days, and says when it comes with other content', async () => {
    const bench = await startCore(createStore())
    const at = START
    expect(await bench.say('a', 'fall', 'detected', { id: '1', at })).toMatchObject({ taken: true })
    bench.clock.pass(6 * 24 * 60 * MINUTE)
    expect(await bench.say('a', 'fall', 'detected', { id: '1', at })).toMatchObject({
      taken: false,
      why: 'duplicate',
    })
    expect(await bench.say('b', 'fall', 'detected', { id: '1', at })).toMatchObject({ taken: true })
    const second = bench.crash()
    expect(await second.say('a', 'fall', 'detected', { id: '1', at })).toMatchObject({ taken: false })
    expect(second.core.openAlerts().map(({ rule }) => rule)).not.toContain('hub-reading-id')
    expect(await second.say('a', 'fall', 'cancelled', { id: '1', at })).toMatchObject({ taken: true })
    expect(second.alert('hub-reading-id')).toMatchObject({ category: 'technical', scope: 'h1/a' })
    second.clock.pass(8 * 24 * 60 * MINUTE)
    expect(await second.say('b', 'fall', 'detected', { id: '1', at })).toMatchObject({ taken: true })
  })

  it('knows a reading of a sensor without a clock by its id, whenever it arrives', async () => {
    const bench = await startCore(createStore())
    expect(await bench.say('a', 'fall', 'detected', { id: '1' })).toMatchObject({ taken: true })
    bench.clock.pass(5000)
    expect(await bench.say('a', 'fall', 'detected', { id: '1' })).toMatchObject({
      taken: false,
      why: 'duplicate',
    })
    expect(await bench.say('a', 'fall', 'suspected', { id: '1' })).toMatchObject({ taken: true })
  })

  it('tells of a sensor whose clock cannot be right, once', async () => {
    const bench = await startCore(createStore())
    await bench.say('a', 'fall', 'detected', { at: START + 61_000 })
    await bench.say('a', 'fall', 'detected', { at: START - 8 * 24 * 60 * MINUTE })
    expect(bench.alert('hub-clock')).toMatchObject({ scope: 'h1/a', count: 1 })
    expect(bench.alert('fall')).toMatchObject({ raisedAt: START, count: 2 })
  })

  it('raises an alert for what an alarm sensor said and nobody could read', async () => {
    const bench = await startCore(createStore())
    const undecoded = {
      type: 'undecoded',
      home: 'h1',
      sensor: 'a',
      topic: 't',
      payload: '?',
      reason: 'r',
      receivedAt: START,
    } as const
    await bench.take({ ...undecoded, alarm: false })
    expect(bench.core.openAlerts()).toEqual([])
    await bench.take({ ...undecoded, alarm: true })
    await bench.take({ ...undecoded, alarm: true })
    expect(bench.alert('hub-undecoded')).toMatchObject({ category: 'safety', severity: 'high', count: 2 })
  })

  it('leaves no row for a tick that fires nothing, and none for what was refused', async () => {
    const store = createStore()
    const bench = await startCore(store)
    const before = store.load().lastSeq
    expect(await bench.pass(1000)).toMatchObject({ taken: false, why: 'nothing-due' })
    expect(
      await bench.take({ type: 'acknowledge', alert: 'none', by: 'operator:x', via: 'cli' }),
    ).toMatchObject({
      taken: false,
      why: 'not-possible',
    })
    expect(store.load().lastSeq).toBe(before)
  })

  it('does not lose what came due before something that was refused', async () => {
    const store = createStore()
    const bench = await startCore(store)
    await bench.say('a', 'spo2', 85)
    bench.clock.pass(3 * MINUTE)
    await bench.take({ type: 'acknowledge', alert: 'none', by: 'operator:x', via: 'cli' })
    expect(store.load().openAlerts).toMatchObject([{ rule: 'low' }])
    expect(bench.crash().alert('low')).toMatchObject({ raisedAt: START + 2 * MINUTE })
  })

  it('keeps the rules of before when it starts again', async () => {
    const store = createStore()
    const bench = await startCore(store)
    expect(bench.crash().core.ruleFiles).toEqual(RULES)
  })

  it('resolves for people, and fires anew after that', async () => {
    const store = createStore()
    const bench = await startCore(store)
    await bench.say('a', 'fall', 'detected')
    const { id } = bench.alert('fall')
    await bench.take({ type: 'resolve', alert: id, by: 'operator:x', via: 'cli', cause: 'false' })
    expect(bench.core.openAlerts()).toEqual([])
    expect(store.alert(id)).toMatchObject({ handling: 'resolved', condition: 'active', cause: 'false' })
    await bench.say('a', 'fall', 'detected')
    expect(bench.alert('fall').id).not.toBe(id)
  })
})

describe('core: a store that fails', () => {
  it('acknowledges nobody, takes nothing more, and says so once', async () => {
    const store = createMemoryStore()
    const bench = await startCore(store)
    store.failWith(new Error('disk full'))
    const results = await Promise.allSettled([
      bench.say('a', 'fall', 'detected'),
      bench.say('a', 'fall', 'detected'),
    ])
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(bench.failures).toHaveLength(1)
    expect(bench.failures[0]?.cause).toMatchObject({ message: 'disk full' })
    store.failWith(undefined)
    await expect(bench.say('a', 'fall', 'detected')).rejects.toThrow('disk full')
    expect(store.load().openAlerts).toEqual([])
  })

  it('goes on from what is on disk after the next start', async () => {
    const store = createMemoryStore()
    const bench = await startCore(store)
    store.failWith(new Error('disk full'))
    await bench.say('a', 'fall', 'detected').catch(() => undefined)
    store.failWith(undefined)
    const second = bench.crash()
    await second.say('a', 'fall', 'detected')
    expect(second.alert('fall').count).toBe(1)
  })
})

describe('core: order and batches', () => {
  it('answers in the order of submission, with one commit for what came in one turn', async () => {
    const store = createMemoryStore()
    const bench = await startCore(store)
    const before = store.commits
    const order: number[] = []
    await Promise.all([1, 2, 3].map((n) => bench.say('a', 'motion', true).then(() => order.push(n))))
    expect(order).toEqual([1, 2, 3])
    expect(store.commits).toBe(before + 1)
  })

  it('tells followers after it is on disk', async () => {
    const store = createMemoryStore()
    const bench = await startCore(store)
    const seen: number[] = []
    const stop = bench.core.onCommit(({ entries }) =>
      seen.push(...entries.map(({ seq }) => seq), store.load().lastSeq),
    )
    await bench.say('a', 'motion', true)
    expect(seen).toEqual([4, 4])
    stop()
    await bench.say('a', 'motion', false)
    expect(seen).toEqual([4, 4])
  })

  it('takes what was submitted before it stops, and nothing after', async () => {
    const store = createMemoryStore()
    const bench = await startCore(store)
    const last = bench.say('a', 'fall', 'detected')
    bench.core.stop()
    await expect(last).resolves.toMatchObject({ taken: true })
    await expect(bench.say('a', 'fall', 'detected')).rejects.toThrow('stopping')
  })
})

describe('createStreamTime', () => {
  it('never goes back, and goes on at its own pace while the clock is behind', () => {
    const clock = createManualClock(START)
    const now = createStreamTime(clock, 0)
    expect(now()).toBe(START)
    clock.set(START - 3_600_000)
    expect(now()).toBe(START)
    clock.pass(5000)
    expect(now()).toBe(START + 5000)
    clock.set(START + 4000)
    expect(now()).toBe(START + 5000)
    clock.set(START + 9000)
    expect(now()).toBe(START + 9000)
  })

  it('starts no earlier than what is on disk', () => {
    const clock = createManualClock(START)
    const now = createStreamTime(clock, START + 60_000)
    expect(now()).toBe(START + 60_000)
    clock.pass(1500)
    expect(now()).toBe(START + 61_500)
  })

  it('loses no part of a millisecond', () => {
    const clock = createManualClock(START)
    const now = createStreamTime(clock, START + 60_000)
    for (let i = 0; i < 1000; i++) {
      clock.pass(0.25)
      now()
    }
    expect(now()).toBe(START + 60_250)
  })
})

describe('core: a clock that jumps', () => {
  it('holds nothing up when it is set back', async () => {
    const store = createMemoryStore()
    const bench = await startCore(store)
    await bench.say('a', 'spo2', 85)
    bench.clock.set(START - 24 * 60 * MINUTE)
    await bench.pass(2 * MINUTE)
    expect(bench.alert('low')).toMatchObject({ raisedAt: START + 2 * MINUTE })
  })

  it('runs nothing twice when it is set forward and back', async () => {
    const store = createMemoryStore()
    const bench = await startCore(store)
    await bench.say('a', 'fall', 'detected')
    bench.clock.set(START + 3 * MINUTE)
    await bench.take({ type: 'tick' })
    expect(bench.alert('fall').progress.told).toHaveLength(2)
    bench.clock.set(START)
    await bench.pass(MINUTE)
    expect(bench.alert('fall').progress.told).toHaveLength(2)
    expect(store.journal().map(({ entry }) => entry.now)).toEqual(
      store
        .journal()
        .map(({ entry }) => entry.now)
        .toSorted((a, b) => a - b),
    )
  })

  it('does not take time in which it could be reached for time away', async () => {
    const store = createMemoryStore()
    const bench = await startCore(store)
    await bench.say('a', 'motion', true)
    store.noteAlive(START + 60 * MINUTE)
    bench.clock.pass(90 * MINUTE)
    const second = bench.crash()
    await second.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'online' })
    // 60 of 240 minutes were counted, 30 were not.
    await second.pass(179 * MINUTE)
    expect(second.core.openAlerts().map(({ rule }) => rule)).not.toContain('quiet')
    await second.pass(MINUTE)
    expect(second.alert('quiet')).toMatchObject({ raisedAt: START + 270 * MINUTE })
  })
})

describe('core: registers', () => {
  it('takes the mode of a home that it knows, and keeps who set it', async () => {
    const store = createMemoryStore()
    const bench = await startCore(store)
    const mode = { type: 'mode', home: 'h1', mode: 'maintenance', on: true, by: 'siv', via: 'api' } as const
    expect(await bench.take(mode)).toMatchObject({ taken: true })
    expect(store.load().rows.get('mode|h1|maintenance')).toEqual({
      since: START,
      until: START + 240 * MINUTE,
      by: 'siv',
      via: 'api',
    })
    expect(bench.core.modes('h1')).toEqual([
      { mode: 'maintenance', since: START, until: START + 240 * MINUTE, by: 'siv', via: 'api' },
    ])
    expect(await bench.take({ ...mode, home: 'h9' })).toEqual({
      taken: false,
      why: 'not-possible',
      reason: 'there is no home "h9"',
    })
    await bench.pass(240 * MINUTE)
    expect(store.load().rows.has('mode|h1|maintenance')).toBe(false)
  })

  it('knows what a home has and hears', async () => {
    const bench = await startCore(createMemoryStore())
    expect(bench.core.isReachable('h1')).toBe(true)
    expect(bench.core.sensorState('h1', 'a')).toEqual({ available: false, last: {} })
    await bench.say('a', 'motion', true)
    expect(bench.core.sensorState('h1', 'a')).toEqual({
      available: true,
      heardAt: START,
      last: { motion: { value: true, at: START, since: START } },
    })
    await bench.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'offline' })
    expect(bench.core.isReachable('h1')).toBe(false)
    expect(bench.core.sensorState('h1', 'a')).toMatchObject({ available: false })
    expect(bench.core.sensorState('h1', 'z')).toBeUndefined()
    expect(bench.core.home('h1')).toEqual(home())
    expect([...bench.core.homes()]).toEqual([home()])
  })
})
