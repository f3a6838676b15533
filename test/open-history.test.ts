import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { configSchema } from '../hub/config.ts'
import { pointsOf } from '../hub/history/points.ts'
import { openHistory } from '../hub/open-history.ts'
import type { History } from '../hub/open-history.ts'
import { startInflux2Api } from './helpers/influx2-api.ts'
import { startInfluxd } from './helpers/influxd.ts'
import type { Influxd } from './helpers/influxd.ts'
import { listen } from './helpers/listen.ts'
import { serverMissing } from './helpers/servers.ts'
import { tempDir } from './helpers/temp-dir.ts'
import { entry, T0 } from './history/entries.ts'

const points = pointsOf(entry(1, { home: 'h1', at: T0 }), () => undefined).points

async function open(influxdb: object) {
  const said: object[] = []
  const log = {
    info: (fields: object) => void said.push(fields),
    warn: (fields: object) => void said.push(fields),
  }
  const settings = configSchema.parse({ influxdb }).influxdb
  if (!settings) throw new Error('there are no settings')
  return { history: await openHistory(settings, { log }), said }
}

/** Writes with both writers of a history, first beside the journal. */
async function writeBoth(history: History) {
  const [side, own] = [history.openSideWriter(), history.openWriter()]
  try {
    return { side: await side.write(points), own: await own.write(points), again: await side.write(points) }
  } finally {
    side.close()
    own.close()
    history.close()
  }
}

describe.skipIf(serverMissing('influxd'))('openHistory with InfluxDB 1.x', () => {
  let influxd: Influxd
  beforeAll(async () => {
    influxd = await startInfluxd()
  })
  afterAll(() => influxd.stop())

  it('sets a database that the follower makes up fully; what is written beside the journal makes none', async () => {
    const { history, said } = await open({ url: influxd.url, database: 'made', keep: 'forever' })
    expect(history.title).toBe(`InfluxDB 1.x at ${influxd.url}, database "made"`)
    const { side, own, again } = await writeBoth(history)
    expect(side).toMatchObject({
      ok: false,
      retry: true,
      error: expect.stringContaining('there is no database "made"'),
    })
    // The follower must hear of it, to write all of the journal again.
    expect(own).toEqual({ ok: true, refused: [], created: true })
    expect(again).toEqual({ ok: true, refused: [] })
    const [policies] = await influxd.query('made', 'SHOW RETENTION POLICIES ON "made"')
    expect(policies?.values.map(([name, duration]) => [name, duration])).toEqual([
      ['autogen', '0s'],
      ['hourly', '87600h0m0s'],
    ])
    const queries = await influxd.query('', 'SHOW CONTINUOUS QUERIES')
    expect(queries.find(({ name }) => name === 'made')?.values).toHaveLength(2)
    expect(said).toEqual([{ made: expect.arrayContaining(['database "made"', 'retention policy "hourly"']) }])
  })

  const policiesOf = async (database: string) => {
    const [policies] = await influxd.query(database, `SHOW RETENTION POLICIES ON "${database}"`)
    return policies?.values.map(([name, duration]) => [name, duration])
  }

  it.each([
    ['openWriter', 'own'],
    ['openSideWriter', 'side'],
  ] as const)(
    '%s sets up an empty database that somebody else made, before it writes',
    async (open1, database) => {
      await influxd.query('', `CREATE DATABASE "${database}"`)
      const { history, said } = await open({ url: influxd.url, database, keep: '2000d' })
      const writer = history[open1]()
      expect(await writer.write(points)).toEqual({ ok: true, refused: [] })
      expect(await writer.write(points)).toEqual({ ok: true, refused: [] })
      expect(await policiesOf(database)).toEqual([
        ['autogen', '48000h0m0s'],
        ['hourly', '87600h0m0s'],
      ])
      expect(said).toHaveLength(1)
      writer.close()
      history.close()
    },
  )

  it('shortens nothing unasked where there are points, however new', async () => {
    await influxd.query('', 'CREATE DATABASE "kept"')
    const now = pointsOf(entry(1, { home: 'h1', at: Date.now() }), () => undefined).points
    const first = await open({ url: influxd.url, database: 'kept', keep: 'forever' })
    const writer = first.history.openWriter()
    await writer.write(now)
    const { history, said } = await open({ url: influxd.url, database: 'kept', keep: '2000d' })
    const later = history.openWriter()
    expect(await later.write(now)).toEqual({ ok: true, refused: [] })
    expect((await policiesOf('kept'))?.[0]).toEqual(['autogen', '0s'])
    expect(said).toEqual([])
    // Asked, it does: nothing is that old.
    expect((await history.setUp()).steps[1]).toMatchObject({ did: 'changed' })
    for (const one of [writer, later, first.history, history]) one.close()
  })

  it('makes the means of hours anew that were written long after they happened', async () => {
    const { history } = await open({ url: influxd.url, database: 'hours' })
    const writer = history.openWriter()
    const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 40 * 24 * 3_600_000
    const late = [60, 70].map((value, index) =>
      pointsOf(entry(index + 1, { home: 'h1', at: hour + index, value }), () => undefined),
    )
    await writer.write(late.flatMap((made) => made.points))
    const done: number[] = []
    expect(await history.fillHours(hour - 60_000, hour + 25 * 3_600_000, (part) => done.push(part))).toEqual({
      ok: true,
      value: undefined,
    })
    expect(done).toEqual([24 / 26, 1])
    const [series] = await influxd.query('hours', 'SELECT "value", "count", "max" FROM "hourly"."heart_rate"')
    expect(series?.values).toEqual([[hour * 1e6, 65, 2, 70]])
    writer.close()
    history.close()
  })

  it('reads graphs, unless they are to be read from the journal', async () => {
    const range = { home: 'h1', kind: 'heart_rate', from: T0, to: T0, limit: 1 }
    const { history } = await open({ url: influxd.url, database: 'made' })
    expect(await history.reader?.series(range)).toEqual([{ at: T0, value: 41 }])
    history.close()
    const other = await open({ url: influxd.url, graphs: 'journal' })
    expect(other.history.reader).toBeUndefined()
    other.history.close()
  })
})

