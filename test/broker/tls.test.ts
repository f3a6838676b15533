import { once } from 'node:events'
import { connect as connectTls } from 'node:tls'
import type { ConnectionOptions } from 'node:tls'
import mqtt from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { ListenerSecurity } from '../../hub/broker/listeners.ts'
import { openAuthority } from '../../hub/certificates/authority.ts'
import type { Authority, Issued } from '../../hub/certificates/authority.ts'
import { connectPacket, openRaw } from '../helpers/mqtt-client.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { FALL, startTestBroker } from './test-broker.ts'
import type { TestBroker } from './test-broker.ts'

const SENSOR = 'homes/h-1/sensors/fall-1'

let broker: TestBroker
let authority: Authority
let server: Issued
let box: Issued
let ports: { tls: number; webSocket: number; plain: number }
const known = new Map<string, { id: string; home: string }>()
const clients: mqtt.MqttClient[] = []

const pair = ({ certificate, key = '' }: Issued) => ({ cert: certificate, key })
const security = (): ListenerSecurity => ({
  options: { ...pair(server), minVersion: 'TLSv1.2' },
  askForCertificate: true,
})

beforeAll(async () => {
  authority = await openAuthority(tempDir('authority'), Date.now())
  server = await authority.issueServer(['127.0.0.1', 'localhost'], Date.now())
  box = await authority.issueGateway('gw-1', Date.now())
  known.set(box.facts.fingerprint, { id: 'gw-1', home: 'h-1' })
  const at = { host: '127.0.0.1', port: 0 }
  broker = await startTestBroker({
    listeners: [
      { over: 'tcp', ...at },
      { over: 'tls', ...at, secure: security() },
      { over: 'secure-websocket', ...at, secure: security() },
    ],
    clientCertificates: 'optional',
    gatewayWithCertificate: (fingerprint) => known.get(fingerprint),
  })
  const [plain = 0, tls = 0, webSocket = 0] = broker.broker.ports
  ports = { plain, tls, webSocket }
})
afterAll(async () => {
  await Promise.all(clients.map((client) => client.endAsync(true)))
  await broker.stop()
})

/** Fails when it is refused, and does not try again. */
async function connect(url: string, more: mqtt.IClientOptions = {}): Promise<mqtt.MqttClient> {
  const client = await mqtt.connectAsync(url, {
    ca: authority.certificate,
    reconnectPeriod: 0,
    connectTimeout: 5_000,
    ...more,
  })
  clients.push(client)
  return client
}
const overTls = (more?: mqtt.IClientOptions) => connect(`mqtts://127.0.0.1:${ports.tls}`, more)
const overWebSocket = (more?: mqtt.IClientOptions) => connect(`wss://127.0.0.1:${ports.webSocket}/mqtt`, more)

/** How many readings came by now. */
const readings = () => broker.inputs('reading').length

describe.each([
  ['TLS', overTls],
  ['WebSocket', overWebSocket],
] as const)('startBroker over %s', (_name, open) => {
  it('takes a password, and has the reading on disk before the PUBACK', async () => {
    const client = await open(broker.logins['gw-1'])
    const before = readings()
    await client.publishAsync(SENSOR, JSON.stringify(FALL), { qos: 1 })
    expect(readings()).toBe(before + 1)
  })

  it('takes a certificate instead of a password, with or without the user name', async () => {
    for (const more of [{}, { username: 'gw-1' }]) {
      const client = await open({ ...pair(box), ...more })
      const before = readings()
      await client.publishAsync(SENSOR, JSON.stringify(FALL), { qos: 1 })
      expect(readings()).toBe(before + 1)
      await client.publishAsync('homes/h-2/sensors/fall-1', JSON.stringify(FALL), { qos: 1 })
      expect(readings()).toBe(before + 1)
    }
  })

  it.each([
    ['no password and no certificate', () => ({}), 'Not authorized|Bad username'],
    ['a wrong password', () => ({ username: 'gw-1', password: 'guess' }), 'Bad username'],
    ['another name than its certificate has', () => ({ ...pair(box), username: 'gw-2' }), 'Bad username'],
  ])('refuses %s', async (_what, more, reason) => {
    await expect(open(more())).rejects.toThrow(new RegExp(reason))
  })

  it('refuses a certificate of the right name and authority that is not registered', async () => {
    const forged = await authority.issueGateway('gw-1', Date.now())
    await expect(open(pair(forged))).rejects.toThrow(/Bad username|Not authorized/)
  })

  it('refuses one that is over', async () => {
    const old = await authority.issueGateway('gw-1', Date.now() - 11 * 365 * 86_400_000)
    known.set(old.facts.fingerprint, { id: 'gw-1', home: 'h-1' })
    await expect(open(pair(old))).rejects.toThrow(/Not authorized/)
  })

  it('refuses a packet that is too large, and goes on with the others', async () => {
    const client = await open({ ...broker.logins['gw-1'], clientId: 'large' })
    const other = await open({ ...broker.logins['gw-1b'], clientId: 'other' })
    const closed = new Promise<void>((fulfil) => client.once('close', () => fulfil()))
    client.publish(SENSOR, Buffer.alloc(300_000), { qos: 0 })
    await closed
    await other.publishAsync(SENSOR, JSON.stringify(FALL), { qos: 1 })
    expect(other.connected).toBe(true)
  })
})

