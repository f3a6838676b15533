import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runAal, startHubProcess, writeConfig } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { startInflux2Api } from '../helpers/influx2-api.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import type { Influxd } from '../helpers/influxd.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { serverMissing } from '../helpers/servers.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { startVictoriaMetrics } from '../helpers/victoria-metrics.ts'
import { waitFor } from '../helpers/wait-for.ts'

/** A point is only written of what was read. */
async function fall(hub: HubProcess, home: string): Promise<void> {
  await hub.api('POST', '/api/homes', {
    text: `homes: [{ id: ${home}, timezone: Europe/Oslo, sensors: [{ id: fall-1, profile: native }] }]`,
  })
  const login = await hub.api<Login>('POST', `/api/homes/${home}/gateways`, {})
  const client = await connectRaw(hub.mqttPort, login)
  const reading = { kind: 'fall', value: 'detected' }
  client.send(publishPacket(`homes/${home}/sensors/fall-1`, reading, { qos: 1, messageId: 1 }))
  await client.waitFor('puback', ({ messageId }) => messageId === 1)
  client.destroy()
}

describe.skipIf(serverMissing('influxd'))('aal history with InfluxDB 1.x', () => {
  let influxd: Influxd
  let hub: HubProcess
  let config: string
  beforeAll(async () => {
    influxd = await startInfluxd()
    const text = `influxdb: { url: "http://hub:s3cret@127.0.0.1:${influxd.port}", keep: 90d }\n`
    config = writeConfig(text)
    hub = await startHubProcess({ config: text })
  })
  afterAll(async () => {
    await hub.kill('SIGTERM')
    await influxd.stop()
  })
  const run = (...args: string[]) => runAal(['history', ...args, '--config', config, '--data', hub.data])
  const metrics = async (): Promise<string> => (await fetch(`${hub.url}/metrics`)).text()

  it('sets up what is missing, says what it did and what stood there, and does nothing twice', async () => {
    // What the hub made itself when the database was not there.
    await influxd.query('', 'DROP DATABASE "aal"')
    const dry = await run('setup', '--dry-run')
    expect(dry).toMatchObject({ code: 0 })
    expect(dry.stdout).toMatch(/would be made +database "aal"/)
    expect(dry.stdout).toContain('5 to do; nothing was changed.')
    const first = await run('setup')
    expect(first).toMatchObject({ code: 0 })
    expect(first.stdout).toMatch(
      /^InfluxDB 1\.x at http:\/\/127\.0\.0\.1:\d+, database "aal"\nSTATE +WHAT +DETAIL\nmade +database "aal"/,
    )
    expect(first.stdout).toContain('5 done.')
    expect(first.stderr).toContain('GRANT READ ON "aal" TO "grafana"')
    const second = await run('setup', '--json')
    const said = JSON.parse(second.stdout) as { ok: boolean; dryRun: boolean; steps: { did: string }[] }
    expect(said).toMatchObject({ ok: true, dryRun: false })
    expect(new Set(said.steps.map(({ did }) => did))).toEqual(new Set(['stood']))
    for (const { stdout, stderr } of [dry, first, second]) expect(stdout + stderr).not.toContain('s3cret')
  })

  it('says that all is written, and after InfluxDB has gone that it is not, why, and that nothing is lost', async () => {
    await fall(hub, 'h-1')
    await waitFor('the history to be written', async () =>
      (await metrics()).includes('\naal_history_lag_entries 0\n'),
    )
    const up = await run('status')
    expect(up).toMatchObject({ code: 0, stderr: '' })
    expect(up.stdout).toMatch(
      /^InfluxDB 1\.x at [^\n]*, version 1\.\d[^\n]*\nAll is written, up to entry \d+/,
    )
    expect(await metrics()).toContain('\naal_history_up 1\n')

    await influxd.stop()
    await fall(hub, 'h-2')
    await waitFor('the outage to be noticed', async () => (await metrics()).includes('\naal_history_up 0\n'))
    const down = await run('status')
    expect(down.code).toBe(1)
    expect(down.stdout).toMatch(
      /\nHistory is NOT written: Cannot write history to http:\S+: nothing listens there \(ECONNREFUSED\)\. Nothing is lost: \d+ (entry waits|entries wait) in the journal; tried again at /,
    )
    expect(down.stderr).toMatch(/Cannot reach InfluxDB 1\.x at .*: nothing listens there/)
    const json = JSON.parse((await run('status', '--json')).stdout) as Record<string, unknown>
    expect(json).toMatchObject({
      isRunning: true,
      server: { steps: [], error: expect.stringContaining('nothing listens there') },
      written: { where: expect.stringContaining('database "aal"'), error: expect.any(String) },
    })
    expect(down.stdout + down.stderr + JSON.stringify(json)).not.toContain('s3cret')
    const system = await hub.api<{ history: unknown }>('GET', '/api/system')
    expect(system.history).toMatchObject({ error: expect.stringContaining('nothing listens there') })

    // On the stopped hub: how much waits is known all the same.
    await hub.kill('SIGTERM')
    expect((await run('status')).stdout).toMatch(
      /The hub does not run\. Written up to entry \d+ of the journal; [1-9]/,
    )
    expect(await run('setup')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/Cannot set up the history: nothing listens there/),
    })
  })
})

