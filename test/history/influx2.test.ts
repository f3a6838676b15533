import { createServer as createTcpServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createFollower } from '../../hub/history/follower.ts'
import { connectInflux2 } from '../../hub/history/influx2-client.ts'
import type { Influx2Client, Influx2Settings } from '../../hub/history/influx2-client.ts'
import { fillHours2, hourlyTasks, setUpInflux2 } from '../../hub/history/influx2-setup.ts'
import { createInflux2Writer } from '../../hub/history/influx2.ts'
import { createInfluxqlReader } from '../../hub/history/influxql-reader.ts'
import { pointsOf } from '../../hub/history/points.ts'
import type { KeptEntry } from '../../hub/model/kept-entry.ts'
import { freePort } from '../helpers/free-port.ts'
import { startInflux2Api } from '../helpers/influx2-api.ts'
import type { Influx2Api } from '../helpers/influx2-api.ts'
import { listen } from '../helpers/listen.ts'
import { serverMissing } from '../helpers/servers.ts'
import { startVictoriaMetrics } from '../helpers/victoria-metrics.ts'
import type { VictoriaMetrics } from '../helpers/victoria-metrics.ts'
import { entriesOf, entry, T0, testJournal } from './entries.ts'
import { virtualClock } from './virtual-clock.ts'

const DAY = 86_400_000
const YEAR = 365 * DAY

const clients: Influx2Client[] = []
afterEach(() => {
  for (const client of clients.splice(0)) client.close()
})

function connect(settings: Pick<Influx2Settings, 'url'> & Partial<Influx2Settings>): Influx2Client {
  const client = connectInflux2({ org: 'care', bucket: 'aal', token: 'any', ...settings })
  clients.push(client)
  return client
}

const toPoints = (entries: readonly KeptEntry[]) =>
  entries.flatMap((given) => pointsOf(given, () => undefined).points)
const noBucket = async () => ({ ok: false, message: 'not here' }) as const
const writerOf = (client: Influx2Client) => createInflux2Writer(client, noBucket)

describe.skipIf(serverMissing('victoria-metrics'))('createInflux2Writer with a real VictoriaMetrics', () => {
  let server: VictoriaMetrics
  beforeAll(async () => {
    server = await startVictoriaMetrics()
  })
  afterAll(() => server.stop())

  /** It takes no times in the future, which T0 may be. */
  const began = Date.now() - 3_600_000
  const recent = (home: string, count: number) =>
    Array.from({ length: count }, (_, index) => entry(index + 1, { home, at: began + index }))

  test('what was written comes back: every point once, its value and time exactly', async () => {
    const entries = recent('all', 1300)
    expect(await writerOf(connect(server)).write(toPoints(entries))).toEqual({ ok: true, refused: [] })
    const samples = await server.samples('heart_rate_value{home="all",sensor="hr-1"}')
    expect(samples).toEqual(
      entries.map(({ input }) =>
        input.type === 'reading' ? { at: input.reading.at, value: Number(input.reading.value) } : undefined,
      ),
    )
  })

  test('large bodies leave gzipped, and arrive', async () => {
    const seen: { encoding: unknown; bytes: number }[] = []
    const proxy = await listen((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const body = Buffer.concat(chunks)
        const encoding = request.headers['content-encoding']
        seen.push({ encoding, bytes: body.length })
        fetch(`${server.url}${request.url}`, {
          method: 'POST',
          body: Uint8Array.from(body),
          headers: encoding === undefined ? {} : { 'content-encoding': encoding },
        }).then(
          ({ status }) => response.writeHead(status).end(),
          () => response.destroy(),
        )
      })
    })
    onTestFinished(() => proxy.stop())
    const writer = writerOf(connect({ url: proxy.url, gzip: true }))
    expect(await writer.write(toPoints(recent('zipped', 400)))).toEqual({ ok: true, refused: [] })
    expect(await writer.write(toPoints(recent('plain', 2)))).toEqual({ ok: true, refused: [] })
    expect(seen.map(({ encoding }) => encoding)).toEqual(['gzip', undefined])
    // A line has some 60 bytes.
    expect(seen[0]?.bytes).toBeLessThan(400 * 15)
    expect(await server.samples('heart_rate_value{home="zipped"}')).toHaveLength(400)
    expect(await server.samples('heart_rate_value{home="plain"}')).toHaveLength(2)
  })

  test('names and tags with spaces, commas and signs stay what they are', async () => {
    const odd = 'h 1,"x"=ø'
    await writerOf(connect(server)).write(toPoints([entry(1, { home: odd, at: began, value: 61.25 })]))
    expect(await server.samples(`heart_rate_value{home=${JSON.stringify(odd)}}`)).toEqual([
      { at: began, value: 61.25 },
    ])
  })

  test('is there, though it does not tell its version', async () => {
    expect(await connect(server).version()).toEqual({ ok: true, value: 'unknown' })
  })
})

