import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { OpenDatabase } from '../../hub/database/open-database.ts'
import { createRegistry } from '../../hub/database/registry.ts'
import { connectInflux1 } from '../../hub/history/influx1-client.ts'
import { createInflux1Writer } from '../../hub/history/influx1.ts'
import type { Point } from '../../hub/history/points.ts'
import { createIndicatorJob, createIndicators } from '../../hub/office/indicators.ts'
import type { Indicators } from '../../hub/office/indicators.ts'
import { createReader } from '../../hub/threads/reader.ts'
import type { Reader } from '../../hub/threads/reader.ts'
import { START, startCore, stopCores } from '../core/bench.ts'
import type { CoreBench } from '../core/bench.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import { runAal } from '../helpers/hub-process.ts'
import { serverMissing } from '../helpers/servers.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const SECOND = 1000
const HOUR = 3_600_000
const DAY = 24 * HOUR

let folder: string
let database: OpenDatabase
let bench: CoreBench
let reader: Reader
let indicators: Indicators

const registry = () => createRegistry(database.db)

beforeEach(async () => {
  folder = tempDir('indicators')
  database = openDatabase(folder)
  bench = await startCore(createSqliteStore(database.db))
  reader = createReader(folder)
  indicators = createIndicators({
    reader,
    alarmProfiles: ['native'],
    now: bench.core.now,
    keepNote: (key, value) => registry().keepNote(key, value),
  })
})
afterEach(async () => {
  await reader.stop()
  stopCores()
  database.close()
})

/**
 * From midnight on: the sensors are heard first at 01:00, when there is a fall, which is taken after 40 s and resolved as
 * real; no link from 10:00 to 11:00; it is 01:00 of the next day.
 */
async function aDay(): Promise<void> {
  await bench.pass(HOUR)
  await bench.say('a', 'fall', 'detected')
  await bench.pass(40 * SECOND)
  const { id } = bench.alert('fall')
  await bench.take({ type: 'acknowledge', alert: id, by: 'operator:siv', via: 'console' })
  await bench.take({ type: 'resolve', alert: id, by: 'operator:siv', via: 'console', cause: 'real' })
  await bench.pass(9 * HOUR - 40 * SECOND)
  await bench.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'offline' })
  await bench.pass(HOUR)
  await bench.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'online' })
  await bench.pass(14 * HOUR)
  await bench.say('b', 'motion', true)
}

const figureOf = async (id: string, period = { from: START, to: START + DAY }) =>
  (await indicators.report(period)).figures.find((one) => one.id === id)

describe('createIndicators', () => {
  it('computes the figures of a day in a thread beside the hub', async () => {
    await aDay()
    const { figures, ...report } = await indicators.report({ from: START, to: START + DAY })
    expect(report).toEqual({
      from: START,
      to: START + DAY,
      startingPoint: { from: START, to: START + 28 * DAY, isOver: false },
    })
    expect(Object.fromEntries(figures.map(({ id, value, of }) => [id, [value, of]]))).toEqual({
      'acknowledge-time': [40, 1],
      'delivery-time': [undefined, 0],
      'answered-60': [100, 1],
      'answered-180': [100, 1],
      'false-alarms': [0, 1],
      'unanswered-steps': [0, 1],
      unprotected: [120, 24],
    })
  })

  it('takes over what was so before the period', async () => {
    await aDay()
    // The link has been up since 11:00 of the day before, and the sensor was heard 23 hours ago.
    expect(await figureOf('unprotected', { from: START + DAY, to: START + DAY + HOUR })).toMatchObject({
      value: 0,
      of: 1,
    })
    expect(await figureOf('unprotected', { from: START + 10.5 * HOUR, to: START + 12 * HOUR })).toMatchObject(
      {
        total: 30,
        of: 1.5,
      },
    )
  })

  it('computes whole days once', async () => {
    await aDay()
    expect(await figureOf('unprotected')).toMatchObject({ value: 120 })
    const [, date = ''] = /^(.{10})T/.exec(new Date(START).toISOString()) ?? []
    expect(JSON.parse(registry().note(`unprotected|${date}`) ?? '')).toEqual([
      ['h1', { ms: 2 * HOUR, of: DAY }],
    ])
    registry().keepNote(`unprotected|${date}`, JSON.stringify([['h1', { ms: 60_000, of: DAY }]]))
    expect(await figureOf('unprotected')).toMatchObject({ value: 1, total: 1 })
    // With a part of the next day.
    expect(await figureOf('unprotected', { from: START, to: START + 25 * HOUR })).toMatchObject({
      total: 1,
      of: 25,
    })
  })

  it('counts the time in which the hub was away, though its end lies after the period', async () => {
    await aDay()
    const from = bench.core.now()
    bench.clock.pass(HOUR)
    const again = bench.crash()
    await again.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'online' })
    expect(await figureOf('unprotected', { from: from - HOUR, to: from + HOUR / 2 })).toMatchObject({
      total: 30,
    })
  })

  it('has the first 28 days as its starting point, when they are over', async () => {
    await aDay()
    bench.clock.pass(40 * DAY)
    await bench.say('a', 'motion', true)
    const now = bench.core.now()
    const { figures, startingPoint } = await indicators.report({ from: now - DAY, to: now })
    expect(startingPoint).toMatchObject({ isOver: true })
    expect(figures.find(({ id }) => id === 'answered-60')).toMatchObject({
      of: 0,
      startingPoint: { value: 100, of: 1 },
    })
  })

  it('says why when there is nothing to read, and goes on', async () => {
    const nowhere = createReader(tempDir('nothing'))
    const none = createIndicators({
      reader: nowhere,
      alarmProfiles: [],
      now: bench.core.now,
      keepNote: () => {},
    })
    await expect(none.report({ from: START, to: START + 1 })).rejects.toThrow(/unable to open database/)
    await nowhere.stop()
    await expect(none.report({ from: START, to: START + 1 })).rejects.toThrow('the hub is stopping')
  })
})

