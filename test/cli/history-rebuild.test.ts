import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { launchAal, runAal, startHubProcess, writeConfig } from '../helpers/hub-process.ts'
import { countInflux, countJournal, total } from '../helpers/history-counts.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import type { Influxd } from '../helpers/influxd.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { serverMissing } from '../helpers/servers.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { writeJournal } from '../helpers/write-journal.ts'

const resultSchema = z.object({
  finished: z.boolean(),
  entries: z.number(),
  of: z.number(),
  points: z.number(),
  refused: z.array(z.object({ reason: z.string(), points: z.number() })),
  pointsPerSecond: z.number(),
  notRebuilt: z.array(z.string()),
})

describe.skipIf(serverMissing('influxd'))('aal history rebuild', () => {
  let influxd: Influxd
  beforeAll(async () => {
    influxd = await startInfluxd()
  })
  afterAll(() => influxd.stop())

  function rebuildOf(data: string, database: string) {
    const config = writeConfig(`influxdb: { url: "${influxd.url}", database: ${database}, keep: forever }\n`)
    const args = ['history', 'rebuild', '--json', '--config', config, '--data', data]
    return {
      launch: () => launchAal(args),
      run: async (...more: string[]) => runAal([...args, ...more], { timeout: 60_000 }),
      async result(...more: string[]) {
        const { code, stdout, stderr } = await runAal([...args, ...more], { timeout: 60_000 })
        expect(code, stderr).toBe(0)
        return { ...resultSchema.parse(JSON.parse(stdout)), stderr }
      },
    }
  }

  it('fills an emptied InfluxDB beside the hub, which goes on to write; twice gives the same points', async () => {
    const hub = await startHubProcess({ config: `influxdb: { url: "${influxd.url}" }\n` })
    try {
      await hub.api('POST', '/api/homes', {
        text: 'homes: [{ id: h-1, timezone: Europe/Oslo, sensors: [{ id: hr, profile: native, room: hall }, { id: fall, profile: native }] }]',
      })
      const login = await hub.api<Login>('POST', '/api/homes/h-1/gateways', {})
      const gateway = await connectRaw(hub.mqttPort, login)
      let sent = 0
      const acknowledged = new Set<number>()
      gateway.onPacket((packet) => {
        if (packet.cmd === 'puback') acknowledged.add(packet.messageId ?? 0)
      })
      const publish = async (count: number): Promise<void> => {
        for (let index = 0; index < count; index++) {
          const messageId = ++sent
          const isFall = messageId % 100 === 0
          const reading = isFall
            ? { kind: 'fall', value: 'detected' }
            : { kind: 'weight', value: 60 + sent / 1000 }
          const topic = `homes/h-1/sensors/${isFall ? 'fall' : 'hr'}`
          gateway.send(publishPacket(topic, reading, { qos: 1, messageId }))
        }
        await waitFor('the PUBACKs', () => acknowledged.size === sent)
      }
      const isWritten = async () => total(await countInflux(influxd)) === total(countJournal(hub.data))
      await publish(500)
      await waitFor('the history to be written', isWritten)
      const before = await countInflux(influxd)
      expect(before).toMatchObject({ weight: 495, fall: 5, alert: expect.any(Number) })
      await influxd.query('aal', 'DROP DATABASE "aal"; CREATE DATABASE "aal"')
      expect(await countInflux(influxd)).toEqual({})

      const rebuild = rebuildOf(hub.data, 'aal')
      const [first] = await Promise.all([rebuild.result(), publish(300)])
      expect(first).toMatchObject({ finished: true, refused: [] })
      expect(first.notRebuilt).toContain('home')
      expect(first.points).toBeGreaterThanOrEqual(total(before))
      await waitFor('what came meanwhile to be written', isWritten)
      const after = await countInflux(influxd)
      expect(after).toEqual(countJournal(hub.data))
      expect(after).toMatchObject({ weight: 792, fall: 8 })
      expect((await rebuild.result()).finished).toBe(true)
      expect(await countInflux(influxd)).toEqual(after)
      gateway.destroy()
    } finally {
      await hub.kill('SIGTERM')
    }
  })

  it('interrupted, it goes on where it was, unless what it wrote has gone', async () => {
    const data = writeJournal(60_000)
    const place = join(data, 'history-rebuild.json')
    const rebuild = rebuildOf(data, 'interrupted')
    const interrupted = async () => {
      const running = rebuild.launch()
      const wasThere = total(await countInflux(influxd, 'interrupted').catch(() => ({})))
      await waitFor(
        'the first points',
        async () => total(await countInflux(influxd, 'interrupted').catch(() => ({}))) > wasThere,
        { timeout: 30_000, interval: 2 },
      )
      const { code, stdout, stderr } = await running.kill('SIGINT')
      expect(code, stderr).toBe(130)
      const result = resultSchema.parse(JSON.parse(stdout))
      expect(result.finished).toBe(false)
      expect(result.entries).toBeGreaterThan(0)
      expect(existsSync(place)).toBe(true)
      return result
    }
    const first = await interrupted()
    const rest = await rebuild.result()
    expect(rest.stderr).toContain(`Goes on after entry ${first.entries}, where it was interrupted.`)
    expect(rest.points).toBe(60_000 - first.entries)
    expect(existsSync(place)).toBe(false)
    expect(await countInflux(influxd, 'interrupted')).toEqual({ door: 20_000, heart_rate: 40_000 })
    const hourly = 'SELECT sum("count") FROM "hourly"."heart_rate"'
    expect((await influxd.query('interrupted', hourly))[0]?.values[0]?.[1]).toBe(40_000)

    await influxd.query('', 'DROP DATABASE "interrupted"; CREATE DATABASE "interrupted"')
    await interrupted()
    await influxd.query('', 'DROP DATABASE "interrupted"; CREATE DATABASE "interrupted"')
    const again = await rebuild.result()
    expect(again.stderr).toContain('What was written before the interruption is not there any more')
    expect(again.points).toBe(60_000)
    expect(await countInflux(influxd, 'interrupted')).toEqual({ door: 20_000, heart_rate: 40_000 })
  })

  it('writes a stretch of time; points that InfluxDB does not take are counted with the reason', async () => {
    const data = writeJournal(1000)
    const rebuild = rebuildOf(data, 'stretch')
    const part = await rebuild.result('--from', '2026-10-05T00:00:02Z', '--until', '2026-10-05T00:00:05Z')
    expect(part).toMatchObject({ finished: true, entries: 300, of: 300, points: 300 })
    // A number where the hub writes a word, in the same week.
    await influxd.query('', 'CREATE DATABASE "conflict"')
    const body = 'door state=1 1791158400000000000'
    expect((await fetch(`${influxd.url}/write?db=conflict`, { method: 'POST', body })).status).toBe(204)
    const conflict = await rebuildOf(data, 'conflict').result()
    expect(conflict.points).toBe(667)
    expect(conflict.refused).toEqual([
      { reason: expect.stringContaining('field type conflict'), points: 333 },
    ])
  })

  it('refuses a database of others, and one that is not there', async () => {
    await influxd.query('', 'CREATE DATABASE "telegraf"')
    await fetch(`${influxd.url}/write?db=telegraf`, { method: 'POST', body: 'cpu value=1\nmem value=1' })
    const data = writeJournal(10)
    const rebuild = rebuildOf(data, 'telegraf')
    expect(await rebuild.run()).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /measurements that are not of this hub \(cpu, mem\)\. Is it the right one\?/,
      ),
    })
    expect(await rebuild.result('--force')).toMatchObject({ points: 10 })
    const config = writeConfig('influxdb: { url: "http://127.0.0.1:9" }\n')
    expect(await runAal(['history', 'rebuild', '--config', config, '--data', data])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/Cannot write history to http:.*: nothing listens there/),
    })
  })
})
