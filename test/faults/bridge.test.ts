import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { afterAll, describe, expect, it } from 'vitest'
import { openLink } from '../helpers/cut-link.ts'
import type { CutLink } from '../helpers/cut-link.ts'
import { freePort } from '../helpers/free-port.ts'
import { runAal, startHubProcess, writeConfig } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { canConnect } from '../helpers/mosquitto.ts'
import { startServer } from '../helpers/server-process.ts'
import type { ServerProcess } from '../helpers/server-process.ts'
import { requireServer, serverMissing } from '../helpers/servers.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { homesYaml, hubYaml } from './homes.ts'
import { readKept } from './kept.ts'

const HOME = 'h-0'
const GATEWAY = 'gw-0'
const LATE = 10 * 60_000

const stops: (() => unknown)[] = []
afterAll(async () => {
  for (const stop of stops.toReversed()) await stop()
})

/** A home with the box that `aal gateway add --config-dir` wrote, a link that can be cut, and a hub over TLS. */
async function startBox(credentials: readonly string[]) {
  const dir = tempDir('bridge')
  const data = join(dir, 'data')
  const tls = join(dir, 'tls')
  const mqttsPort = await freePort()
  const link = await openLink(mqttsPort)
  stops.push(link.stop)
  const config = `${hubYaml()}mqtt:\n  tls: { port: ${mqttsPort}, host: 127.0.0.1, cert: ${tls}/cert.pem, key: ${tls}/key.pem }\n`
  const file = writeConfig(config)
  const aal = async (...args: readonly string[]): Promise<void> => {
    const { code, stderr } = await runAal(['--data', data, '--config', file, ...args], { timeout: 90_000 })
    expect(code, stderr).toBe(0)
  }
  await aal('certificate', 'create', '--host', '127.0.0.1', '--out', tls)
  const homes = join(dir, 'homes.yaml')
  writeFileSync(homes, homesYaml(1, 20))
  const hub = await startHubProcess({ data, config })
  await aal('import', homes)
  const box = join(dir, 'box')
  const to = ['--host', '127.0.0.1', '--port', String(link.port)]
  await aal('gateway', 'add', HOME, '--id', GATEWAY, '--config-dir', box, ...to, ...credentials)

  const port = await freePort()
  const conf = join(dir, 'mosquitto.conf')
  const written = readFileSync(join(box, 'mosquitto.conf'), 'utf8')
  const moved = written
    .replace('listener 1883 ', `listener ${port} `)
    .replaceAll('/etc/mosquitto/aal', box)
    .replace('/var/lib/mosquitto/', `${dir}/`)
    // Waiting for the link is no part of what is tested.
    .replace('restart_timeout 5 30', 'restart_timeout 1')
  // Started by root it would become the user "mosquitto", who may not read files of the temporary folder.
  writeFileSync(conf, `${process.getuid?.() === 0 ? 'user root\n' : ''}${moved}`)
  return { data, config, hub, link, port, conf, box, store: join(dir, 'mosquitto.db') }
}

async function startMosquittoOn(conf: string, port: number): Promise<ServerProcess> {
  const server = await startServer({
    name: 'mosquitto',
    command: requireServer('mosquitto'),
    args: ['-c', conf],
    ready: () => canConnect(port),
  })
  stops.push(() => server.stop())
  return server
}

/** What runs in the home: it publishes at QoS 1 and knows what the local broker has acknowledged. */
async function startSensors(port: number) {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 50 })
  stops.push(() => client.endAsync(true))
  let count = 0
  const acknowledged: string[] = []
  const publish = async (sensor: string, payload: object): Promise<void> => {
    await client.publishAsync(`homes/${HOME}/sensors/${sensor}`, JSON.stringify(payload), { qos: 1 })
  }
  return {
    client,
    acknowledged,
    async readings(many: number): Promise<void> {
      const ids = Array.from({ length: many }, () => `n${++count}`)
      await Promise.all(
        ids.map(async (id) => {
          const number = Number(id.slice(1))
          await publish('meter', { kind: 'weight', value: number / 1000, at: new Date().toISOString(), id })
          acknowledged.push(id)
        }),
      )
    },
    async fall(sensor: number, at: number): Promise<void> {
      const id = `fall-${sensor}`
      await publish(id, { kind: 'fall', value: 'detected', at: new Date(at).toISOString(), id })
      acknowledged.push(id)
    },
  }
}

/** Waits until everything is in the journal. */
async function waitForAll(
  hub: HubProcess,
  link: CutLink,
  data: string,
  ids: readonly string[],
  mosquitto: ServerProcess,
): Promise<void> {
  let left: readonly string[] = ids
  await waitFor(
    'everything to reach the hub',
    () => {
      const { readings } = readKept(data)
      left = ids.filter((id) => !readings.has(keyOf(id)))
      return left.length === 0
    },
    { timeout: 60_000, interval: 250 },
  ).catch((cause: unknown) => {
    throw new Error(
      `${left.length} of ${ids.length} did not arrive, ${link.bytes()} bytes went.\nThe hub: ${hub.stderr()}\nMosquitto: ${mosquitto.output()}`,
      { cause },
    )
  })
}

/** As `readKept` names them. */
const keyOf = (id: string): string =>
  id.startsWith('n') ? `${HOME}/meter ${id.slice(1)} ${id}` : `${HOME}/${id} detected ${id}`

