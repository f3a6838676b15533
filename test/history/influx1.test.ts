import { createServer as createHttpServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createFollower } from '../../hub/history/follower.ts'
import type { FollowerClock, HistoryWriter } from '../../hub/history/follower.ts'
import type { KeptEntry } from '../../hub/model/kept-entry.ts'
import { connectInflux1 } from '../../hub/history/influx1-client.ts'
import type { Influx1Client } from '../../hub/history/influx1-client.ts'
import { createInfluxqlReader } from '../../hub/history/influxql-reader.ts'
import { createInflux1Writer } from '../../hub/history/influx1.ts'
import { pointsOf } from '../../hub/history/points.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import type { Influxd } from '../helpers/influxd.ts'
import { freePort } from '../helpers/free-port.ts'
import { serverMissing } from '../helpers/servers.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { connect } from './connect-influx1.ts'
import { changesEntry, entriesOf, entry, T0, testJournal } from './entries.ts'
import type { TestJournal } from './entries.ts'

const roomOf = (_home: string, sensor: string) => (sensor === 'hr-1' ? 'bedroom' : undefined)
const toPoints = (entries: readonly KeptEntry[]) => entries.flatMap((given) => pointsOf(given, roomOf).points)

/** The real clock, twenty times as fast: a backoff of 1 s takes 50 ms. */
const fastClock: FollowerClock = {
  now: () => Date.now(),
  later(call, ms) {
    const timer = setTimeout(call, ms / 20)
    return () => clearTimeout(timer)
  },
}

function follow(journal: TestJournal, writer: HistoryWriter) {
  const cursor = { at: 0 }
  const warnings: Record<string, unknown>[] = []
  const follower = createFollower({
    source: journal,
    cursor: { get: () => cursor.at, set: (seq) => void (cursor.at = seq) },
    writer,
    onCommit: journal.onCommit,
    roomOf,
    clock: fastClock,
    random: () => 1,
    log: { info: () => {}, warn: (fields) => void warnings.push({ ...fields }) },
  })
  onTestFinished(() => follower.stop())
  follower.start()
  return { follower, cursor, warnings }
}

