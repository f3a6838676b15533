import { describe, expect, test } from 'vitest'
import { createFollower } from '../../hub/history/follower.ts'
import type { HistoryWriter, WriteResult } from '../../hub/history/follower.ts'
import type { Point } from '../../hub/history/points.ts'
import { entriesOf, entry, testJournal, T0 } from './entries.ts'
import type { TestJournal } from './entries.ts'
import { virtualClock } from './virtual-clock.ts'

const DOWN: WriteResult = { ok: false, retry: true, error: 'down' }

/** A history in memory that knows points apart as InfluxDB does. */
function memoryWriter() {
  const points = new Map<string, Point>()
  const batches: number[] = []
  const writer = {
    points,
    batches,
    seqs: () => [...points.values()].map((point) => point.seq).sort((a, b) => a - b),
    /** What it answers instead of taking the points. */
    answer: undefined as WriteResult | Promise<WriteResult> | undefined,
    write(given: readonly Point[]): Promise<WriteResult> {
      batches.push(given.length)
      if (writer.answer !== undefined) return Promise.resolve(writer.answer)
      for (const point of given) {
        points.set(JSON.stringify([point.measurement, point.tags, point.time]), point)
      }
      return Promise.resolve({ ok: true, refused: [] })
    },
  } satisfies HistoryWriter & Record<string, unknown>
  return writer
}

function setUp(journal: TestJournal, options: { cursor?: number; random?: number; batch?: number } = {}) {
  const clock = virtualClock(T0)
  const writer = memoryWriter()
  const cursor = { at: options.cursor ?? 0, moves: [] as number[] }
  const logged: { level: string; fields: Record<string, unknown>; message: string }[] = []
  const say = (level: string) => (fields: object, message: string) =>
    void logged.push({ level, fields: { ...fields }, message })
  const create = () =>
    createFollower({
      source: journal,
      cursor: {
        get: () => cursor.at,
        set(seq) {
          cursor.at = seq
          cursor.moves.push(seq)
        },
      },
      writer,
      onCommit: journal.onCommit,
      roomOf: () => undefined,
      clock,
      random: () => options.random ?? 1,
      log: { info: say('info'), warn: say('warn') },
      ...(options.batch !== undefined && { batch: options.batch }),
    })
  return { clock, writer, cursor, logged, follower: create(), create }
}

/** 1, 2, …, n */
const upTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1)

