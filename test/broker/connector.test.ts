import { pbkdf2Sync, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { generate, parser } from 'mqtt-packet'
import { afterEach, describe, expect, it } from 'vitest'
import { createConnectorHomes } from '../../hub/broker/connector-homes.ts'
import { createConnector } from '../../hub/broker/connector.ts'
import type { Connector, ConnectorOptions } from '../../hub/broker/connector.ts'
import { createIntake } from '../../hub/broker/intake.ts'
import { systemClock } from '../../hub/core/clock.ts'
import { createCore } from '../../hub/core/create-core.ts'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import type { ConnectorFacts } from '../../hub/model/system.ts'
import { parseHomes } from '../../hub/register/parse-homes.ts'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import { makeCertificate } from '../helpers/certificate.ts'
import { freePort } from '../helpers/free-port.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { mosquittoPub, startMosquitto } from '../helpers/mosquitto.ts'
import type { Mosquitto } from '../helpers/mosquitto.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const profiles = await loadProfiles('devices/profiles')
const RULES = `rules:
  - { id: fall, title: { en: Fall }, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
  - { id: smoke, title: { en: Smoke }, category: safety, severity: high, on: smoke, when: value, clear: manual }
`
const HOMES = `homes:
  - id: h-1
    timezone: Europe/Oslo
    sensors:
      - { id: scale, profile: native, connector: city }
      - { id: hall-door, profile: zigbee2mqtt-contact }
`

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

interface Bench {
  readonly connector: Connector
  readonly told: ConnectorFacts[]
  readonly counted: string[]
  /** What was logged as a warning. */
  readonly warned: string[]
  readonly waits: number[]
  readonly core: ReturnType<typeof createCore>
  /** The values of everything that was journalled, in order. */
  values(): unknown[]
  undecoded(): number
  failWith(error: Error | undefined): void
}

/** A connector with everything behind it; waits are cut to almost nothing. */
async function startBench(
  url: string,
  given: Partial<ConnectorOptions> = {},
  tellsSoon = false,
): Promise<Bench> {
  const store = createMemoryStore()
  const rules = [{ name: 'rules.yaml', text: RULES }]
  const parsed = parseRules(rules)
  const homes = parsed.ok ? parseHomes('homes.yaml', HOMES, profiles, parsed.value) : undefined
  if (!homes?.ok) throw new Error('Cannot read what this test itself wrote')
  let core = createCore({ store, clock: systemClock, onFailure: () => {} })
  await core.take({ type: 'rules', files: rules })
  for (const { home, personal } of homes.value) await core.takeHome(home, personal)
  /** After a failed commit the process ends and the next one goes on from the disk: here it is the next core. */
  const revive = (): void => {
    core.stop()
    core = createCore({ store, clock: systemClock, onFailure: () => {}, isQuiet: true })
  }
  stops.push(() => core.stop())
  const told: ConnectorFacts[] = []
  const warned: string[] = []
  const counted: string[] = []
  const waits: number[] = []
  const current: typeof core = new Proxy(core, {
    get: (_, key) => Reflect.get(core, key) as unknown,
  })
  const owners = createConnectorHomes(current)
  const connector = createConnector(
    {
      id: 'city',
      url,
      clientId: 'aal-city',
      protocol: 5,
      keepalive: 30_000,
      session: 3_600_000,
      inFlight: 10,
      subscriptions: [
        { topic: 'city/{home}/{rest}' },
        { topic: 'devices/{device}/up', as: 'sensors/{device}' },
      ],
      ...given,
    },
    {
      core: current,
      intake: createIntake(current, profiles),
      homes: owners,
      later(call, ms) {
        waits.push(ms)
        // What people are told after a minute is told soon, or not in this test.
        const timer = setTimeout(call, ms < 25_000 || tellsSoon ? Math.min(ms / 100, 300) : 600_000)
        return () => clearTimeout(timer)
      },
      random: () => 0.5,
      onState: (facts) => told.push(facts),
      count: (what) => {
        counted.push(what)
        if (what === 'failed') revive()
      },
      log: { info() {}, warn: (fields) => void warned.push(JSON.stringify(fields)) },
    },
  )
  stops.push(async () => {
    await connector.stop()
    owners.stop()
  })
  return {
    connector,
    told,
    warned,
    counted,
    waits,
    core: current,
    values: () =>
      store
        .journal()
        .flatMap(({ entry: { input } }) => (input.type === 'reading' ? [input.reading.value] : [])),
    undecoded: () => store.journal().filter(({ entry }) => entry.input.type === 'undecoded').length,
    failWith: (error) => store.failWith(error),
  }
}

async function startBroker(options: Parameters<typeof startMosquitto>[0] = {}): Promise<Mosquitto> {
  const broker = await startMosquitto(options)
  stops.push(() => broker.stop())
  return broker
}

const isUp = (bench: Bench) => waitFor('the connection', () => bench.connector.facts().ok, { interval: 5 })
const error = (bench: Bench) => () => bench.connector.facts().error

async function publish(port: number, topic: string, payload: unknown, ...more: string[]): Promise<void> {
  const message = typeof payload === 'string' ? payload : JSON.stringify(payload)
  const place = ['-h', '127.0.0.1', '-p', String(port), '-t', topic, '-m', message, '-q', '1', ...more]
  expect(await mosquittoPub(place)).toMatchObject({ code: 0 })
}

const weight = (value: number) => ({ kind: 'weight', value })

describe.each([5, 4] as const)('createConnector, MQTT version %s', (protocol) => {
  it('takes what belongs to a home by its topic or the register, counts the rest, and acknowledges all', async () => {
    const { port, url } = await startBroker()
    const bench = await startBench(url, { protocol })
    bench.connector.start()
    await isUp(bench)
    await publish(port, 'city/h-1/zigbee2mqtt/hall-door', { contact: false })
    await publish(port, 'devices/scale/up', weight(80))
    await publish(port, 'devices/nobody/up', weight(81))
    await publish(port, 'city/h-9/sensors/scale', weight(82))
    await publish(port, 'city/h-1/zigbee2mqtt/new', { contact: true })
    await publish(port, 'devices/scale/up', weight(83))
    await waitFor('the last one', () => bench.values().includes(83), { interval: 5 })
    expect(bench.values()).toEqual(['open', 80, 83])
    expect(bench.counted).toEqual(['taken', 'taken', 'unknown', 'unknown', 'taken', 'taken'])
    expect(bench.connector.facts()).toMatchObject({
      ok: true,
      lastMessageAt: expect.any(Number) as number,
      unknown: { count: 2, topics: ['devices/nobody/up', 'city/h-9/sensors/scale'] },
    })
    expect(bench.core.seen('h-1')).toMatchObject([{ address: 'new', topics: ['zigbee2mqtt/new'] }])
    expect(bench.told).toMatchObject([{ ok: true }])
    // A device may be named after somebody: the log has only what the settings themselves write.
    expect(bench.warned).toEqual(['{"connector":"city","topic":"devices/…/up"}'])
  })

  it('takes of a huge message what shows that it cannot be read, and goes on', async () => {
    const { port, url } = await startBroker()
    const bench = await startBench(url, { protocol })
    bench.connector.start()
    await isUp(bench)
    const file = join(tempDir(), 'huge.json')
    writeFileSync(file, JSON.stringify({ ...weight(1), more: 'x'.repeat(2_000_000) }))
    const to = ['-h', '127.0.0.1', '-p', String(port), '-q', '1']
    expect(await mosquittoPub([...to, '-t', 'devices/scale/up', '-f', file])).toMatchObject({ code: 0 })
    await publish(port, 'devices/scale/up', weight(2))
    await waitFor('the last one', () => bench.values().includes(2), { interval: 5 })
    expect(bench.values()).toEqual([2])
    expect(bench.undecoded()).toBe(1)
  })

  it('acknowledges nothing that was not written: it comes again, once and in order', async () => {
    const { port, url, output } = await startBroker()
    const bench = await startBench(url, { protocol })
    bench.connector.start()
    await isUp(bench)
    await publish(port, 'devices/scale/up', weight(1))
    await waitFor('the first', () => bench.values().length === 1, { interval: 5 })
    bench.failWith(new Error('no space left on device'))
    for (const value of [2, 3, 4]) await publish(port, 'devices/scale/up', weight(value))
    await waitFor('two failures', () => bench.counted.filter((what) => what === 'failed').length >= 2)
    expect(bench.values()).toEqual([1])
    bench.failWith(undefined)
    await publish(port, 'devices/scale/up', weight(5))
    await waitFor('the last one', () => bench.values().includes(5), { interval: 5 })
    expect(bench.values()).toEqual([1, 2, 3, 4, 5])
    // The broker has an acknowledgement of each, and no more.
    await waitFor('the last PUBACK', () => output().match(/Received PUBACK from aal-city/g)?.length === 5)
  })

  it('gets what came while it was away, where two equal readings are two', async () => {
    const { port, url } = await startBroker()
    const bench = await startBench(url, { protocol })
    bench.connector.start()
    await isUp(bench)
    await bench.connector.stop()
    for (const value of [1, 2, 2, 3]) await publish(port, 'devices/scale/up', weight(value))
    const again = await startBench(url, { protocol })
    again.connector.start()
    await waitFor('what waited', () => again.values().includes(3), { interval: 5 })
    expect(again.values()).toEqual([1, 2, 2, 3])
  })

  it('takes retained messages as states: no event, no sign of life, and no second reading', async () => {
    const { port, url } = await startBroker()
    await publish(port, 'devices/scale/up', { kind: 'fall', value: 'detected' }, '-r')
    await publish(port, 'city/h-1/zigbee2mqtt/hall-door', { contact: false, battery: 50 }, '-r')
    await publish(port, 'city/h-1/zigbee2mqtt/unknown', { action: 'emergency' }, '-r')
    await publish(
      port,
      'city/h-1/zigbee2mqtt/bridge/devices',
      [{ ieee_address: '0x1', friendly_name: 'lamp' }],
      '-r',
    )
    const bench = await startBench(url, { protocol })
    bench.connector.start()
    await waitFor('the retained ones', () => bench.counted.length === 4, { interval: 5 })
    await publish(port, 'devices/scale/up', weight(1))
    await waitFor('a live one', () => bench.values().includes(1), { interval: 5 })
    expect(bench.counted).toEqual(['retained', 'retained', 'retained', 'retained', 'taken'])
    expect(bench.values()).toEqual(['open', 50, 1])
    expect(bench.core.openAlerts()).toEqual([])
    expect(bench.undecoded()).toBe(0)
    const door = bench.core.sensorState('h-1', 'hall-door')
    expect(door).toMatchObject({ available: false, last: { door: { value: 'open' } } })
    expect(door).not.toHaveProperty('heardAt')
    expect(bench.core.seen('h-1')).toMatchObject([{ address: 'lamp' }])
    // Connected anew: the states are known.
    await bench.connector.stop()
    const { core, values } = bench
    expect(values()).toHaveLength(3)
    expect(core.sensorState('h-1', 'hall-door')?.last).toMatchObject({ battery: { value: 50 } })
  })
})

describe('createConnector', () => {
  it('takes no state twice when it subscribes anew, and raises smoke that was retained', async () => {
    const { port, url } = await startBroker()
    await publish(port, 'devices/scale/up', { kind: 'smoke', value: true }, '-r')
    const bench = await startBench(url, { protocol: 4 })
    bench.connector.start()
    await waitFor('the state', () => bench.values().length === 1, { interval: 5 })
    expect(bench.core.openAlerts()).toMatchObject([{ rule: 'smoke' }])
    // Fails once, so that it connects and subscribes once more.
    bench.failWith(new Error('no space'))
    await publish(port, 'devices/scale/up', weight(1))
    await waitFor('a failure', () => bench.counted.includes('failed'), { interval: 5 })
    bench.failWith(undefined)
    await waitFor('the state once more', () => bench.counted.filter((one) => one === 'retained').length >= 2)
    await waitFor('the other', () => bench.values().includes(1), { interval: 5 })
    expect(bench.values()).toEqual([true, 1])
  })

  it('waits for a broker that is down at its start, longer and longer, and says so after a while', async () => {
    const port = await freePort()
    const bench = await startBench(`mqtt://127.0.0.1:${port}`, {}, true)
    bench.connector.start()
    await waitFor('it to be told', () => bench.told.length === 1, { interval: 5 })
    expect(bench.told[0]).toMatchObject({
      connector: 'city',
      ok: false,
      error: 'nothing answers there: is the broker running, and the port right?',
    })
    const broker = await startBroker({ port })
    await isUp(bench)
    expect(bench.told.map(({ ok }) => ok)).toEqual([false, true])
    const own = bench.waits.filter((ms) => ms <= 10_000)
    expect(own.slice(0, 4)).toEqual([1000, 2000, 5000, 10_000])
    await broker.stop()
    await waitFor('the loss to be told', () => bench.told.length === 3, { interval: 5 })
    expect(bench.told[2]?.ok).toBe(false)
  })

  it('says in words what is wrong with password, certificate or name, and goes on trying', async () => {
    const { key, cert } = makeCertificate()
    const dir = tempDir('tls')
    const passwords = join(dir, 'passwords')
    writeFileSync(join(dir, 'key.pem'), key)
    writeFileSync(join(dir, 'cert.pem'), cert)
    writeFileSync(passwords, passwordLine('hub', 'secret'))
    const config = [
      'allow_anonymous false',
      `password_file ${passwords}`,
      `cafile ${join(dir, 'cert.pem')}`,
      `certfile ${join(dir, 'cert.pem')}`,
      `keyfile ${join(dir, 'key.pem')}`,
    ].join('\n')
    const { port } = await startBroker({ config })
    const url = `mqtts://127.0.0.1:${port}`
    const login = { username: 'hub', password: 'secret' }
    const tryWith = async (options: Partial<ConnectorOptions>, expected: string | undefined, at = url) => {
      const bench = await startBench(at, options)
      bench.connector.start()
      if (expected === undefined) await isUp(bench)
      else {
        await waitFor(expected, () => error(bench)() !== undefined, { interval: 5 })
        expect(error(bench)()).toBe(expected)
        await waitFor('a second try', () => bench.waits.includes(2000), { interval: 5 })
      }
      await bench.connector.stop()
    }
    await tryWith({ ...login, ca: cert }, undefined)
    await tryWith({ ...login, ca: cert, protocol: 4 }, undefined)
    const refused = 'the broker refuses the user name or password'
    await tryWith(
      { ...login, password: 'wrong', ca: cert },
      `the broker does not let it in: user name and rights`,
    )
    await tryWith({ ...login, password: 'wrong', ca: cert, protocol: 4 }, `${refused}, or does not let it in`)
    await tryWith(login, 'its certificate is signed by nobody but itself: give it as "ca" if it is right')
    const other = `mqtts://localhost:${port}`
    await tryWith({ ...login, ca: cert }, 'its certificate is for another name than that in "url"', other)
  })
})

/** A line of a password file, as mosquitto_passwd(1) writes it: PBKDF2 with SHA-512. */
function passwordLine(username: string, password: string): string {
  const salt = randomBytes(12)
  const hash = pbkdf2Sync(password, salt, 101, 64, 'sha512')
  return `${username}:$7$101$${salt.toString('base64')}$${hash.toString('base64')}
`
}

describe('createConnector, at a broker that sends a packet of 200 MB', () => {
  it('leaves it at the first bytes, keeps none of them, and says why', async () => {
    let taken = 0
    const server = createServer((socket) => {
      const incoming = parser({ protocolVersion: 4 })
      incoming.on('packet', ({ cmd, messageId }) => {
        if (cmd === 'connect') {
          socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: false }))
        }
        if (cmd !== 'subscribe') return
        socket.write(generate({ cmd: 'suback', messageId: messageId ?? 0, granted: [1, 1] }))
        // 200 MB as MQTT writes it, and a first piece of them.
        socket.write(Uint8Array.of(0x32, 0x80, 0x80, 0xaf, 0x5f))
        const piece = Buffer.alloc(64 * 1024)
        const more = (): void => {
          if (!socket.destroyed) socket.write(piece, () => ((taken += piece.length), more()))
        }
        more()
      })
      socket.on('data', (bytes) => incoming.parse(bytes))
      socket.on('error', () => {})
    })
    await new Promise<void>((fulfil) => server.listen(0, '127.0.0.1', fulfil))
    stops.push(() => new Promise((fulfil) => server.close(fulfil)))
    const { port } = server.address() as AddressInfo
    const { connector } = await startBench(`mqtt://127.0.0.1:${port}`, { protocol: 4 })
    connector.start()
    await waitFor('it to be left', () => connector.facts().error?.includes('packet of'))
    expect(connector.facts().error).toMatch(/packet of 199999488 bytes, allowed are 16777216/)
    expect(taken).toBeLessThan(16 * 1024 * 1024)
  })
})