describe.skipIf(serverMissing('influxd'))('with a real InfluxDB 1.x', () => {
  let influxd: Influxd
  let databases = 0
  beforeAll(async () => {
    influxd = await startInfluxd()
  })
  afterAll(() => influxd.stop())

  /** A client with a database of its own, not made yet. */
  function fresh() {
    const database = `aal ${++databases}`
    return { database, client: connect({ url: influxd.url, database }) }
  }

  /** Makes a field a string; where the points go, since InfluxDB keeps types by the week (shard). */
  function seed(client: Influx1Client, measurement: string, field: string): Promise<void> {
    return client.influx.writePoints([
      { measurement, fields: { [field]: 'a string' }, timestamp: `${T0}000000` },
    ])
  }

  async function count(database: string, measurement: string): Promise<number> {
    const [series] = await influxd.query(database, `SELECT count("value") FROM "${measurement}"`)
    return Number(series?.values[0]?.[1] ?? 0)
  }

  describe('createInflux1Writer', () => {
    test('makes the missing database, says so once, and writes every point exactly', async () => {
      const { database, client } = fresh()
      const writer = createInflux1Writer(client)
      const points = toPoints([
        entry(1, { home: 'h1', at: T0, value: 61.25 }, { late: true }),
        entry(2, { home: 'h1', at: T0, value: 62 }),
        entry(3, { home: 'h 1, "x"=', sensor: 'dør\\', kind: 'door', value: 'open', at: T0 }),
        entry(4, { home: 'h1', sensor: 'pir', kind: 'motion', value: true, at: T0 + 1 }),
        changesEntry(5, [
          { alert: 'a"1\\', at: T0 },
          { scope: 'h1/r2', alert: 'a2', at: T0 },
          { scope: 'h1/r2', alert: 'a3', at: T0 },
        ]),
      ])
      expect(await writer.write(points)).toEqual({ ok: true, refused: [], created: true })
      expect(await writer.write(points.slice(0, 1))).toEqual({ ok: true, refused: [] })

      const read = async (measurement: string) => {
        // As text: nanoseconds have more digits than a number.
        const answer = await client.influx.queryRaw(`SELECT * FROM "${measurement}"`)
        return JSON.parse(JSON.stringify(answer)).results[0].series[0]
      }
      const iso = '2026-11-03T08:00:00.123'
      expect(await read('heart_rate')).toEqual({
        name: 'heart_rate',
        columns: ['time', 'home', 'late', 'room', 'sensor', 'value'],
        values: [
          [`${iso}000001Z`, 'h1', true, 'bedroom', 'hr-1', 61.25],
          [`${iso}000002Z`, 'h1', null, 'bedroom', 'hr-1', 62],
        ],
      })
      expect(await read('door')).toEqual({
        name: 'door',
        columns: ['time', 'home', 'sensor', 'state', 'value'],
        values: [[`${iso}000003Z`, 'h 1, "x"=', 'dør_', 'open', 1]],
      })
      expect(await read('motion')).toMatchObject({
        values: [['2026-11-03T08:00:00.124000004Z', 'h1', 'pir', 1]],
      })
      const alerts = await client.influx.query('SELECT alert, nth, open, raised, scope, subject FROM "alert"')
      const at = { open: 1, raised: T0 }
      expect([...alerts]).toMatchObject([
        { alert: 'a"1\\', nth: null, scope: 'h1/r1', subject: 'r1', ...at },
        { alert: 'a2', nth: null, scope: 'h1/r2', subject: 'r2', ...at },
        { alert: 'a3', nth: '2', scope: 'h1/r2', subject: 'r2', ...at },
      ])
      const types = await influxd.query(database, 'SHOW FIELD KEYS FROM "motion"')
      expect(types[0]?.values).toEqual([['value', 'float']])
    })

    test('a resend leaves the same count', async () => {
      const { database, client } = fresh()
      const writer = createInflux1Writer(client)
      const points = toPoints(entriesOf(1, 3000))
      await writer.write(points)
      await writer.write(points)
      await writer.write(points.slice(1000, 2000))
      expect(await count(database, 'heart_rate')).toBe(3000)
    })

    test('points in conflict with a field of another type are refused alone, with the reason', async () => {
      const { database, client } = fresh()
      await client.influx.createDatabase(database)
      await seed(client, 'door', 'value')
      await seed(client, 'heart_rate', 'late')
      const entries = [
        ...entriesOf(1, 400),
        entry(401, {}, { late: true }),
        ...entriesOf(402, 700),
        ...Array.from({ length: 50 }, (_, index) =>
          entry(701 + index, { kind: 'door', value: index % 2 === 0 ? 'open' : 'closed' }),
        ),
        entry(751, { kind: 'spo2', value: 97 }),
      ]
      const writer = createInflux1Writer(client)
      const result = await writer.write(toPoints(entries))
      if (!result.ok) throw new Error(result.error)
      const seqs = result.refused.map(({ seq }) => seq).sort((a, b) => a - b)
      expect(seqs).toEqual([401, ...Array.from({ length: 50 }, (_, index) => 701 + index)])
      expect(new Set(result.refused.map(({ reason }) => reason))).toEqual(
        new Set([
          'field type conflict: input field "late" on measurement "heart_rate" is type boolean, already exists as type string',
          'field type conflict: input field "value" on measurement "door" is type float, already exists as type string',
        ]),
      )
      expect(await count(database, 'heart_rate')).toBe(699)
      expect(await count(database, 'spo2')).toBe(1)
    })

    test('a point outside the times of InfluxDB is refused alone', async () => {
      const { database, client } = fresh()
      const writer = createInflux1Writer(client)
      const result = await writer.write(
        toPoints([...entriesOf(1, 9), entry(10, { at: 9_300_000_000_000 }), ...entriesOf(11, 20)]),
      )
      expect(result).toMatchObject({ ok: true, refused: [{ seq: 10 }] })
      expect(await count(database, 'heart_rate')).toBe(19)
    })

    test('points older than the retention are left out, as InfluxDB was told; the others arrive', async () => {
      const { database, client } = fresh()
      await client.influx.createDatabase(database)
      await influxd.query(
        database,
        `CREATE RETENTION POLICY "short" ON "${database}" DURATION 1h REPLICATION 1 DEFAULT`,
      )
      const now = Date.now()
      const result = await createInflux1Writer(client).write(
        toPoints([entry(1, { at: now - 7 * 86_400_000 }), entry(2, { at: now })]),
      )
      expect(result).toEqual({ ok: true, refused: [] })
      const [series] = await influxd.query(database, 'SELECT count("value") FROM "short"."heart_rate"')
      expect(series?.values[0]?.[1]).toBe(1)
    })

    test('health tells the version, and does not need the database yet', async () => {
      const { client } = fresh()
      expect(await createInflux1Writer(client).health()).toEqual({
        ok: true,
        version: expect.stringMatching(/^1\.\d/),
      })
    })
  })

  describe('createInfluxqlReader', () => {
    test('gives words, booleans and numbers back as they were, ends included, oldest first', async () => {
      const { client } = fresh()
      await createInflux1Writer(client).write(
        toPoints([
          entry(1, { home: 'h1', value: 60, at: T0 - 1 }),
          entry(2, { home: 'h1', value: 61, at: T0 }),
          entry(3, { home: 'h1', value: 62.5, at: T0 + 10 }),
          entry(4, { home: 'h1', value: 63, at: T0 + 10 }),
          entry(5, { home: 'h1', value: 64, at: T0 + 11 }),
          entry(6, { home: 'h1', sensor: 'hr-2', value: 99, at: T0 + 5 }),
          entry(7, { home: 'h2', value: 111, at: T0 + 5 }),
          entry(8, { home: "h'1", sensor: 'd', kind: 'door', value: 'closed', at: T0 }),
          entry(9, { home: "h'1", sensor: 'd', kind: 'door', value: 'open', at: T0 + 1 }),
          entry(10, { home: 'h1', sensor: 'p', kind: 'motion', value: true, at: T0 }),
          entry(11, { home: 'h1', sensor: 'p', kind: 'motion', value: false, at: T0 + 1 }),
        ]),
      )
      const reader = createInfluxqlReader(client)
      const range = { from: T0, to: T0 + 10, limit: 100 }
      const heart = { home: 'h1', kind: 'heart_rate', ...range }
      expect(await reader.series({ ...heart, sensor: 'hr-1' })).toEqual([
        { at: T0, value: 61 },
        { at: T0 + 10, value: 62.5 },
        { at: T0 + 10, value: 63 },
      ])
      expect((await reader.series(heart)).map((point) => point.value)).toEqual([61, 99, 62.5, 63])
      expect((await reader.series({ ...heart, limit: 2 })).map((point) => point.value)).toEqual([62.5, 63])
      expect(await reader.series({ home: "h'1", kind: 'door', ...range })).toEqual([
        { at: T0, value: 'closed' },
        { at: T0 + 1, value: 'open' },
      ])
      expect(await reader.series({ home: 'h1', kind: 'motion', ...range })).toEqual([
        { at: T0, value: true },
        { at: T0 + 1, value: false },
      ])
    })

    test('nothing there is empty: unknown home, kind or database; names cannot change the query', async () => {
      const { client } = fresh()
      const reader = createInfluxqlReader(client)
      await createInflux1Writer(client).write(toPoints([entry(1, { home: 'h1' })]))
      const all = { from: 0, to: Number.MAX_SAFE_INTEGER, limit: 10 }
      expect(await reader.series({ home: 'h1', kind: 'heart_rate', ...all })).toHaveLength(1)
      expect(await reader.series({ home: 'h9', kind: 'heart_rate', ...all })).toEqual([])
      expect(await reader.series({ home: "x' OR 'a'='a", kind: 'heart_rate', ...all })).toEqual([])
      expect(await reader.series({ home: 'h1', kind: 'heart_rate"; DROP DATABASE "x', ...all })).toEqual([])
    })

    test('says when it cannot be asked', async () => {
      const { client } = fresh()
      const asked = createInfluxqlReader(client).series({
        home: 'h1',
        kind: 'door',
        from: 0,
        to: 1,
        limit: 1,
      })
      await expect(asked).rejects.toThrow(/^Cannot read history from http:.*: database not found: /)
    })
  })

  describe('createFollower', () => {
    test('an outage in the middle of load: everything is there once when InfluxDB is back', async () => {
      let own = await startInfluxd()
      onTestFinished(() => own.stop())
      const journal = testJournal()
      const { follower, cursor } = follow(
        journal,
        createInflux1Writer(connect({ url: own.url, timeout: 2000 })),
      )
      const TOTAL = 30_000
      const STEP = 500
      let restarted: Promise<void> | undefined
      for (let seq = 1; seq <= TOTAL; seq += STEP) {
        journal.commit(entriesOf(seq, seq + STEP - 1))
        if (seq === 1) await waitFor('the first write', () => cursor.at > 0)
        if (seq === 10_001) {
          // A crash with a write under way, while readings go on.
          await own.stop('SIGKILL')
          await waitFor('the outage to be noticed', () => follower.state().name === 'waiting')
        }
        if (seq === 20_001) {
          restarted = startInfluxd({ dir: own.dir, port: own.port }).then((again) => void (own = again))
        }
        await new Promise(setImmediate)
      }
      await restarted
      await waitFor('the journal to be written', () => cursor.at === TOTAL)
      const [series] = await own.query('aal', 'SELECT count("value") FROM "heart_rate"')
      expect(series?.values[0]?.[1]).toBe(TOTAL)
      expect(follower.lag()).toEqual({ entries: 0 })
    })

    test('a conflict of types is left out and said once, with its seq; the rest arrives', async () => {
      const { database, client } = fresh()
      await client.influx.createDatabase(database)
      await seed(client, 'door', 'value')
      const journal = testJournal([
        ...entriesOf(1, 10),
        entry(11, { kind: 'door', value: 'open' }),
        entry(12, { kind: 'door', value: 'closed' }),
        ...entriesOf(13, 20),
      ])
      const { follower, cursor, warnings } = follow(journal, createInflux1Writer(client))
      await waitFor('the journal to be written', () => cursor.at === 20)
      expect(follower.counts()).toEqual({ written: 18, refused: 2 })
      expect(warnings).toEqual([{ reason: expect.stringContaining('"door"'), seq: 11, points: 2 }])
      expect(await count(database, 'heart_rate')).toBe(18)
    })

    test('a database that was deleted is filled again from the journal', async () => {
      const { database, client } = fresh()
      const journal = testJournal(entriesOf(1, 100))
      const { follower, cursor } = follow(journal, createInflux1Writer(client))
      await waitFor('the journal to be written', () => cursor.at === 100)
      await client.influx.dropDatabase(database)
      journal.commit(entriesOf(101, 110))
      await waitFor(
        'the journal to be written again',
        () => cursor.at === 110 && follower.state().name === 'idle',
      )
      expect(await count(database, 'heart_rate')).toBe(110)
    })
  })
})