describe.skipIf(serverMissing('victoria-metrics'))('a hub that writes by the API of InfluxDB 2.x', () => {
  it('what a sensor sends is in a real VictoriaMetrics, once, at its time', async () => {
    const server = await startVictoriaMetrics()
    const hub = await startHubProcess({
      config: `influxdb: { version: 2, url: "${server.url}", org: care, token: any, graphs: journal }\n`,
    })
    try {
      await fall(hub, 'h-1')
      const samples = await waitFor('the fall to be written', async () => {
        const found = await server.samples('fall_value{home="h-1",sensor="fall-1"}')
        return found.length > 0 && found
      })
      expect(samples).toEqual([{ at: expect.any(Number), value: 0 }])
      expect(Math.abs(Date.now() - (samples[0]?.at ?? 0))).toBeLessThan(60_000)
      expect(await server.samples('alert_value{home="h-1",rule="fall",what="raised"}')).toHaveLength(1)
      const status = await runAal([
        'history',
        'status',
        '--config',
        writeConfig(`influxdb: { version: 2, url: "${server.url}", org: care, token: any }\n`),
        '--data',
        hub.data,
      ])
      expect(status.stdout).toMatch(/\nAll is written, up to entry \d+ of the journal\./)
    } finally {
      await hub.kill('SIGTERM')
      await server.stop()
    }
  })
})

describe('aal history with InfluxDB 2.x', () => {
  it("sets up with an admin's token from its file", async () => {
    const api = await startInflux2Api()
    try {
      const folder = tempDir('history')
      const [own, admin] = [join(folder, 'own'), join(folder, 'admin')]
      writeFileSync(own, 'may-only-write\n')
      writeFileSync(admin, `${api.token}\n`)
      const config = writeConfig(
        `influxdb: { version: 2, url: "${api.url}", org: care, tokenFile: ${own} }\n`,
      )
      const setup = (...args: string[]) => runAal(['history', 'setup', '--config', config, ...args])
      expect(await setup()).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('organization "care": it does not accept the token'),
      })
      const done = await setup('--admin-token-file', admin)
      expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('6 done.') })
      expect(done.stderr).toContain('influx auth create --org "care"')
      expect([...api.buckets.keys()]).toEqual(['aal', 'aal_hourly'])
      expect(await setup('--admin-user', 'root')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('Cannot use --admin-user: the configuration is of InfluxDB 2.x'),
      })
    } finally {
      await api.stop()
    }
  })

  it.each([
    [
      'a file that is not there',
      'tokenFile: /nowhere/token',
      /Cannot use the settings of "influxdb": .*\/nowhere\/token/,
    ],
    [
      'an empty file',
      'tokenFile: /dev/null',
      /Cannot use the settings of "influxdb": the file of its token is empty/,
    ],
  ])('says %s', async (_, secret, message) => {
    const config = writeConfig(`influxdb: { version: 2, url: "http://127.0.0.1:9", org: care, ${secret} }\n`)
    const { code, stderr } = await runAal(['history', 'setup', '--config', config])
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(message) })
  })

  it('says where none is configured', async () => {
    expect(await runAal(['history', 'status'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Cannot find an InfluxDB: the configuration has no "influxdb"'),
    })
  })
})
