import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectInflux1 } from '../../hub/history/influx1-client.ts'
import { setUpInflux1 } from '../../hub/history/influx1-setup.ts'
import { createInflux1Writer } from '../../hub/history/influx1.ts'
import { pointsOf } from '../../hub/history/points.ts'
import type { KeptEntry } from '../../hub/model/kept-entry.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import type { Influxd } from '../helpers/influxd.ts'
import { serverMissing } from '../helpers/servers.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { connect } from './connect-influx1.ts'
import { entriesOf, entry } from './entries.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const YEAR = 365 * DAY
const options = { keep: 2 * YEAR, keepHourly: 10 * YEAR }

const toPoints = (entries: readonly KeptEntry[]) =>
  entries.flatMap((given) => pointsOf(given, () => 'hall').points)

describe.skipIf(serverMissing('influxd'))('setUpInflux1 with a real InfluxDB 1.x', () => {
  let influxd: Influxd
  let databases = 0
  beforeAll(async () => {
    influxd = await startInfluxd({ continuousQueries: '100ms', maxBody: 20_000 })
  })
  afterAll(() => influxd.stop())

  function fresh() {
    const database = `aal "${++databases}"`
    return { database, client: connect({ url: influxd.url, database }) }
  }

  async function policies(database: string) {
    const [series] = await influxd.query(
      database,
      `SHOW RETENTION POLICIES ON "${database.replaceAll('"', '\\"')}"`,
    )
    return series?.values.map(([name, duration, , , isDefault]) => [name, duration, isDefault])
  }

  test('makes database, policies and continuous queries; the second time nothing', async () => {
    const { database, client } = fresh()
    expect(await setUpInflux1(client, options)).toEqual({
      ok: true,
      steps: [
        { what: `database "${database}"`, did: 'made' },
        { what: 'retention policy "autogen"', did: 'changed', detail: 'keeps points 2y, not for ever' },
        { what: 'retention policy "hourly"', did: 'made', detail: 'keeps points 10y' },
        { what: 'continuous query "aal_hourly_numbers"', did: 'made', detail: 'fills "hourly" every hour' },
        { what: 'continuous query "aal_hourly_states"', did: 'made', detail: 'fills "hourly" every hour' },
      ],
    })
    expect(await policies(database)).toEqual([
      ['autogen', '17520h0m0s', true],
      ['hourly', '87600h0m0s', false],
    ])
    const again = await setUpInflux1(client, options)
    expect(again.steps.map(({ did }) => did)).toEqual(Array.from({ length: 5 }, () => 'stood'))
  })

  test('a dry run says what would be done, and does nothing', async () => {
    const { database, client } = fresh()
    const dry = await setUpInflux1(client, { ...options, dryRun: true })
    const [shown] = await influxd.query('', 'SHOW DATABASES')
    expect(shown?.values.flat()).not.toContain(database)
    expect(await setUpInflux1(client, options)).toEqual(dry)
  })

  test('keeps longer at once, and shorter where that deletes nothing, or when told to', async () => {
    const { database, client } = fresh()
    // As somebody's own CREATE DATABASE leaves it.
    await client.influx.createDatabase(database)
    const first = await setUpInflux1(client, { ...options, keepHourly: 90 * DAY })
    expect(first.steps.slice(0, 3).map(({ did, detail }) => [did, detail])).toEqual([
      ['stood', undefined],
      ['changed', 'keeps points 2y, not for ever'],
      ['made', 'keeps points 90d'],
    ])
    await createInflux1Writer(client).write(toPoints([entry(1, { at: Date.now() - 3 * HOUR })]))
    const left = {
      what: 'retention policy "autogen"',
      did: 'left',
      detail: 'keeps points 2y, longer than 1h, and has some that are older: with --shorten it deletes them',
    }
    const second = await setUpInflux1(client, { ...options, keep: HOUR })
    expect(second.steps.slice(1, 3)).toEqual([
      left,
      { what: 'retention policy "hourly"', did: 'changed', detail: 'keeps points 10y, not 90d' },
    ])
    const third = await setUpInflux1(client, { ...options, keep: HOUR, shorten: true })
    expect(third.steps[1]).toMatchObject({ did: 'changed', detail: 'keeps points 1h, not 2y' })
    expect(await policies(database)).toEqual([
      ['autogen', '1h0m0s', true],
      ['hourly', '87600h0m0s', false],
    ])
  })

  test('a continuous query of an older hub is replaced', async () => {
    const { database, client } = fresh()
    await setUpInflux1(client, options)
    const on = `ON "${database.replaceAll('"', '\\"')}"`
    await influxd.query(database, `DROP CONTINUOUS QUERY "aal_hourly_states" ${on}`)
    await influxd.query(
      database,
      `CREATE CONTINUOUS QUERY "aal_hourly_states" ${on} BEGIN SELECT mean("value") INTO "x" FROM "door" GROUP BY time(1h) END`,
    )
    const second = await setUpInflux1(client, options)
    expect(second.steps.map(({ did }) => did)).toEqual(['stood', 'stood', 'stood', 'stood', 'changed'])
    const third = await setUpInflux1(client, options)
    expect(third.steps.map(({ did }) => did)).toEqual(['stood', 'stood', 'stood', 'stood', 'stood'])
  })

  test('InfluxDB then fills "hourly": figures of each hour, with the same names and tags', async () => {
    const { database, client } = fresh()
    const hour = Math.floor(Date.now() / HOUR) * HOUR - 3 * HOUR
    await createInflux1Writer(client).write(
      toPoints([
        entry(1, { home: 'h1', value: 60, at: hour }),
        entry(2, { home: 'h1', value: 70, at: hour + 1 }),
        entry(3, { home: 'h1', value: 95, at: hour + HOUR - 1 }),
        // Came late, as after an outage of a day's better part.
        entry(4, { home: 'h1', value: 50, at: hour - 18 * HOUR }),
        entry(5, { home: 'h1', sensor: 'pir', kind: 'motion', value: true, at: hour }),
        entry(6, { home: 'h1', sensor: 'pir', kind: 'motion', value: false, at: hour + 5 }),
        entry(7, { home: 'h1', sensor: 'd', kind: 'door', value: 'open', at: hour }),
      ]),
    )
    const hourly = async (measurement: string) => {
      const [series] = await influxd.query(database, `SELECT * FROM "hourly"."${measurement}"`)
      return series && { columns: series.columns, values: series.values }
    }
    // They run as soon as they are there, and next in an hour.
    await setUpInflux1(client, options)
    await waitFor(
      'the continuous queries to have run',
      async () => (await hourly('door')) && (await hourly('heart_rate')),
    )
    const at = (ms: number): number => ms * 1_000_000
    expect(await hourly('heart_rate')).toEqual({
      columns: ['time', 'count', 'home', 'max', 'min', 'room', 'sensor', 'value'],
      values: [
        [at(hour - 18 * HOUR), 1, 'h1', 50, 50, 'hall', 'hr-1', 50],
        [at(hour), 3, 'h1', 95, 60, 'hall', 'hr-1', 75],
      ],
    })
    expect(await hourly('motion')).toEqual({
      columns: ['time', 'count', 'home', 'room', 'sensor', 'value'],
      values: [[at(hour), 2, 'h1', 'hall', 'pir', 0.5]],
    })
    expect(await hourly('door')).toMatchObject({ values: [[at(hour), 1, 'h1', 'hall', 'd', 1]] })
  })

  test('413: smaller requests, until they are taken', async () => {
    const { database, client } = fresh()
    const points = toPoints(entriesOf(1, 1000))
    expect(await createInflux1Writer(client).write(points)).toEqual({ ok: true, refused: [], created: true })
    const [series] = await influxd.query(database, 'SELECT count("value") FROM "heart_rate"')
    expect(series?.values[0]?.[1]).toBe(1000)
  })

  test('an integer field that somebody else wrote meets a float: those points alone are left out', async () => {
    const { database, client } = fresh()
    await client.influx.createDatabase(database)
    const points = toPoints([...entriesOf(1, 50), entry(51, { kind: 'spo2', value: 97 })])
    const stamp = points[0]?.time ?? ''
    const sent = await fetch(`${influxd.url}/write?${new URLSearchParams({ db: database })}`, {
      method: 'POST',
      body: `spo2,home=h9 value=97i ${stamp}`,
    })
    expect(sent.status).toBe(204)
    expect(await createInflux1Writer(client).write(points)).toEqual({
      ok: true,
      refused: [
        {
          seq: 51,
          reason:
            'field type conflict: input field "value" on measurement "spo2" is type float, already exists as type integer',
        },
      ],
    })
    const [series] = await influxd.query(database, 'SELECT count("value") FROM "heart_rate"')
    expect(series?.values[0]?.[1]).toBe(50)
  })
})