describe.skipIf(serverMissing('mosquitto'))('a box with the files of "aal gateway config"', () => {
  it(
    'loses nothing over a link that is cut under load, kill -9 of its Mosquitto and of the hub, and raises each fall once',
    { timeout: 180_000 },
    async () => {
      const { data, config, hub: first, link, port, conf, store } = await startBox([])
      let hub = first
      stops.push(() => hub.kill('SIGKILL'))
      let mosquitto = await startMosquittoOn(conf, port)
      const sensors = await startSensors(port)
      const times: number[] = []
      const fall = async (late = 0): Promise<void> => {
        const at = Date.now() - late
        times.push(at)
        await sensors.fall(times.length - 1, at)
      }

      await sensors.readings(200)
      await fall()
      await waitForAll(hub, link, data, sensors.acknowledged, mosquitto)

      // In the middle of the load the link goes; what is acknowledged here waits on the box.
      const load = sensors.readings(600)
      await waitFor('some of the load to be on its way', () => sensors.acknowledged.length > 300, {
        interval: 1,
      })
      link.cut()
      await load
      await sensors.readings(400)
      await fall(LATE)
      // A message that the hub would never take must not stop those behind it.
      await sensors.client.publishAsync(
        `homes/${HOME}/zigbee2mqtt/bridge/devices`,
        Buffer.alloc(300_000, 'x'),
        { qos: 1 },
      )
      await fall()

      // The box saves, as it does every 30 s, and its Mosquitto dies.
      const saved = mark(store)
      process.kill(mosquitto.pid, 'SIGUSR1')
      await waitFor('the queue to be on disk', () => mark(store) !== saved)
      await mosquitto.stop('SIGKILL')
      mosquitto = await startMosquittoOn(conf, port)
      await sensors.readings(200)

      // The link is back, and while the backlog comes in the hub dies.
      const before = link.bytes()
      await link.mend()
      await waitFor('the backlog to be on its way', () => link.bytes() - before > 10_000, {
        timeout: 30_000,
        interval: 1,
      })
      await hub.kill('SIGKILL')
      // Where nothing listens nobody can connect. The link would: a TLS connection that breaks off as it begins now and
      // then hangs a Mosquitto 2.0.11 for good, which hub/gateway-config/mosquitto-check.ts is for.
      link.cut()
      await fall(LATE)
      hub = await startHubProcess({ data, config })
      await link.mend()
      await sensors.readings(100)
      await waitForAll(hub, link, data, sensors.acknowledged, mosquitto)
      await mosquitto.stop()
      await hub.kill('SIGTERM')

      const kept = readKept(data)
      expect(kept.integrity).toBe('ok')
      expect([...kept.readings].filter(([, times]) => times !== 1)).toEqual([])
      expect(kept.readings.size).toBe(sensors.acknowledged.length)
      const alerts = [...kept.alerts].filter(([scope]) => scope.includes('fall-'))
      expect(alerts.map(([scope]) => scope).toSorted()).toEqual(
        times.map((_, index) => `${HOME}/fall-${index}`),
      )
      for (const [scope, raised] of alerts) {
        const at = times[Number(scope.split('-').at(-1))] ?? 0
        expect(raised).toHaveLength(1)
        const [alert] = raised
        expect(alert).toMatchObject({ rule: 'fall', raisedAt: at, count: 1 })
        expect(alert?.detail.late).toBe((alert?.openedAt ?? 0) - at > 60_000 ? true : undefined)
      }
      // However slow the machine is, those that the box had held back for long are late.
      for (const held of [1, 3]) expect(kept.alerts.get(`${HOME}/fall-${held}`)?.[0]?.detail.late).toBe(true)
    },
  )

  it(
    'is known by its certificate, without a password, and is gone within seconds when it is revoked',
    { timeout: 120_000 },
    async () => {
      const { data, hub, link, port, conf, box } = await startBox(['--certificate'])
      stops.push(() => hub.kill('SIGKILL'))
      expect(readFileSync(conf, 'utf8')).not.toContain('remote_password')
      for (const file of ['key.pem', 'mosquitto.conf', 'README.md']) {
        expect(statSync(join(box, file)).mode & 0o777).toBe(0o600)
      }
      const mosquitto = await startMosquittoOn(conf, port)
      const sensors = await startSensors(port)
      await sensors.fall(0, Date.now())
      await waitForAll(hub, link, data, sensors.acknowledged, mosquitto)

      const online = async () =>
        (await hub.api<{ gateways: { online: boolean }[] }>('GET', `/api/homes/${HOME}`)).gateways[0]?.online
      expect(await online()).toBe(true)
      const started = performance.now()
      const { code } = await runAal(['--data', data, 'gateway', 'revoke', GATEWAY, '--why', 'stolen'])
      expect(code).toBe(0)
      await waitFor('it to be gone', async () => !(await online()))
      expect(performance.now() - started).toBeLessThan(20_000)
      // Its Mosquitto tries again and again, and is not let in.
      await waitFor('it to be refused', () => hub.stderr().includes('connection refused'))
      await sensors.fall(1, Date.now())
      expect(await online()).toBe(false)
      expect(readKept(data).readings.size).toBe(1)
    },
  )
})

function mark(file: string): string {
  try {
    const { mtimeMs, ino, size } = statSync(file)
    return `${mtimeMs} ${ino} ${size}`
  } catch {
    return 'none'
  }
}