describe('startBroker over TLS', () => {
  it('refuses TLS 1.1', async () => {
    const old = handshake({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })
    const [error] = (await once(old, 'error')) as [Error]
    expect(error.message).toMatch(/version|protocol/i)
  })

  it('refuses plain MQTT', async () => {
    const { waitForClose, send, received } = await openRaw(ports.tls)
    send(connectPacket(broker.logins['gw-1']))
    await waitForClose()
    expect(received).toEqual([])
  })

  it('shows a new certificate to who comes from now on, and leaves sessions alone', async () => {
    const before = await overTls(broker.logins['gw-1'])
    const next = await authority.issueServer(['127.0.0.1', 'localhost'], Date.now())
    broker.broker.secure({ ...pair(next), minVersion: 'TLSv1.2' })
    expect(await shownSerial()).toBe(next.serial.toUpperCase())
    await before.publishAsync(SENSOR, JSON.stringify(FALL), { qos: 1 })
    expect(before.connected).toBe(true)
    // Who shows a certificate is known by it still.
    const client = await overTls(pair(box))
    expect(client.connected).toBe(true)
  })
})

describe('startBroker over WebSocket', () => {
  const ended = (path: string, protocols: string[]): Promise<string> =>
    new Promise((fulfil) => {
      const socket = new WebSocket(`wss://127.0.0.1:${ports.webSocket}${path}`, protocols, {
        ca: authority.certificate,
      })
      socket.once('error', (error) => fulfil(error.message))
      socket.once('open', () => {
        socket.once('close', (code) => fulfil(`closed with ${code}`))
        socket.send('text')
      })
    })

  it.each([
    ['another path', '/', ['mqtt'], 'Unexpected server response: 404'],
    ['who does not say that they speak MQTT', '/mqtt', ['chat'], 'Unexpected server response: 400'],
    ['text', '/mqtt', ['mqtt'], 'closed with 1006'],
  ])('refuses %s', async (_what, path, protocols, how) => {
    expect(await ended(path, protocols)).toBe(how)
  })
})

describe('disconnect', () => {
  it.each([
    ['TLS', overTls],
    ['WebSocket', overWebSocket],
  ] as const)(
    'ends what a gateway has open over %s, within a second, and no will is published',
    async (_name, open) => {
      const will = { topic: SENSOR, payload: JSON.stringify(FALL), qos: 1 as const, retain: false }
      const client = await open({ ...pair(box), clientId: 'with-will', will })
      const other = await open(broker.logins['gw-2'])
      const before = readings()
      const closed = new Promise<void>((fulfil) => client.once('close', () => fulfil()))
      const started = performance.now()
      expect(broker.broker.disconnect('gw-1', 'revoked')).toBeGreaterThan(0)
      await closed
      expect(performance.now() - started).toBeLessThan(1_000)
      await other.publishAsync('homes/h-2/sensors/fall-1', JSON.stringify(FALL), { qos: 1 })
      expect(readings()).toBe(before + 1)
      expect(other.connected).toBe(true)
      expect(broker.broker.disconnect('gw-1', 'revoked')).toBe(0)
    },
  )

  it('forgets sessions that were to be kept', async () => {
    const more = { ...broker.logins['gw-1'], clientId: 'kept', clean: false }
    const first = await overTls(more)
    await first.subscribeAsync('homes/h-1/#')
    broker.broker.disconnect('gw-1', 'revoked')
    await waitFor('the connection to end', () => !first.connected)
    const second = mqtt.connect(`mqtts://127.0.0.1:${ports.tls}`, {
      ...more,
      ca: authority.certificate,
      reconnectPeriod: 0,
    })
    clients.push(second)
    const present = await new Promise((fulfil) =>
      second.once('connect', (packet) => fulfil(packet.sessionPresent)),
    )
    expect(present).toBe(false)
  })

  it('ends all gateways of a home, and what is retained of it', async () => {
    const first = await overTls(broker.logins['gw-1'])
    const second = await overTls(broker.logins['gw-1b'])
    const other = await overTls(broker.logins['gw-2'])
    await first.publishAsync('homes/h-1/note', 'x', { qos: 1, retain: true })
    expect(broker.broker.disconnectHome('h-1', 'closed')).toBeGreaterThanOrEqual(2)
    await waitFor('both to be gone', () => !first.connected && !second.connected)
    expect(other.connected).toBe(true)
    const back = await overTls(broker.logins['gw-1'])
    const got: string[] = []
    back.on('message', (topic) => got.push(topic))
    await back.subscribeAsync('homes/h-1/note')
    await back.publishAsync('homes/h-1/note', 'after', { qos: 1 })
    await waitFor('a message', () => got.length > 0)
    expect(got).toEqual(['homes/h-1/note'])
  })
})

function handshake(options: ConnectionOptions) {
  return connectTls({ host: '127.0.0.1', port: ports.tls, ca: authority.certificate, ...options })
}

function shownSerial(): Promise<string> {
  return new Promise((fulfil, reject) => {
    const socket = handshake({})
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      fulfil(socket.getPeerCertificate().serialNumber)
      socket.destroy()
    })
  })
}