describe("with a server that follows InfluxDB 2's documented API", () => {
  let api: Influx2Api
  beforeEach(async () => {
    api = await startInflux2Api()
  })
  afterEach(() => api.stop())

  const own = (settings: Partial<Influx2Settings> = {}) =>
    connect({ url: api.url, token: api.token, ...settings })
  const ready = async () => {
    await setUpInflux2(own(), { keep: 2 * YEAR, keepHourly: 10 * YEAR })
    api.changes.length = 0
  }
  const lines = () => api.written.flat()

  describe('createInflux2Writer', () => {
    const points = toPoints(entriesOf(1, 20))

    test('sends token, organization and bucket, and lines with nanoseconds', async () => {
      await ready()
      expect(await writerOf(own()).write(toPoints([entry(1, { home: 'h1', value: 61.5, at: T0 })]))).toEqual({
        ok: true,
        refused: [],
      })
      expect(lines()).toEqual([`heart_rate,home=h1,sensor=hr-1 value=61.5 ${T0}000001`])
      expect(api.headers[0]).toMatchObject({ 'content-type': 'text/plain; charset=utf-8' })
    })

    test('makes the missing bucket with all that belongs to it, and says so once', async () => {
      const client = own()
      const writer = createInflux2Writer(client, () => setUp(client))
      expect(await writer.write(points)).toEqual({ ok: true, refused: [], created: true })
      expect(await writer.write(points)).toEqual({ ok: true, refused: [] })
      expect([...api.buckets.keys()]).toEqual(['aal', 'aal_hourly'])
      expect(lines()).toHaveLength(40)
    })
    async function setUp(client: Influx2Client) {
      const done = await setUpInflux2(client, { keep: 0, keepHourly: 0 })
      return done.ok ? { ok: true as const, value: undefined } : done
    }

    test('says why when there is no bucket and it cannot be made', async () => {
      expect(await writerOf(own()).write(points)).toEqual({
        ok: false,
        retry: true,
        error: `Cannot write history to ${api.url}: there is no bucket "aal", and making it: not here`,
      })
    })

    test('a bucket that an admin made again is to be filled from the beginning', async () => {
      const writer = writerOf(own())
      expect(await writer.write(points)).toMatchObject({ ok: false })
      await setUp(own())
      expect(await writer.write(points)).toEqual({ ok: true, refused: [], created: true })
      expect(await writer.write(points)).toEqual({ ok: true, refused: [] })
    })

    /** Answers as the storage of 2.x does: what it can keep is kept, and how many were dropped is said. */
    function drop(isBad: (line: string) => boolean, why: string, status = 422) {
      api.answer = (all) => {
        const dropped = all.filter(isBad).length
        if (dropped === 0) return undefined
        api.written.push(all.filter((line) => !isBad(line)))
        return {
          status,
          body: {
            code: status === 422 ? 'unprocessable entity' : 'invalid',
            message: `failure writing points to database: partial write: ${why} dropped=${dropped}`,
          },
        }
      }
    }
    const isLine = (value: number) => (line: string) => line.includes(` value=${value} `)

    test.each([
      ['422, as 2.x says it', 422],
      ['400', 400],
    ])('a conflict of types: the rest is written, the point named (%s)', async (_, status) => {
      await ready()
      const why =
        'field type conflict: input field "value" on measurement "heart_rate" is type float, already exists as type integer'
      drop(isLine(47), why, status)
      expect(await writerOf(own()).write(points)).toEqual({ ok: true, refused: [{ seq: 7, reason: why }] })
      expect(new Set(lines()).size).toBe(19)
    })

    test('points older than the retention are left out, as InfluxDB was told, in one request', async () => {
      await ready()
      drop((line) => isLine(41)(line) || isLine(42)(line), 'points beyond retention policy')
      expect(await writerOf(own()).write(points)).toEqual({ ok: true, refused: [] })
      expect(api.written.map((request) => request.length)).toEqual([18])
    })

    test('a line that it cannot parse is found, though nothing of its request was written', async () => {
      await ready()
      api.answer = (all) => {
        const bad = all.find(isLine(50))
        if (bad === undefined) return undefined
        return {
          status: 400,
          body: { code: 'invalid', message: `unable to parse '${bad}': bad timestamp` },
        }
      }
      expect(await writerOf(own()).write(points)).toEqual({
        ok: true,
        refused: [{ seq: 10, reason: 'unable to parse: bad timestamp' }],
      })
      expect(lines()).toHaveLength(19)
    })

    test('413: smaller requests, until they are taken; a point that is too large alone is left out', async () => {
      await ready()
      const sizes: number[] = []
      api.answer = (all) => {
        sizes.push(all.length)
        if (all.length <= 5 && !all.some(isLine(60))) return undefined
        return {
          status: 413,
          body: { code: 'request too large', message: 'cannot read data: max body size exceeded' },
        }
      }
      expect(await writerOf(own()).write(points)).toEqual({
        ok: true,
        refused: [{ seq: 20, reason: 'cannot read data: max body size exceeded' }],
      })
      expect(sizes.slice(0, 3)).toEqual([20, 10, 5])
      expect(lines()).toHaveLength(19)
    })

    test('413 to each point alone: nothing is given up, as nothing that small can be too large', async () => {
      await ready()
      let requests = 0
      api.answer = () => {
        requests++
        return { status: 413, body: 'Request Entity Too Large' }
      }
      expect(await writerOf(own()).write(points)).toEqual({
        ok: false,
        retry: false,
        error: `Cannot write history to ${api.url}: Request Entity Too Large`,
      })
      // It does not go through all of them to find that out.
      expect(requests).toBeLessThan(12)
    })

    test.each([
      [429, { code: 'too many requests', message: 'write limit' }, '7', 7000, 'write limit'],
      [503, { code: 'unavailable', message: 'cache full' }, '120', 120_000, 'cache full'],
      [503, 'busy', undefined, undefined, 'busy'],
      [500, '', undefined, undefined, 'it answered 500'],
    ])('%d: nothing is given up, it is tried again, not before it asks (%j)', async (...given) => {
      const [status, body, header, after, words] = given
      await ready()
      api.answer = () => ({ status, body, headers: header === undefined ? {} : { 'retry-after': header } })
      expect(await writerOf(own()).write(points)).toEqual({
        ok: false,
        retry: true,
        error: `Cannot write history to ${api.url}: ${words}`,
        ...(after !== undefined && { after }),
      })
    })

    test('a Retry-After that is a date counts from now', async () => {
      await ready()
      const date = new Date(Date.now() + 60_000).toUTCString()
      api.answer = () => ({ status: 503, headers: { 'retry-after': date } })
      const result = await writerOf(own()).write(points)
      const after = result.ok ? undefined : result.after
      expect(after).toBeGreaterThan(50_000)
      expect(after).toBeLessThanOrEqual(60_000)
    })

    test('a wrong token: said, and not the token', async () => {
      await ready()
      expect(await writerOf(own({ token: 'wr0ng-t0ken' })).write(points)).toEqual({
        ok: false,
        retry: false,
        error: `Cannot write history to ${api.url}: it does not accept the token: unauthorized access`,
      })
    })

    test('an organization that is not there is said', async () => {
      await ready()
      expect(await writerOf(own({ org: 'cars' })).write(points)).toMatchObject({
        retry: false,
        error: expect.stringContaining('organization name "cars" not found'),
      })
    })

    test('a 400 of something between gives nothing up', async () => {
      await ready()
      api.answer = () => ({ status: 400, body: '<html>Bad Request</html>' })
      expect(await writerOf(own()).write(points)).toMatchObject({
        ok: false,
        retry: false,
        error: expect.stringContaining('<html>Bad Request</html>'),
      })
    })
  })

  describe('createFollower', () => {
    test('waits as long as the server asks, though its own wait would be shorter', async () => {
      await ready()
      const clock = virtualClock(T0)
      let isBusy = true
      api.answer = () => (isBusy ? { status: 429, headers: { 'retry-after': '30' } } : undefined)
      const cursor = { at: 0 }
      const follower = createFollower({
        source: testJournal(entriesOf(1, 3)),
        cursor: { get: () => cursor.at, set: (seq) => void (cursor.at = seq) },
        writer: writerOf(own()),
        onCommit: () => () => {},
        roomOf: () => undefined,
        clock,
        random: () => 1,
        log: { info() {}, warn() {} },
      })
      follower.start()
      await expect.poll(() => follower.state()).toMatchObject({ name: 'waiting', until: T0 + 30_000 })
      isBusy = false
      await clock.pass(29_000)
      expect(cursor.at).toBe(0)
      await clock.pass(1000)
      await expect.poll(() => cursor.at).toBe(3)
      await follower.stop()
    })
  })

  describe('setUpInflux2', () => {
    const options = { keep: 2 * YEAR, keepHourly: 10 * YEAR }

    test('makes buckets, mappings and tasks; the second time nothing', async () => {
      const first = await setUpInflux2(own(), options)
      expect(first).toEqual({
        ok: true,
        steps: [
          { what: 'bucket "aal"', did: 'made', detail: 'keeps points 2y' },
          { what: 'bucket "aal_hourly"', did: 'made', detail: 'keeps points 10y' },
          { what: 'mapping "aal/autogen"', did: 'made', detail: 'leads to bucket "aal"' },
          { what: 'mapping "aal/hourly"', did: 'made', detail: 'leads to bucket "aal_hourly"' },
          { what: 'task "aal hourly numbers"', did: 'made', detail: 'fills "aal_hourly" every hour' },
          { what: 'task "aal hourly states"', did: 'made', detail: 'fills "aal_hourly" every hour' },
        ],
      })
      expect(api.buckets.get('aal')?.retentionRules).toEqual([
        { type: 'expire', everySeconds: 63_072_000, shardGroupDurationSeconds: 604_800 },
      ])
      expect(
        api.mappings.map(({ database, retention_policy: policy, bucketID, default: isDefault }) => [
          database,
          policy,
          bucketID,
          isDefault,
        ]),
      ).toEqual([
        ['aal', 'autogen', api.buckets.get('aal')?.id, true],
        ['aal', 'hourly', api.buckets.get('aal_hourly')?.id, false],
      ])
      api.changes.length = 0
      const second = await setUpInflux2(own(), options)
      expect(second.steps.map(({ did }) => did)).toEqual(Array.from({ length: 6 }, () => 'stood'))
      expect(api.changes).toEqual([])
    })

    test('a dry run says the same and changes nothing', async () => {
      const dry = await setUpInflux2(own(), { ...options, dryRun: true })
      expect(api.changes).toEqual([])
      expect(await setUpInflux2(own(), options)).toEqual(dry)
    })

    test('keeps longer at once, and shorter where that deletes nothing, or when told to', async () => {
      await setUpInflux2(own(), { keep: 90 * DAY, keepHourly: 0 })
      api.withPoints.add('aal_hourly')
      const seconds = (name: string) => api.buckets.get(name)?.retentionRules[0]?.everySeconds
      const longer = await setUpInflux2(own(), options)
      expect(longer.steps.slice(0, 2)).toEqual([
        { what: 'bucket "aal"', did: 'changed', detail: 'keeps points 2y, not 90d' },
        {
          what: 'bucket "aal_hourly"',
          did: 'left',
          detail:
            'keeps points for ever, longer than 10y, and has some that are older: with --shorten it deletes them',
        },
      ])
      expect([seconds('aal'), seconds('aal_hourly')]).toEqual([63_072_000, 0])
      await setUpInflux2(own(), { ...options, shorten: true })
      expect(seconds('aal_hourly')).toBe(315_360_000)
      await setUpInflux2(own(), { keep: DAY, keepHourly: 0 })
      expect([seconds('aal'), seconds('aal_hourly')]).toEqual([86_400, 0])
    })

    test('a task of an older hub is brought up to date, and what a person mapped elsewhere is left', async () => {
      await ready()
      for (const task of api.tasks.values()) task.flux = '// of before'
      const elsewhere = api.mappings.map((one) => ({ ...one, bucketID: 'ffffffffffffffff' }))
      api.mappings.splice(0, 2, ...elsewhere)
      const again = await setUpInflux2(own(), options)
      expect(again.steps.slice(2).map(({ did }) => did)).toEqual(['left', 'left', 'changed', 'changed'])
      expect([...api.tasks.values()].map(({ flux }) => flux)).toEqual([...hourlyTasks('aal').values()])
      expect(api.changes).toEqual(['PATCH /api/v2/tasks/:id', 'PATCH /api/v2/tasks/:id'])
    })

    test('a mapping that InfluxDB makes up for a bucket is no mapping; a wrong default is set right', async () => {
      await ready()
      const [first, second] = api.mappings
      if (!first || !second) throw new Error('there are no mappings')
      api.mappings.splice(0, 2, { ...first, virtual: true }, { ...second, default: true })
      const again = await setUpInflux2(own(), options)
      expect(again.steps.slice(2, 4).map(({ did }) => did)).toEqual(['made', 'changed'])
      expect(api.mappings.find(({ retention_policy: policy }) => policy === 'hourly')?.default).toBe(false)
    })

    test.each([
      ['a wrong token', { token: 'x' }, /^organization "care": it does not accept the token/],
      [
        'an organization that is not there',
        { org: 'cars' },
        /^organization "cars": organization name "cars" not found$/,
      ],
    ])('%s: said, nothing was changed', async (_, settings, message) => {
      const done = await setUpInflux2(own(settings), options)
      expect(done).toMatchObject({ ok: false, steps: [], message: expect.stringMatching(message) })
      expect(api.changes).toEqual([])
    })
  })

  describe('hourlyTasks', () => {
    test('has one task for numbers and one for words and yes/no, over all kinds', () => {
      const [numbers = '', states = ''] = hourlyTasks('aal').values()
      expect(numbers).toContain('option task = {name: "aal hourly numbers", every: 1h, offset: 5m}')
      expect(numbers).toContain('r._measurement =~ /^(heart_rate|')
      expect(numbers.match(/fn: \w+, createEmpty/g)).toHaveLength(4)
      expect(states).toContain('r._measurement =~ /^(fall|')
      expect(states.match(/fn: \w+, createEmpty/g)).toHaveLength(2)
      expect(hourlyTasks('a "${b}"').get('aal hourly numbers')).toContain('from(bucket: "a \\"\\${b}\\"")')
    })
  })

  describe('fillHours2', () => {
    test('runs what the tasks run, over the given hours', async () => {
      await ready()
      expect(await fillHours2(own(), T0, T0 + DAY)).toEqual({ ok: true, value: undefined })
      expect(api.fluxes).toHaveLength(2)
      const range = `range(start: ${new Date(T0).toISOString()}, stop: ${new Date(T0 + DAY).toISOString()})`
      for (const [index, task] of [...hourlyTasks('aal').values()].entries()) {
        const ran = api.fluxes[index] ?? ''
        expect(ran).toContain(range)
        expect(ran).not.toContain('option task')
        expect(task.endsWith(ran.slice(ran.indexOf(range) + range.length))).toBe(true)
      }
      expect(await fillHours2(own({ token: 'x' }), T0, T0 + DAY)).toMatchObject({ ok: false, status: 401 })
    })
  })

  describe('createInfluxqlReader', () => {
    test('asks the mapped database in InfluxQL, with the token, and gives values back', async () => {
      const asked: Record<string, string>[] = []
      api.select = (query) => {
        asked.push(Object.fromEntries(query))
        return {
          results: [
            {
              statement_id: 0,
              series: [
                {
                  name: 'door',
                  columns: ['time', 'value', 'state'],
                  values: [
                    [T0 + 1, 1, 'open'],
                    [T0, 0, 'closed'],
                  ],
                },
              ],
            },
          ],
        }
      }
      const reader = createInfluxqlReader(own())
      expect(
        await reader.series({ home: "h'1", sensor: 'd', kind: 'door', from: T0, to: T0 + 5, limit: 10 }),
      ).toEqual([
        { at: T0, value: 'closed' },
        { at: T0 + 1, value: 'open' },
      ])
      expect(asked).toEqual([
        {
          db: 'aal',
          epoch: 'ms',
          q: expect.stringContaining('FROM "door"'),
          params: JSON.stringify({
            home: "h'1",
            sensor: 'd',
            from: new Date(T0).toISOString(),
            end: new Date(T0 + 6).toISOString(),
          }),
        },
      ])
    })

    test.each([
      [{ results: [{ statement_id: 0, error: 'database not found: aal' }] }, /: database not found: aal$/],
      [{ welcome: true }, /does not answer a query as InfluxDB does/],
    ])('says when it cannot be asked: %j', async (answer, message) => {
      api.select = () => answer
      const asked = createInfluxqlReader(own()).series({ home: 'h', kind: 'door', from: 0, to: 1, limit: 1 })
      await expect(asked).rejects.toThrow(message)
    })

    test('nothing there is empty', async () => {
      const range = { from: 0, to: 1, limit: 1 }
      expect(await createInfluxqlReader(own()).series({ home: 'h', kind: 'door', ...range })).toEqual([])
    })
  })

  test('version is what its health says', async () => {
    expect(await own().version()).toEqual({ ok: true, value: 'v2.7.11' })
  })
})