describe.skipIf(serverMissing('influxd'))('with an InfluxDB 1.x that asks for names and passwords', () => {
  let influxd: Influxd
  beforeAll(async () => {
    influxd = await startInfluxd({ auth: true })
    await influxd.query('', `CREATE USER "root" WITH PASSWORD 'r00t' WITH ALL PRIVILEGES`)
    const root = connectInflux1({ url: influxd.url, username: 'root', password: 'r00t' })
    for (const query of [
      `CREATE USER "hub" WITH PASSWORD 'h0b'`,
      'CREATE DATABASE "aal"',
      'GRANT ALL ON "aal" TO "hub"',
    ])
      await root.influx.query(query, { method: 'POST' })
    root.close()
  })
  afterAll(() => influxd.stop())
  const as = (username: string, password: string, database = 'aal') =>
    connect({ url: influxd.url, database, username, password })

  test('a wrong password: writing and setting up say so, and not the password', async () => {
    const client = as('hub', 's3cret')
    expect(await createInflux1Writer(client).write(toPoints(entriesOf(1, 2)))).toEqual({
      ok: false,
      retry: false,
      error: `Cannot write history to ${influxd.url}: authorization failed`,
    })
    expect(await setUpInflux1(client, options)).toEqual({
      ok: false,
      status: 401,
      message: 'authorization failed',
      steps: [],
    })
  })

  test('a user that may only write and read cannot set up: which step, and why, is said; another user can', async () => {
    const done = await setUpInflux1(as('hub', 'h0b'), options)
    expect(done).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^retention policy "autogen": .*hub not authorized/),
      steps: [{ what: 'database "aal"', did: 'stood' }],
    })
    const asAdmin = await setUpInflux1(as('root', 'r00t'), options)
    expect(asAdmin.steps.map(({ did }) => did)).toEqual(['stood', 'changed', 'made', 'made', 'made'])
    // Then the hub's own user sees that all is there.
    const seen = await setUpInflux1(as('hub', 'h0b'), { ...options, dryRun: true })
    expect(seen.steps.map(({ did }) => did)).toEqual(['stood', 'stood', 'stood', 'stood', 'stood'])
    expect(await createInflux1Writer(as('hub', 'h0b')).write(toPoints(entriesOf(1, 2)))).toEqual({
      ok: true,
      refused: [],
    })
  })

  test('a missing database that the hub may not make is said', async () => {
    const client = as('hub', 'h0b', 'other')
    expect(await createInflux1Writer(client).write(toPoints(entriesOf(1, 2)))).toMatchObject({
      ok: false,
      retry: false,
      error: expect.stringMatching(/"other"|not authorized/),
    })
  })

  test('a database that was dropped and made again by an admin is to be filled from the beginning', async () => {
    const root = as('root', 'r00t', 'again')
    const ask = (query: string) => root.influx.query(query, { method: 'POST' })
    const points = toPoints(entriesOf(1, 2))
    await ask('CREATE DATABASE "again"')
    await ask('GRANT ALL ON "again" TO "hub"')
    const writer = createInflux1Writer(as('hub', 'h0b', 'again'))
    expect(await writer.write(points)).toEqual({ ok: true, refused: [] })
    await ask('DROP DATABASE "again"')
    expect(await writer.write(points)).toMatchObject({ ok: false })
    await setUpInflux1(root, { ...options, user: 'hub' })
    expect(await writer.write(points)).toEqual({ ok: true, refused: [], created: true })
    expect(await writer.write(points)).toEqual({ ok: true, refused: [] })
  })

  test("an admin lets the hub's own user in where it is not, once; a user that is not there is left", async () => {
    const root = as('root', 'r00t', 'granted')
    const dry = await setUpInflux1(root, { ...options, user: 'hub', dryRun: true })
    expect(dry.steps.at(-1)).toEqual({ what: 'user "hub"', did: 'changed', detail: 'may read and write' })
    await setUpInflux1(root, { ...options, user: 'hub' })
    const again = await setUpInflux1(root, { ...options, user: 'hub' })
    expect(again.steps.map(({ did }) => did)).toEqual(['stood', 'stood', 'stood', 'stood', 'stood', 'stood'])
    const nobody = await setUpInflux1(root, { ...options, user: 'nobody' })
    expect(nobody).toMatchObject({ ok: true })
    expect(nobody.steps.at(-1)).toMatchObject({ what: 'user "nobody"', did: 'left' })
  })
})