describe('aal indicators', () => {
  it('prints them for people and for scripts; wrong times are said', async () => {
    await aDay()
    stopCores()
    database.close()
    database = openDatabase(tempDir('indicators'))
    const period = ['--data', folder, '--from', '2026-01-05', '--to', '2026-01-06']
    const shown = await runAal(['indicators', ...period, '--explain'])
    expect(shown).toMatchObject({ code: 0, stderr: '' })
    expect(shown.stdout).toMatch(/^Time to answer +40 s +40 s +1 +40 s$/m)
    expect(shown.stdout).toMatch(/^Answered within 60 s +100 % +1 +at least 97\.5 % +100 %$/m)
    expect(shown.stdout).toMatch(
      /^Unprotected minutes +120 min\/day +120 min in 24 h of homes +at most 0 min\/day +\d+/m,
    )
    expect(shown.stdout).toMatch(/^Unprotected minutes by home, the worst first\n {2}h1 {2}120 min\/day$/m)
    expect(shown.stdout).toContain('Target: at least 97.5 % (UK TSA telecare code, as reported;')
    const json = JSON.parse((await runAal(['indicators', ...period, '--json'])).stdout) as {
      indicators: { id: string; value?: number; purpose: string }[]
    }
    expect(json.indicators).toContainEqual(
      expect.objectContaining({ id: 'acknowledge-time', unit: 's', value: 40, purpose: expect.any(String) }),
    )
    const wrong = await runAal(['indicators', '--data', folder, '--from', '2026-01-05T12:00'])
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('expected a day such as 2026-11-01'),
    })
  })
})

describe('createIndicatorJob', () => {
  function job(answer: () => { ok: boolean; error?: string } = () => ({ ok: true })) {
    const written: Point[][] = []
    const warnings: string[] = []
    const made = createIndicatorJob({
      figures: indicators.figures,
      write: async (points) => {
        const result = answer()
        if (result.ok) written.push([...points])
        return result
      },
      note: (key) => registry().note(key),
      keepNote: (key, value) => registry().keepNote(key, value),
      now: bench.core.now,
      repeat: () => () => {},
      log: { warn: (_fields, message) => warnings.push(message) },
    })
    return { look: made.look, written, warnings }
  }

  it('writes the days that are over, once a day', async () => {
    await aDay()
    const { look, written } = job()
    await look()
    expect(written).toHaveLength(1)
    const ofDay = written[0]?.filter(({ time }) => time === `${START}000000`)
    expect(ofDay).toContainEqual({
      measurement: 'indicator_day',
      tags: { indicator: 'unprotected' },
      fields: { value: 120, total: 120, of: 24 },
      time: `${START}000000`,
      seq: 0,
    })
    expect(ofDay).toContainEqual(
      expect.objectContaining({
        tags: { indicator: 'false-alarms', rule: 'fall' },
        fields: { value: 0, of: 1 },
      }),
    )
    await look()
    expect(written).toHaveLength(1)
    bench.clock.pass(DAY)
    await look()
    // The day before once more: its alerts may have been resolved since.
    expect(new Set(written[1]?.map(({ time }) => time))).toContain(`${START}000000`)
  })

  it('tries again what could not be written, and says it once', async () => {
    await aDay()
    let isUp = false
    const { look, written, warnings } = job(() => (isUp ? { ok: true } : { ok: false, error: 'refused' }))
    await look()
    await look()
    expect(warnings).toHaveLength(1)
    isUp = true
    await look()
    expect(written).toHaveLength(1)
  })

  it.skipIf(serverMissing('influxd'))('gives points that InfluxDB takes', async () => {
    await aDay()
    const influxd = await startInfluxd()
    const client = connectInflux1({ url: influxd.url, database: 'aal' })
    try {
      const { look, written } = job()
      await look()
      const result = await createInflux1Writer(client).write(written[0] ?? [])
      expect(result).toMatchObject({ ok: true, refused: [] })
      const [series] = await influxd.query(
        'aal',
        `SELECT value, of FROM indicator_day WHERE indicator = 'unprotected'`,
      )
      expect(series?.values).toContainEqual([START * 1e6, 120, 24])
    } finally {
      client.close()
      await influxd.stop()
    }
  })
})