describe('createInflux2Writer against what is no InfluxDB', () => {
  const points = toPoints(entriesOf(1, 3))

  test('nobody listens', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    expect(await writerOf(connect({ url: `${url}/` })).write(points)).toEqual({
      ok: false,
      retry: true,
      error: `Cannot write history to ${url}: nothing listens there (ECONNREFUSED)`,
    })
  })

  test('a URL of another scheme is refused when connecting', () => {
    expect(() => connect({ url: 'mqtt://127.0.0.1' })).toThrow('expected http:// or https://')
  })

  test('a web server that says 200 to everything does not swallow history', async () => {
    const server = await listen((_request, response) => response.end('<html>Welcome</html>'))
    onTestFinished(() => server.stop())
    expect(await writerOf(connect(server)).write(points)).toEqual({
      ok: false,
      retry: false,
      error: `Cannot write history to ${server.url}: it answers a write with 200, not as InfluxDB does; is the URL right?`,
    })
    expect(await connect(server).version()).toMatchObject({ ok: false })
  })

  test('a server that says nothing is given up in time', async () => {
    const sockets = new Set<Socket>()
    const server = createTcpServer((socket) => {
      sockets.add(socket)
      socket.on('error', () => {})
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    expect(await writerOf(connect({ url, timeout: 100 })).write(points)).toEqual({
      ok: false,
      retry: true,
      error: `Cannot write history to ${url}: it did not answer within 0.1 s`,
    })
  })

  test('an answer that drips is given up in time, and its connection closed', async () => {
    let closed = false
    const server = await listen((request, response) => {
      request.resume()
      response.writeHead(400, { 'content-length': 1000 })
      const drip = setInterval(() => response.write('.'), 20)
      request.socket.once('close', () => {
        clearInterval(drip)
        closed = true
      })
    })
    onTestFinished(() => server.stop())
    expect(await writerOf(connect({ url: server.url, timeout: 200 })).write(points)).toMatchObject({
      ok: false,
      retry: true,
      error: expect.stringContaining('it did not answer within 0.2 s'),
    })
    await expect.poll(() => closed).toBe(true)
  })
})
