import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseConfig } from '../../hub/config.ts'
import { erase2 } from '../../hub/history/erase-points.ts'
import { connectInflux2 } from '../../hub/history/influx2-client.ts'
import { startHub } from '../../hub/hub.ts'
import type { RunningHub } from '../../hub/hub.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import type { Influxd } from '../helpers/influxd.ts'
import { bodyOf, listen } from '../helpers/listen.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const HOMES = `homes:
  - id: h-1
    timezone: Europe/Oslo
    state: closed
    residents: [{ id: r1 }]
    sensors: [{ id: s-1, profile: native, resident: r1 }]
  - id: h-2
    timezone: Europe/Oslo
    residents: [{ id: r1 }, { id: r2 }]
    sensors: [{ id: s-1, profile: native, resident: r1 }, { id: s-2, profile: native, resident: r2 }]
`
const data = join(tempDir('erase'), 'data')
let influxd: Influxd
let hub: RunningHub

async function start(): Promise<RunningHub> {
  const config = parseConfig(
    'hub.yaml',
    `data: ${data}\nmqtt: { port: 0 }\nhttp: { port: 0 }\ninfluxdb: { url: "${influxd.url}", database: aal }\n`,
  )
  if (!config.ok) throw new Error(JSON.stringify(config.problems))
  return startHub({ config: config.value, log: pino({ level: 'silent' }), onFailure: () => {} })
}

beforeAll(async () => {
  influxd = await startInfluxd()
  hub = await start()
  await hub.office.importHomes('homes.yaml', HOMES)
  const at = hub.core.now()
  const homes = [
    ['h-1', 's-1'],
    ['h-2', 's-1'],
    ['h-2', 's-2'],
  ] as const
  for (const [home, sensor] of homes) {
    await hub.core.take({
      type: 'reading',
      reading: { home, sensor, kind: 'heart_rate', value: 70, at, receivedAt: at },
    })
  }
  await waitFor('the points', async () => (await series('"home" = \'h-2\'')).length > 1 || undefined)
  // The means of hours, as InfluxDB makes them.
  await influxd.query('aal', 'SELECT "value" INTO "aal"."hourly"."heart_rate" FROM "heart_rate" GROUP BY *')
}, 60_000)
afterAll(async () => {
  await hub.stop()
  await influxd.stop()
})

async function series(where: string): Promise<string[]> {
  const found = await influxd.query('aal', `SHOW SERIES WHERE ${where}`)
  return found.flatMap(({ values }) => values.map(([name]) => String(name)))
}

const erasure = (id: number) => hub.office.erasures.find(id)

describe('points of somebody who was erased', () => {
  it('go from a real InfluxDB 1.x, also those of hours, and those of others stay', async () => {
    const { id } = await hub.office.erasures.erase('h-2', 'r2', 'operator:siv')
    await waitFor('InfluxDB', () => erasure(id)?.confirmedAt)
    expect(await series('"home" = \'h-2\' AND "sensor" = \'s-2\'')).toEqual([])
    expect((await series('"home" = \'h-2\' AND "sensor" = \'s-1\'')).length).toBeGreaterThan(0)
  })

  it('are asked for until it confirms, over a start of the hub too', async () => {
    expect((await series('"home" = \'h-1\'')).length).toBeGreaterThan(0)
    await influxd.stop()
    const { id } = await hub.office.erasures.erase('h-1', undefined, 'operator:siv')
    const waiting = await waitFor('the refusal', () => (erasure(id)?.waitsFor ? erasure(id) : undefined))
    expect(waiting).toMatchObject({ step: 'history', waitsFor: expect.stringContaining('ECONNREFUSED') })
    await hub.stop()
    influxd = await startInfluxd({ dir: influxd.dir, port: influxd.port })
    hub = await start()
    await waitFor('InfluxDB', () => erasure(id)?.confirmedAt)
    expect(erasure(id)).toMatchObject({ step: 'again' })
    expect(erasure(id)?.waitsFor).toBeUndefined()
    expect(await series('"home" = \'h-1\'')).toEqual([])
    for (const policy of ['autogen', 'hourly']) {
      const left = await influxd.query('aal', `SELECT * FROM "aal"."${policy}"."heart_rate" GROUP BY "home"`)
      expect(left.map(({ tags }) => tags?.['home'])).toEqual(['h-2'])
    }
  }, 60_000)

  it('are deleted from both buckets of 2.x; that of hours need not be there', async () => {
    const asked: { bucket: string | null; predicate: string }[] = []
    let isSetUp = true
    const server = await listen(async (request, response) => {
      const url = new URL(request.url ?? '', 'http://x')
      const bucket = url.searchParams.get('bucket')
      const { predicate } = JSON.parse(await bodyOf(request)) as { predicate: string }
      asked.push({ bucket, predicate })
      const isMissing = !isSetUp && bucket === 'aal_hourly'
      response.writeHead(isMissing ? 404 : 204, { 'content-type': 'application/json' })
      response.end(
        isMissing ? '{"code":"not found","message":"bucket \\"aal_hourly\\" not found"}' : undefined,
      )
    })
    const client = connectInflux2({ url: server.url, org: 'care', bucket: 'aal', token: 't' })
    try {
      expect(await erase2(client, { home: 'h"1', sensors: [] })).toEqual({ ok: true, value: undefined })
      expect(asked).toEqual([
        { bucket: 'aal', predicate: String.raw`home="h\"1"` },
        { bucket: 'aal_hourly', predicate: String.raw`home="h\"1"` },
      ])
      isSetUp = false
      asked.length = 0
      expect((await erase2(client, { home: 'h-2', resident: 'r1', sensors: ['s-1'] })).ok).toBe(true)
      expect(asked.map(({ predicate }) => predicate).slice(0, 3)).toEqual([
        'home="h-2" AND subject="r1"',
        'home="h-2" AND sensor="s-1"',
        'home="h-2" AND subject="s-1"',
      ])
    } finally {
      client.close()
      await server.stop()
    }
    const refused = connectInflux2({ url: server.url, org: 'care', bucket: 'aal', token: 't' })
    expect(await erase2(refused, { home: 'h-1', sensors: [] })).toMatchObject({
      ok: false,
      message: expect.stringContaining('bucket "aal": nothing listens there'),
    })
    refused.close()
  })
})