describe('createInflux1Writer against what is no InfluxDB', () => {
  const points = toPoints(entriesOf(1, 3))

  async function listening(server: Server): Promise<string> {
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  test('nobody listens: says so and is worth a retry; the password is not said', async () => {
    const port = await freePort()
    const client = connect({ url: `http://hub:s3cret@127.0.0.1:${port}/influx/` })
    const error = `http://127.0.0.1:${port}/influx: nothing listens there (ECONNREFUSED)`
    const writer = createInflux1Writer(client)
    expect(await writer.write(points)).toEqual({
      ok: false,
      retry: true,
      error: `Cannot write history to ${error}`,
    })
    expect(await writer.health()).toEqual({ ok: false, error: `Cannot use InfluxDB at ${error}` })
  })

  test('a URL of another scheme is refused when connecting', () => {
    expect(() => connectInflux1({ url: 'mqtt://127.0.0.1' })).toThrow('expected http:// or https://')
  })

  test('a web server that says 200 to everything does not swallow history', async () => {
    const asked: string[] = []
    const url = await listening(
      createHttpServer((request, response) => {
        asked.push(request.url ?? '')
        response.end('<html>Welcome</html>')
      }),
    )
    expect(await createInflux1Writer(connect({ url })).write(points)).toEqual({
      ok: false,
      retry: false,
      error: `Cannot write history to ${url}: it does not answer a ping as InfluxDB does; is the URL right?`,
    })
    expect(asked).toEqual(['/ping'])
  })

  /** Answers a ping as InfluxDB does, and writes as told. */
  function lying(status: number, body: string) {
    return listening(
      createHttpServer((request, response) => {
        request.resume()
        response.setHeader('X-Influxdb-Version', '1.6.7')
        response.statusCode = request.url?.startsWith('/ping') === true ? 204 : status
        response.end(response.statusCode === 204 ? undefined : body)
      }),
    )
  }

  test.each([
    [401, '{"error":"authorization failed"}', false, 'authorization failed'],
    [400, 'Bad Request', false, 'Bad Request'],
    [429, '', true, 'it answered 429'],
    [503, '{"error":"timeout"}', true, 'timeout'],
    [404, '<!DOCTYPE HTML>\n<html>', false, 'it answered 404 with a web page; is the URL right?'],
  ])('an answer %d %s: nothing is given up; retry %s', async (status, body, retry, words) => {
    const url = await lying(status, body)
    expect(await createInflux1Writer(connect({ url })).write(points)).toEqual({
      ok: false,
      retry,
      error: `Cannot write history to ${url}: ${words}`,
    })
  })

  test('sends this line protocol, and no more than 5,000 lines in a request', async () => {
    const bodies: string[] = []
    const url = await listening(
      createHttpServer((request, response) => {
        let body = ''
        request.on('data', (part) => (body += String(part)))
        request.on('end', () => {
          if (request.method === 'POST') bodies.push(`${request.url}\n${body}`)
          response.setHeader('X-Influxdb-Version', '1.6.7')
          response.statusCode = 204
          response.end()
        })
      }),
    )
    const writer = createInflux1Writer(connect({ url, database: 'a b' }))
    await writer.write(
      toPoints([
        entry(1, { home: 'h1', value: 61.5, at: T0 }, { late: true }),
        entry(2, { home: 'h 1', sensor: 'a,b=c', kind: 'door', value: 'open', at: T0 }),
        changesEntry(3, [{ alert: 'a"1' }, { alert: 'a2', scope: 'h1/r1' }]),
      ]),
    )
    const state = `at=${T0},raised=${T0},open=1,handling="new",condition="active",level="high"`
    expect(bodies.splice(0)).toEqual([
      [
        '/write?db=a%20b&precision=n',
        `heart_rate,home=h1,room=bedroom,sensor=hr-1 value=61.5,late=true ${T0}000001`,
        `door,home=h\\ 1,sensor=a\\,b\\=c value=1,state="open" ${T0}000002`,
        `alert,home=h1,rule=no-activity,subject=r1,severity=high,category=safety,what=raised value=1,alert="a\\"1",scope="h1/r1",${state} ${T0 + 3}000003`,
        `alert,home=h1,rule=no-activity,subject=r1,severity=high,category=safety,what=raised,nth=2 value=1,alert="a2",scope="h1/r1",${state} ${T0 + 3}000003`,
      ].join('\n'),
    ])
    await writer.write(toPoints(entriesOf(1, 12_000)))
    expect(bodies.map((body) => body.split('\n').length - 1)).toEqual([5000, 5000, 2000])
  })

  test('a point that cannot be parsed is found, and its values are not in the reason', async () => {
    const url = await listening(
      createHttpServer((request, response) => {
        response.setHeader('X-Influxdb-Version', '1.6.7')
        let body = ''
        request.on('data', (part) => (body += String(part)))
        request.on('end', () => {
          const bad = body.split('\n').find((line) => line.includes('value=42'))
          response.statusCode = bad === undefined ? 204 : 400
          response.end(
            bad &&
              JSON.stringify({ error: `partial write: unable to parse '${bad}': bad timestamp dropped=0` }),
          )
        })
      }),
    )
    expect(await createInflux1Writer(connect({ url })).write(points)).toEqual({
      ok: true,
      refused: [{ seq: 2, reason: 'unable to parse: bad timestamp' }],
    })
  })

  test('a half-open server is given up in time, and tried again', async () => {
    const sockets = new Set<Socket>()
    const url = await listening(
      createTcpServer((socket) => {
        sockets.add(socket)
        socket.on('error', () => {})
      }),
    )
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
    })
    const writer = createInflux1Writer(connect({ url, timeout: 100 }))
    const began = performance.now()
    expect(await writer.write(points)).toEqual({
      ok: false,
      retry: true,
      error: `Cannot write history to ${url}: it did not answer within 0.1 s`,
    })
    expect(performance.now() - began).toBeLessThan(1000)
    const { follower, cursor } = follow(testJournal(entriesOf(1, 3)), writer)
    await waitFor('three attempts', () => {
      const state = follower.state()
      return state.name === 'waiting' && state.failures >= 3
    })
    expect(cursor.at).toBe(0)
  })

  test('an answer that stops half-way is given up in time, and its connection closed', async () => {
    let closed = false
    const url = await listening(
      createHttpServer((request, response) => {
        request.resume()
        response.setHeader('X-Influxdb-Version', '1.6.7')
        if (request.url?.startsWith('/ping') === true) {
          response.statusCode = 204
          response.end()
        } else {
          request.socket.once('close', () => (closed = true))
          response.writeHead(400, { 'Content-Length': 1000 })
          response.write('{"error":')
        }
      }),
    )
    expect(await createInflux1Writer(connect({ url, timeout: 200 })).write(points)).toEqual({
      ok: false,
      retry: true,
      error: `Cannot write history to ${url}: it did not answer within 0.2 s`,
    })
    await waitFor('the connection to be closed', () => closed)
  })
})
