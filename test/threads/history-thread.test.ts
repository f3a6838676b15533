import { renameSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { createJournalReader } from '../../hub/database/journal.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import { influxSchema } from '../../hub/settings/influx-settings.ts'
import { createHistoryThread } from '../../hub/threads/history-thread.ts'
import { home, startCore, stopCores } from '../core/bench.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import type { Influxd } from '../helpers/influxd.ts'
import { serverMissing } from '../helpers/servers.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

describe.skipIf(serverMissing('influxd'))('createHistoryThread', () => {
  let influxd: Influxd
  beforeAll(async () => {
    influxd = await startInfluxd()
  })
  afterAll(() => influxd.stop())

  async function setUp(database: string) {
    const folder = tempDir('history-thread')
    const { db, close } = openDatabase(folder)
    const bench = await startCore(createSqliteStore(db))
    const cursor = { at: 0, moves: [] as number[], isFull: false }
    const logged: string[] = []
    const create = () =>
      createHistoryThread({
        folder,
        influxdb: influxSchema.parse({ url: influxd.url, database }),
        cursor: {
          get: () => cursor.at,
          set(seq) {
            if (cursor.isFull) throw new Error('database or disk is full')
            cursor.at = seq
            cursor.moves.push(seq)
          },
        },
        newest: createJournalReader(db).newest,
        onCommit: bench.core.onCommit,
        now: bench.core.now,
        log: {
          info: () => {},
          warn: (fields, message) => void logged.push(`${message} ${JSON.stringify(fields)}`),
        },
      })
    const follower = create()
    onTestFinished(async () => {
      await follower.stop()
      stopCores()
      close()
    })
    return { folder, bench, cursor, logged, follower, create }
  }

  async function rooms(database: string): Promise<unknown[]> {
    const [series] = await influxd.query(database, 'SELECT "value", "room" FROM "heart_rate"')
    return series?.values.map(([, value, room]) => [value, room]) ?? []
  }

  it('writes what was there and what comes, with the room of the time, and keeps its place at the stop', async () => {
    const { bench, cursor, follower, create } = await setUp('thread')
    const inRoom = (room: string) => ({
      ...home(),
      sensors: home().sensors.map((sensor) => ({ ...sensor, room })),
    })
    await bench.take({ type: 'home', home: inRoom('hall') })
    await bench.say('a', 'heart_rate', 61)
    await bench.take({ type: 'home', home: inRoom('bedroom') })
    await bench.say('a', 'heart_rate', 62)
    expect(follower.state()).toEqual({ name: 'stopped' })
    follower.start()
    await waitFor('what was there to be written', () => follower.state().name === 'idle')
    expect(follower.lag()).toEqual({ entries: 0 })
    await bench.take({ type: 'home', home: inRoom('kitchen') })
    await bench.say('a', 'heart_rate', 63)
    expect(follower.lag()).toEqual({ entries: 2, since: bench.core.now() })
    await waitFor('what came to be written', () => follower.lag().entries === 0)
    const expected = [
      [61, 'hall'],
      [62, 'bedroom'],
      [63, 'kitchen'],
    ]
    expect(await rooms('thread')).toEqual(expected)
    // Alerts are points too.
    expect(follower.counts()).toMatchObject({ refused: 0 })
    await Promise.all([follower.stop(), follower.stop()])
    expect(follower.state()).toEqual({ name: 'stopped' })
    const [last] = cursor.moves.slice(-1)
    expect(cursor.at).toBe(last)

    // As after a crash, before the place was kept.
    cursor.at = 0
    const next = create()
    onTestFinished(() => next.stop())
    await bench.say('a', 'heart_rate', 64)
    next.start()
    await waitFor('all to be written again', () => next.state().name === 'idle' && next.lag().entries === 0)
    expect(await rooms('thread')).toEqual([...expected, [64, 'kitchen']])
  })

  it('a place that cannot be kept is said, ends nothing, and is kept when it can be', async () => {
    const { bench, cursor, follower, logged } = await setUp('full')
    cursor.isFull = true
    await bench.say('a', 'heart_rate', 61)
    follower.start()
    await waitFor('the place not to be kept', () => logged.length > 0)
    expect(logged).toEqual([expect.stringMatching(/^Cannot keep how far .*disk is full/)])
    await bench.say('a', 'heart_rate', 62)
    await waitFor('what came to be written', () => follower.lag().entries === 0)
    expect(await rooms('full')).toHaveLength(2)
    cursor.isFull = false
    await follower.stop()
    expect(cursor.at).toBeGreaterThan(0)
  })

  it('a thread that ends is started again, and says why meanwhile', async () => {
    const { folder, bench, follower, logged } = await setUp('again')
    await bench.say('a', 'heart_rate', 61)
    renameSync(`${folder}/hub.db`, `${folder}/away.db`)
    follower.start()
    await waitFor('the thread to end', () => follower.state().name === 'waiting')
    expect(follower.state()).toMatchObject({ error: expect.stringContaining('unable to open'), failures: 1 })
    expect(follower.lag().entries).toBeGreaterThan(0)
    expect(logged).toHaveLength(1)
    renameSync(`${folder}/away.db`, `${folder}/hub.db`)
    await waitFor('the next thread', () => follower.lag().entries === 0)
  })
})
