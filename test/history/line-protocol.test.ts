import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as fc from 'fast-check'
import { InfluxDB } from 'influx'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectInflux1 } from '../../hub/history/influx1-client.ts'
import { lineOf, linesOf } from '../../hub/history/line-protocol.ts'
import type { Point } from '../../hub/history/points.ts'
import { tagValue } from '../../hub/history/points.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import { serverMissing } from '../helpers/servers.ts'
import { T0 } from './entries.ts'

/** All that people, devices and attackers may put into a name or a word; more often what line protocol treats apart. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(...`,= "\\'ø\n#{}[]\t🏠 abc`), maxLength: 12 }),
)
const tag = text.map(tagValue).filter((value) => value !== '')
const tags = fc.record({ home: tag, room: tag, sensor: tag }, { requiredKeys: ['home'] })
const number = fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.integer())
/** In the order of their names, as the package writes them. */
const fields = fc
  .record({ value: number, alert: text, late: fc.constant(true), scope: text }, { requiredKeys: ['value'] })
  .map(({ value, alert, late, scope }) => ({
    ...(alert !== undefined && { alert }),
    ...(late && { late }),
    ...(scope !== undefined && { scope }),
    value,
  }))
const measurement = fc.constantFrom('heart_rate', 'door', 'alert')

function point(seq: number, part: Pick<Point, 'measurement' | 'tags' | 'fields'>): Point {
  return { ...part, time: `${T0}${String(seq).padStart(6, '0')}`, seq }
}

/** As many points as asked for, each at a time of its own. */
function points(count: number): Point[] {
  return fc.sample(fc.record({ measurement, tags, fields }), count).map((part, index) => point(index, part))
}

describe('linesOf', () => {
  it('escapes in measurements, tags and strings what the protocol treats apart, and nothing else', () => {
    const given = point(1, {
      measurement: 'a b,c',
      tags: { home: 'h 1,=x', sensor: 'dør"' },
      fields: { value: 1.5, scope: 'say "no" \\ =, ', late: true },
    })
    expect(lineOf(given)).toBe(
      `a\\ b\\,c,home=h\\ 1\\,\\=x,sensor=dør" value=1.5,scope="say \\"no\\" \\\\ =, ",late=true ${T0}000001`,
    )
  })

  it('writes what the package influx writes', async () => {
    let body = ''
    const server = createServer((request, response) => {
      request.setEncoding('utf8').on('data', (part: string) => (body += part))
      request.on('end', () => response.writeHead(204).end())
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))
    const influx = new InfluxDB({
      database: 'aal',
      host: '127.0.0.1',
      port: (server.address() as AddressInfo).port,
    })
    // The package writes \' as \\\' and gets back another string: the next test says what is right.
    const given = points(1000).filter((one) => !JSON.stringify(one.fields).includes(String.raw`\\'`))
    expect(given.length).toBeGreaterThan(900)
    await influx.writePoints(given.map(({ time, ...rest }) => ({ ...rest, timestamp: time })))
    expect(linesOf(given)).toBe(body)
  })

  it.skipIf(serverMissing('influxd'))('is read by influxd as the same points, also compressed', async () => {
    const influxd = await startInfluxd()
    onTestFinished(() => influxd.stop())
    const given = [
      ...points(1000),
      point(1000, {
        measurement: 'alert',
        tags: { home: 'h1' },
        fields: { value: 1, scope: String.raw`it\'s` },
      }),
    ]
    for (const gzip of [false, true]) {
      const client = connectInflux1({ url: influxd.url, database: `gzip ${gzip}`, gzip })
      onTestFinished(() => client.close())
      await client.influx.createDatabase(client.database)
      expect(await client.write(linesOf(given))).toEqual({ ok: true })
      // As text: nanoseconds have more digits than a number.
      const answer: unknown = await client.influx.queryRaw('SELECT * FROM /.*/ GROUP BY *')
      expect(readBack(answer)).toEqual(new Map(given.map((one) => [below(one.time), contentOf(one)])))
    }
  })
})

interface RawAnswer {
  readonly results: readonly {
    readonly series: readonly {
      readonly name: string
      readonly tags?: Readonly<Record<string, string>>
      readonly columns: readonly string[]
      readonly values: readonly (readonly unknown[])[]
    }[]
  }[]
}

/** Each point's content by its number. */
function readBack(answer: unknown): Map<number, unknown> {
  const series = (answer as RawAnswer).results.flatMap((result) => result.series)
  return new Map(
    series.flatMap(({ name, tags: tagged = {}, columns, values }) =>
      values.map((row) => {
        const all = Object.fromEntries(columns.map((column, index) => [column, row[index]]))
        const { time, ...rest } = all
        const kept = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null))
        const own = Object.fromEntries(Object.entries(tagged).filter(([, value]) => value !== ''))
        // Without the zeros at its end.
        const nanoseconds = (/\.(\d+)Z$/.exec(String(time))?.[1] ?? '').padEnd(9, '0')
        return [below(nanoseconds), { measurement: name, tags: own, fields: kept }] as const
      }),
    ),
  )
}

function contentOf({ measurement: name, tags: tagged, fields: given }: Point) {
  // -0 is 0 in JSON.
  const kept = Object.fromEntries(Object.entries(given).map(([key, value]) => [key, value === 0 ? 0 : value]))
  return { measurement: name, tags: { ...tagged }, fields: kept }
}

function below(time: string): number {
  return Number(time.slice(-6))
}
