import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { OpenDatabase } from '../../hub/database/open-database.ts'
import { createReader } from '../../hub/threads/reader.ts'
import type { Reader } from '../../hub/threads/reader.ts'
import { home, START, startCore, stopCores } from '../core/bench.ts'
import type { CoreBench } from '../core/bench.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

let database: OpenDatabase
let bench: CoreBench
let reader: Reader

beforeEach(async () => {
  const folder = tempDir('reader')
  database = openDatabase(folder)
  bench = await startCore(createSqliteStore(database.db))
  reader = createReader(folder)
})
afterEach(async () => {
  await reader.stop()
  stopCores()
  database.close()
})

const overview = (days: number, timezone = 'UTC') =>
  reader.overview({
    home: { ...home({ timezone }), sensors: home().sensors.map((one) => ({ ...one, resident: 'r1' })) },
    span: { from: START, to: START + days * DAY },
  })

describe('createReader: past', () => {
  it('draws what was sensed and measured, with what was before and alerts', async () => {
    await bench.say('a', 'door', 'open')
    await bench.pass(HOUR)
    await bench.say('a', 'spo2', 94)
    await bench.say('a', 'fall', 'detected')
    await bench.pass(HOUR)
    await bench.say('a', 'door', 'closed')
    const span = { from: START + HOUR / 2, to: START + DAY }
    const { bands, vitals, alerts } = await reader.past({ home: home(), span })
    expect(bands.toSorted((one, other) => (one.kind < other.kind ? -1 : 1))).toMatchObject([
      { sensor: 'a', kind: 'door', spans: [{ from: span.from, to: START + 2 * HOUR }], marks: [] },
      { sensor: 'a', kind: 'fall', spans: [], marks: [{ at: START + HOUR, value: 'detected' }] },
    ])
    expect(vitals).toMatchObject([{ kind: 'spo2', points: [[START + HOUR, 94]] }])
    expect(alerts.map(({ rule }) => rule)).toContain('fall')
  })
})

describe('createReader: overview', () => {
  it('sums up a door by the hour, also one that was open before and over the hour', async () => {
    await bench.say('a', 'door', 'open')
    await bench.pass(HOUR + 30 * MINUTE)
    await bench.say('a', 'door', 'closed')
    await bench.pass(4 * HOUR)
    await bench.say('a', 'door', 'open')
    await bench.pass(1000)
    await bench.say('a', 'door', 'closed')
    const { bands } = await overview(1)
    expect(bands).toMatchObject([{ sensor: 'a', kind: 'door', marks: [] }])
    expect(bands[0]?.hours).toHaveLength(24)
    // A second is not nothing.
    expect(bands[0]?.hours.slice(0, 7)).toEqual([1, 0.5, 0, 0, 0, 0.01, 0])
  })

  it('sums up vitals by the days of the home, and leaves out days without any', async () => {
    for (const value of [90, 94]) await bench.say('a', 'spo2', value)
    await bench.pass(23 * HOUR)
    await bench.say('b', 'spo2', 98)
    await bench.pass(2 * DAY)
    await bench.say('a', 'spo2', 96)
    // An hour before midnight UTC is the next day in Oslo.
    const first = Date.UTC(2026, 0, 4, 23)
    expect((await overview(4, 'Europe/Oslo')).vitals).toEqual([
      {
        kind: 'spo2',
        resident: 'r1',
        days: [
          { from: first, min: 90, mean: 92, max: 94, count: 2 },
          { from: first + DAY, min: 98, mean: 98, max: 98, count: 1 },
          { from: first + 3 * DAY, min: 96, mean: 96, max: 96, count: 1 },
        ],
      },
    ])
  })

  it('has alerts, links, one mark an hour, and says when a sensor was not heard', async () => {
    for (let count = 0; count < 3; count++) {
      await bench.say('a', 'fall', 'detected')
      await bench.pass(20 * MINUTE)
    }
    await bench.say('a', 'fall', 'detected')
    await bench.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'offline' })
    const { bands, alerts, links } = await overview(2)
    expect(alerts.map(({ rule }) => rule)).toContain('fall')
    expect(links.map((one) => 'to' in one && one.to)).toEqual(['online', 'offline'])
    expect(bands).toMatchObject([
      {
        sensor: 'a',
        kind: 'fall',
        hours: [],
        marks: [{ at: START }, { at: START + HOUR }],
        // It should be heard every 25 h.
        silent: [{ from: START + 26 * HOUR, to: START + 2 * DAY }],
      },
    ])
  })

  it('reads all of what is more than a page', async () => {
    const batch = []
    for (let index = 0; index < 4500; index++) {
      batch.push(
        // The same time again and again: a page may end within it.
        bench.say('a', 'heart_rate', 60 + (index % 3), { at: START + Math.floor(index / 30) * MINUTE }),
      )
    }
    await Promise.all(batch)
    const { vitals } = await overview(1)
    expect(vitals[0]?.days).toEqual([{ from: START, min: 60, mean: 61, max: 62, count: 4500 }])
  })

  it('answers one after the other, and none when it is stopped', async () => {
    await bench.say('a', 'door', 'open')
    const all = [1, 2, 3].map((days) => overview(days))
    expect((await Promise.all(all)).map(({ bands }) => bands[0]?.hours.length)).toEqual([24, 48, 72])
    const underWay = expect(overview(1)).rejects.toThrow('the hub is stopping')
    await reader.stop()
    await underWay
    await expect(overview(1)).rejects.toThrow('the hub is stopping')
  })
})