describe('follower', () => {
  test('start writes at once what was there, in batches, and reads in slices', async () => {
    const journal = testJournal(entriesOf(1, 12_001))
    const { clock, writer, cursor, follower } = setUp(journal)
    follower.start()
    await clock.pass(1000)
    expect(writer.seqs()).toEqual(upTo(12_001))
    expect(writer.batches).toEqual([5000, 5000, 2001])
    expect(cursor.moves).toEqual([5000, 10_000, 12_001])
    expect(journal.largestRead()).toBe(500)
    expect(follower.state()).toEqual({ name: 'idle' })
    expect(follower.lag()).toEqual({ entries: 0 })
    await follower.stop()
  })

  test('start begins after the stored cursor', async () => {
    const { clock, writer, follower } = setUp(testJournal(entriesOf(1, 10)), { cursor: 7 })
    follower.start()
    await clock.pass(1000)
    expect(writer.seqs()).toEqual([8, 9, 10])
    await follower.stop()
  })

  test('commits within a quarter of a second go in one write', async () => {
    const journal = testJournal()
    const { clock, writer, follower } = setUp(journal)
    follower.start()
    await clock.pass(10)
    for (let seq = 1; seq <= 20; seq++) {
      journal.commit([entry(seq)])
      await clock.pass(10)
    }
    expect(writer.batches).toEqual([])
    expect(follower.state()).toEqual({ name: 'collecting' })
    expect(follower.lag()).toEqual({ entries: 20, since: T0 + 1 })
    await clock.pass(200)
    expect(writer.batches).toEqual([20])
    expect(follower.lag()).toEqual({ entries: 0 })
    await follower.stop()
  })

  test('a full batch does not wait for the time to pass', async () => {
    const journal = testJournal()
    const { clock, writer, follower } = setUp(journal)
    follower.start()
    await clock.pass(10)
    journal.commit(entriesOf(1, 1))
    await clock.pass(1)
    journal.commit(entriesOf(2, 5001))
    await clock.pass(0)
    expect(writer.batches).toEqual([5000])
    await clock.pass(1000)
    expect(writer.batches).toEqual([5000, 1])
    await follower.stop()
  })

  test('the cursor moves only after the write', async () => {
    const { clock, writer, cursor, follower } = setUp(testJournal(entriesOf(1, 3)))
    const { promise, resolve } = Promise.withResolvers<WriteResult>()
    writer.answer = promise
    follower.start()
    await clock.pass(100)
    expect(writer.batches).toEqual([3])
    expect(follower.state()).toEqual({ name: 'writing' })
    expect(cursor.at).toBe(0)
    resolve({ ok: true, refused: [] })
    await clock.pass(0)
    expect(cursor.at).toBe(3)
    await follower.stop()
  })

  test('the next batch is read during a write, and written only after it', async () => {
    const journal = testJournal(entriesOf(1, 12_000))
    let readTo = 0
    const after = journal.after.bind(journal)
    Object.assign(journal, {
      after(seq: number, limit: number) {
        const entries = after(seq, limit)
        readTo = Math.max(readTo, entries.at(-1)?.seq ?? 0)
        return entries
      },
    })
    const { clock, writer, cursor, follower } = setUp(journal)
    const first = Promise.withResolvers<WriteResult>()
    writer.answer = first.promise
    follower.start()
    await clock.pass(0)
    expect(writer.batches).toEqual([5000])
    expect(readTo).toBe(10_000)
    expect(cursor.at).toBe(0)
    // It failed: what was read ahead of it is not written before it.
    writer.answer = undefined
    first.resolve(DOWN)
    await clock.pass(2000)
    expect(writer.batches).toEqual([5000, 2500, 5000, 4500])
    expect(cursor.moves).toEqual([2500, 7500, 12_000])
    await follower.stop()
  })

  test('entries without points move the cursor with no write', async () => {
    const { clock, writer, cursor, follower } = setUp(
      testJournal([entry(1, { value: null }), entry(2, {}, { repeat: true })]),
    )
    follower.start()
    await clock.pass(0)
    expect(cursor.at).toBe(2)
    expect(writer.batches).toEqual([])
    await follower.stop()
  })

  test.each([
    ['with the longest jitter', 1, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]],
    ['with the shortest jitter', 0, [1000, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]],
  ])('an outage is tried again ever more slowly, %s', async (_, random, expected) => {
    const { clock, writer, follower } = setUp(testJournal(entriesOf(1, 3)), { random })
    writer.answer = DOWN
    follower.start()
    await clock.pass(0)
    const waits: number[] = []
    for (let attempt = 0; attempt < expected.length; attempt++) {
      const state = follower.state()
      if (state.name !== 'waiting') throw new Error(`is ${state.name}, expected waiting`)
      expect(state).toMatchObject({ error: 'down', failures: attempt + 1 })
      const wait = state.until - clock.now()
      waits.push(wait)
      const before = writer.batches.length
      await clock.pass(wait - 1)
      expect(writer.batches).toHaveLength(before)
      await clock.pass(1)
      expect(writer.batches).toHaveLength(before + 1)
    }
    expect(waits).toEqual(expected)
    await follower.stop()
  })

  test('commits do not shorten an outage; after it nothing is missing and the pace is as before', async () => {
    const journal = testJournal(entriesOf(1, 10))
    const { clock, writer, follower, logged } = setUp(journal)
    writer.answer = DOWN
    follower.start()
    await clock.pass(0)
    for (let seq = 11; seq <= 300; seq++) {
      journal.commit([entry(seq)])
      await clock.pass(100)
    }
    const attempts = writer.batches.length
    expect(attempts).toBe(5) // at 0, 1, 3, 7 and 15 s
    expect(follower.lag()).toEqual({ entries: 300, since: T0 + 1 })
    writer.answer = undefined
    await clock.pass(16_000)
    expect(writer.seqs()).toEqual(upTo(300))
    expect(follower.lag()).toEqual({ entries: 0 })
    expect(logged.map(({ level, message }) => [level, message])).toEqual([
      ['warn', 'history is not written; trying again'],
      ['info', 'history is written again'],
    ])
    await follower.stop()
  })

  test('a failure that only a person can end is tried once a minute', async () => {
    const { clock, writer, cursor, follower } = setUp(testJournal(entriesOf(1, 3)))
    writer.answer = { ok: false, retry: false, error: 'authorization failed' }
    follower.start()
    await clock.pass(59_999)
    expect(writer.batches).toHaveLength(1)
    await clock.pass(1)
    expect(writer.batches).toHaveLength(2)
    expect(cursor.at).toBe(0)
    writer.answer = undefined
    await clock.pass(60_000)
    expect(writer.seqs()).toEqual([1, 2, 3])
    await follower.stop()
  })

  test('a server too slow for a batch gets smaller ones, and larger ones again', async () => {
    const { clock, writer, follower } = setUp(testJournal(entriesOf(1, 4000)), { batch: 800 })
    writer.answer = DOWN
    follower.start()
    await clock.pass(20_000)
    expect(writer.batches).toEqual([800, 400, 200, 100, 100])
    writer.answer = undefined
    await clock.pass(20_000)
    expect(writer.batches.slice(5)).toEqual([100, 200, 400, 800, 800, 800, 800, 100])
    expect(writer.seqs()).toEqual(upTo(4000))
    await follower.stop()
  })

  test('a journal that cannot be read is a failure like others', async () => {
    const journal = testJournal(entriesOf(1, 3))
    const { clock, follower, writer } = setUp(journal)
    const after = journal.after.bind(journal)
    let broken = true
    Object.assign(journal, {
      after(seq: number, limit: number) {
        if (broken) throw new Error('database is locked')
        return after(seq, limit)
      },
    })
    follower.start()
    await clock.pass(0)
    expect(follower.state()).toMatchObject({ name: 'waiting', error: 'database is locked' })
    broken = false
    await clock.pass(1000)
    expect(writer.seqs()).toEqual([1, 2, 3])
    await follower.stop()
  })

  test('refused points are counted, and said once for each reason', async () => {
    const journal = testJournal([entry(1, { kind: 'x' }), entry(2), entry(3), entry(4, { kind: 'x' })])
    const { clock, writer, cursor, follower, logged } = setUp(journal)
    writer.answer = { ok: true, refused: [{ seq: 3, reason: 'field type conflict' }] }
    follower.start()
    await clock.pass(0)
    journal.commit([entry(5, { kind: 'x' })])
    await clock.pass(1000)
    expect(cursor.at).toBe(5)
    expect(follower.counts()).toEqual({ written: 1, refused: 4 })
    expect(logged.map(({ fields }) => fields)).toEqual([
      { reason: 'the hub knows no kind "x"', seq: 1, points: 2 },
      { reason: 'field type conflict', seq: 3, points: 1 },
    ])
    await follower.stop()
  })

  test('a database that had to be made again is filled from the beginning of the journal', async () => {
    const journal = testJournal(entriesOf(1, 50))
    const { clock, writer, follower, cursor } = setUp(journal)
    follower.start()
    await clock.pass(0)
    writer.points.clear()
    journal.commit(entriesOf(51, 60))
    writer.answer = { ok: true, refused: [], created: true }
    await clock.pass(200)
    expect(follower.lag().entries).toBe(10)
    const plain = writer.write.bind(writer)
    Object.assign(writer, {
      async write(points: readonly Point[]) {
        const result = await plain(points)
        writer.answer = undefined
        return result
      },
    })
    await clock.pass(1100)
    expect(cursor.moves).toEqual([50, 0, 60])
    expect(writer.seqs()).toEqual(upTo(60))
    await follower.stop()
  })

  test('stop in the middle and another start give no miss and no double', async () => {
    const journal = testJournal(entriesOf(1, 20_000))
    const { clock, writer, cursor, follower, create } = setUp(journal)
    follower.start()
    let written = 0
    const plain = writer.write.bind(writer)
    const stopped = Promise.withResolvers<void>()
    Object.assign(writer, {
      async write(points: readonly Point[]) {
        const result = await plain(points)
        written += points.length
        if (written === 10_000) void follower.stop().then(stopped.resolve)
        return result
      },
    })
    await clock.pass(0)
    await stopped.promise
    expect(follower.state()).toEqual({ name: 'stopped' })
    expect(cursor.at).toBe(10_000)
    const next = create()
    next.start()
    await clock.pass(0)
    expect(written).toBe(20_000)
    expect(writer.seqs()).toEqual(upTo(20_000))
    await next.stop()
  })

  test('stop does not wait for ever for a write, and its late end moves nothing', async () => {
    const { clock, writer, cursor, follower, create } = setUp(testJournal(entriesOf(1, 5)))
    const { promise, resolve } = Promise.withResolvers<WriteResult>()
    writer.answer = promise
    follower.start()
    await clock.pass(0)
    let stopped = false
    const stopping = follower.stop().then(() => (stopped = true))
    await clock.pass(2999)
    expect(stopped).toBe(false)
    await clock.pass(1)
    await stopping
    resolve({ ok: true, refused: [] })
    await clock.pass(0)
    expect(cursor.moves).toEqual([])
    writer.answer = undefined
    const next = create()
    next.start()
    await clock.pass(0)
    expect(writer.seqs()).toEqual(upTo(5))
    await next.stop()
  })

  test('stop during an outage is at once; twice is once; start after it goes on', async () => {
    const { clock, writer, follower } = setUp(testJournal(entriesOf(1, 5)))
    writer.answer = DOWN
    follower.start()
    follower.start()
    await clock.pass(0)
    expect(writer.batches).toEqual([5])
    await Promise.all([follower.stop(), follower.stop()])
    expect(follower.state()).toEqual({ name: 'stopped' })
    await clock.pass(600_000)
    expect(writer.batches).toEqual([5])
    writer.answer = undefined
    follower.start()
    await clock.pass(0)
    expect(writer.seqs()).toEqual(upTo(5))
    await follower.stop()
  })
})
