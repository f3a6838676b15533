import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pino } from 'pino'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../hub/config.ts'
import { startHub } from '../../hub/hub.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { MESSAGES, countReadings, homeId, middayZone, seedHomes } from './bench-homes.ts'
import { at, isMet, median } from './figures.ts'
import { PARTS } from './parts.ts'
import { insertTable, markdownTable, showAim } from './report.ts'
import type { Machine } from './report.ts'
import { startGenerator } from './start-generator.ts'
import { startNodeServer } from './start-node-server.ts'
import { sumProfile } from './sum-profile.ts'

const ONE = { id: 'one', home: homeId(0) }

describe('the generator', () => {
  it('has every reading acknowledged by a hub, whose journal has them once and whose rules find nothing', async () => {
    const data = tempDir('bench-test')
    const gateways = await seedHomes(data, 3)
    const base = await loadConfig(undefined)
    const hub = await startHub({
      config: { ...base, data, mqtt: { ...base.mqtt, port: 0 }, http: { ...base.http, port: 0 } },
      log: pino({ level: 'silent' }),
      onFailure: () => {},
    })
    const generator = await startGenerator({ port: hub.mqttPort ?? 0, clients: gateways, messages: MESSAGES })
    const counts = { warmUp: 0, time: 0 }
    const first = await generator.run({ ...counts, pace: { each: 20 }, count: 100 })
    const second = await generator.run({ ...counts, pace: { together: 5 }, count: 50 })
    const paced = await generator.run({ pace: { together: 5, rate: 1000 }, warmUp: 0, time: 100 })
    const alerts = hub.core.openAlerts()
    await generator.stop()
    await hub.stop()
    expect([first.acknowledged, second.acknowledged]).toEqual([100, 50])
    expect(paced.acknowledged).toBe(paced.sent)
    expect(paced.sent).toBeGreaterThan(0)
    expect(paced.sent).toBeLessThanOrEqual(100)
    expect(countReadings(data)).toBe(150 + paced.sent)
    expect(alerts).toEqual([])
  })

  it('counts what is acknowledged in the time, without the warm-up', async () => {
    const sink = await startNodeServer('puback-sink')
    const generator = await startGenerator({ port: sink.port, clients: [ONE], messages: MESSAGES })
    const phase = { pace: { each: 20 }, time: 0, count: 40 }
    const warming = await generator.run({ ...phase, warmUp: 60_000 })
    const counting = await generator.run({ ...phase, warmUp: 0 })
    await generator.stop()
    await sink.stop()
    expect([warming.acknowledged, warming.counted]).toEqual([40, 0])
    expect([counting.acknowledged, counting.counted]).toEqual([40, 40])
  })

  it.each([
    ['a PUBACK is of another packet', Buffer.from([0x40, 2, 0, 2]), 'expected the PUBACK of packet 1, got 2'],
    ['something else comes', Buffer.from([0x30, 2, 0, 2]), 'expected PUBACK, got 48'],
    ['the connection is closed', undefined, 'a connection was closed by the other side'],
  ])('fails when %s', async (_, answer, message) => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => {
        socket.write(Buffer.from([0x20, 2, 0, 0]))
        socket.once('data', () => (answer ? socket.write(answer) : socket.end()))
      })
    })
    await new Promise<void>((fulfil) => server.listen(0, '127.0.0.1', fulfil))
    const { port } = server.address() as AddressInfo
    const generator = await startGenerator({ port, clients: [ONE], messages: MESSAGES })
    const run = generator.run({ pace: { each: 1 }, warmUp: 0, time: 0, count: 1 })
    await expect(run).rejects.toThrow(message)
    await generator.stop()
    server.close()
  })
})

describe('middayZone', () => {
  it.each([
    ['2026-11-22T02:10:00Z', 'Etc/GMT-10'],
    ['2026-11-22T12:59:00Z', 'Etc/GMT'],
    ['2026-11-22T23:00:00Z', 'Etc/GMT+11'],
  ])('at %s is %s, where it is noon', (time, zone) => {
    const now = Date.parse(time)
    expect(middayZone(now)).toBe(zone)
    const shown = new Intl.DateTimeFormat('en', { timeZone: zone, hour: 'numeric', hourCycle: 'h23' })
    expect(shown.format(now)).toBe('12')
  })
})

describe('figures', () => {
  it('are medians and shares of sorted values', () => {
    expect(median([9, 1, 5])).toBe(5)
    expect(at([4, 1, 3, 2, 5], 0.99)).toBe(4)
    expect(at([4, 1, 3, 2, 5], 1)).toBe(5)
  })

  it('meet an aim or miss it', () => {
    const figure = { name: 'one', value: 0.8, unit: 'ratio' }
    expect(isMet(figure)).toBeUndefined()
    expect(showAim({ ...figure, aim: { least: 0.8 } })).toBe('≥ 0.8: met')
    expect(showAim({ ...figure, aim: { most: 0.5 } })).toBe('≤ 0.5: missed')
  })
})

describe('sumProfile', () => {
  it('gives time to the part of the code, and that of native functions to who called them', () => {
    const frame = (id: number, functionName: string, url: string, children: number[] = []) => ({
      id,
      callFrame: { functionName, url },
      children,
    })
    const parts = sumProfile({
      nodes: [
        frame(1, '(root)', '', [2, 4, 5, 6]),
        frame(2, 'write', 'file:///x/hub/database/core-store.ts', [3]),
        // A name that every object has too.
        frame(3, 'toString', ''),
        frame(4, '(idle)', ''),
        frame(5, 'parse', 'file:///x/node_modules/mqtt-packet/parser.js'),
        frame(6, 'post', 'node:inspector'),
      ],
      samples: [2, 3, 4, 5, 6],
      timeDeltas: [10, 30, 40, 20, 1000],
    })
    expect(parts.map(({ part, share }) => [part, share])).toEqual([
      ['SQLite and rows', 0.4],
      ['idle', 0.4],
      ['MQTT (aedes, mqtt-packet)', 0.2],
    ])
    expect(parts[0]?.most).toEqual([
      { name: 'toString (native)', share: 0.3 },
      { name: 'write', share: 0.1 },
    ])
  })
})

describe('the page', () => {
  const machine: Machine = {
    cpu: 'A processor',
    cores: 2,
    memoryGb: 4,
    kernel: 'Linux 6',
    node: '24.0.0',
    date: '2026-11-22',
    commit: '0123456789',
  }

  it('has a place for the table of every part', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/performance.md'), 'utf8')
    const table = markdownTable([{ name: 'one', value: 1, unit: 'ms', note: 'a | b' }], machine)
    for (const part of Object.keys(PARTS)) {
      const once = insertTable(page, part, table)
      expect(once).toContain('| `one` | 1.00 | ms |  | a \\| b |')
      expect(insertTable(once, part, table)).toBe(once)
    }
  })

  it('is not written where it has no place', () => {
    expect(() => insertTable('# Page', 'pipeline', '')).toThrow('the page has no <!-- bench:pipeline -->')
  })
})