describe('openHistory with InfluxDB 2.x', () => {
  it('has the token from its file, and sets a bucket that the follower makes up fully', async () => {
    const api = await startInflux2Api()
    const tokenFile = join(tempDir('token'), 'token')
    writeFileSync(tokenFile, `${api.token}\n`)
    try {
      const { history } = await open({ version: 2, url: api.url, org: 'care', tokenFile })
      expect(history.title).toBe(`InfluxDB 2.x at ${api.url}, organization "care", bucket "aal"`)
      const { side, own, again } = await writeBoth(history)
      expect(side).toMatchObject({ ok: false, retry: true })
      expect(own).toEqual({ ok: true, refused: [], created: true })
      expect(again).toEqual({ ok: true, refused: [] })
      expect([api.buckets.size, api.mappings.length, api.tasks.size]).toEqual([2, 2, 2])
      // What stands there already needs nothing more.
      api.changes.length = 0
      const next = await open({ version: 2, url: api.url, org: 'care', tokenFile })
      const writer = next.history.openWriter()
      expect(await writer.write(points)).toEqual({ ok: true, refused: [] })
      expect(api.changes).toEqual([])
      for (const one of [writer, next.history]) one.close()
    } finally {
      await api.stop()
    }
  })

  it('sets up once a bucket that somebody else made, though two threads begin to write', async () => {
    const api = await startInflux2Api()
    try {
      // As a container's first start makes it.
      api.buckets.set('aal', {
        id: '00000000000000aa',
        orgID: '0000000000000001',
        name: 'aal',
        retentionRules: [],
      })
      const threads = await Promise.all(
        [1, 2].map(() => open({ version: 2, url: api.url, org: 'care', token: api.token })),
      )
      const [first, second] = threads.map(({ history }) => history)
      const writers = [first?.openWriter(), second?.openSideWriter()]
      await Promise.all(writers.map((writer) => writer?.write(points)))
      expect([api.buckets.size, api.mappings.length, api.tasks.size]).toEqual([2, 2, 2])
      // One of them says what it made; none that it may not.
      expect(threads.flatMap(({ said }) => said)).toEqual([{ changes: expect.anything() }])
      for (const one of [...writers, first, second]) one?.close()
    } finally {
      await api.stop()
    }
  })

  it('writes where it may do nothing else, and says so once', async () => {
    // As what only speaks the write API of 2.x.
    let writes = 0
    const server = await listen((request, response) => {
      request.resume()
      const isWrite = request.url?.startsWith('/api/v2/write') === true
      if (isWrite) writes += 1
      response.writeHead(isWrite ? 204 : 400).end()
    })
    try {
      const { history, said } = await open({ version: 2, url: server.url, org: 'x', token: 'x' })
      const { side, own } = await writeBoth(history)
      expect([side, own]).toEqual([
        { ok: true, refused: [] },
        { ok: true, refused: [] },
      ])
      expect(writes).toBe(3)
      expect(said).toEqual([{ error: 'organization "x": it answered 400' }])
    } finally {
      await server.stop()
    }
  })

  it('writes though the rest of the set-up fails, and says what to run', async () => {
    const api = await startInflux2Api()
    try {
      const { history, said } = await open({ version: 2, url: api.url, org: 'care', token: api.token })
      // As with a token that may make buckets, and nothing else.
      const push = api.mappings.push.bind(api.mappings)
      api.mappings.push = () => {
        throw new Error('no')
      }
      const { own } = await writeBoth(history)
      api.mappings.push = push
      expect(own).toEqual({ ok: true, refused: [], created: true })
      expect(said).toEqual([{ error: expect.stringContaining('mapping "aal/autogen"') }])
    } finally {
      await api.stop()
    }
  })
})
