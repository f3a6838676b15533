import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminSocket } from '../../hub/admin-socket.ts'
import { askAdmin, launchHub, runAal, startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const dir = tempDir('tls')
const data = join(dir, 'data')
const tls = join(dir, 'tls')
const CONFIG = `mqtt:
  tls: { port: 0, host: 127.0.0.1, cert: ${tls}/cert.pem, key: ${tls}/key.pem }
  websocket: {}
http:
  tls: { cert: ${tls}/cert.pem, key: ${tls}/key.pem }
`
const HOMES = `homes:
  - id: h-0001
    timezone: Europe/Oslo
    sensors: [{ id: fall-1, profile: native }]
`

let hub: HubProcess
let ca: string

const create = (...more: readonly string[]) =>
  runAal(['--data', data, 'certificate', 'create', '--host', '127.0.0.1', 'localhost', '--out', tls, ...more])
const aal = (...args: readonly string[]) => runAal(['--data', data, ...args])

beforeAll(async () => {
  const { code, stderr } = await create()
  expect(code, stderr).toBe(0)
  ca = readFileSync(join(tls, 'ca.pem'), 'utf8')
  hub = await startHubProcess({ data, config: CONFIG })
  const homes = join(dir, 'homes.yaml')
  writeFileSync(homes, HOMES)
  expect((await aal('import', homes)).code).toBe(0)
})
afterAll(async () => {
  await hub.kill('SIGTERM')
})

interface Got {
  readonly status: number
  readonly text: string
  readonly cookies: readonly string[]
  readonly serial: string
}

function ask(path: string): Promise<Got> {
  return new Promise((fulfil, reject) => {
    get(`${hub.url}${path}`, { ca, agent: false }, (answer) => {
      let text = ''
      const { socket } = answer as unknown as { socket: { getPeerCertificate(): { serialNumber: string } } }
      const serial = socket.getPeerCertificate().serialNumber
      answer.setEncoding('utf8').on('data', (part: string) => (text += part))
      answer.on('end', () =>
        fulfil({ status: answer.statusCode ?? 0, text, cookies: answer.headers['set-cookie'] ?? [], serial }),
      )
    }).on('error', reject)
  })
}

const openAlerts = async () =>
  (await hub.api<{ alerts: { rule: string; detail: { reason?: string } }[] }>('GET', '/api/alerts')).alerts

describe('aal start with TLS', () => {
  it('serves the console over HTTPS and says when its certificate ends', async () => {
    expect(hub.url).toMatch(/^https:/)
    expect(hub.signIn).toMatch(/^https:/)
    expect((await ask('/healthz')).status).toBe(200)
    const { text } = await ask('/metrics')
    const ends = /aal_certificate_expires_seconds\{certificate="mqtt.tls"\} ([\d.e+]+)/.exec(text)?.[1]
    expect(Number(ends) - Date.now() / 1000).toBeGreaterThan(390 * 86_400)
    const system = await hub.api<{ certificates: { use: string }[]; problems: { problem: string }[] }>(
      'GET',
      '/api/system',
    )
    expect(system.certificates.map(({ use }) => use)).toEqual(['mqtt.tls', 'http.tls'])
    expect(
      system.problems.map(({ problem }) => problem).filter((name) => name.includes('certificate')),
    ).toEqual([])
  })

  it('takes gateways over TLS and over WebSocket on the port of the console, by a certificate too', async () => {
    const out = join(dir, 'gw-1')
    expect((await aal('gateway', 'add', 'h-0001', '--id', 'gw-1', '--certificate', '--out', out)).code).toBe(
      0,
    )
    const pair = { cert: readFileSync(join(out, 'cert.pem')), key: readFileSync(join(out, 'key.pem')) }
    expect(statSync(join(out, 'key.pem')).mode & 0o777).toBe(0o600)
    const login = JSON.parse(
      (await aal('--json', 'gateway', 'add', 'h-0001', '--id', 'gw-2')).stdout,
    ) as object
    for (const [url, credentials] of [
      [`mqtts://127.0.0.1:${hub.mqttsPort}`, pair],
      [`mqtts://127.0.0.1:${hub.mqttsPort}`, login],
      [`${hub.url.replace('https', 'wss')}/mqtt`, login],
    ] as const) {
      const client = await mqtt.connectAsync(url, { ca, reconnectPeriod: 0, ...credentials })
      await client.publishAsync('homes/h-0001/sensors/fall-1', '{"kind":"fall","value":"detected"}', {
        qos: 1,
      })
      await client.endAsync()
    }
    expect((await openAlerts()).map(({ rule }) => rule)).toContain('fall')
    const list = JSON.parse((await aal('--json', 'certificate', 'list')).stdout) as object[]
    expect(list).toMatchObject([{ gateway: 'gw-1', home: 'h-0001', shownAt: expect.any(Number) }])
  })

  it('takes a renewed certificate of a gateway, and the old one no more once it came with the new', async () => {
    const old = join(dir, 'gw-1')
    const next = join(dir, 'gw-1-next')
    const connect = async (folder: string): Promise<void> => {
      const pair = {
        cert: readFileSync(join(folder, 'cert.pem')),
        key: readFileSync(join(folder, 'key.pem')),
      }
      const client = await mqtt.connectAsync(`mqtts://127.0.0.1:${hub.mqttsPort}`, {
        ca,
        reconnectPeriod: 0,
        ...pair,
      })
      await client.endAsync()
    }
    expect((await aal('gateway', 'renew', 'gw-1', '--out', next)).code).toBe(0)
    await connect(old)
    await connect(next)
    await expect(connect(old)).rejects.toThrow(/Not authorized|Bad username/)
    await connect(next)
  })

  it('takes over a new certificate, over HTTPS too, on SIGHUP or by itself, and keeps what is connected', async () => {
    const login = JSON.parse(
      (await aal('--json', 'gateway', 'add', 'h-0001', '--id', 'gw-3')).stdout,
    ) as object
    const client = await mqtt.connectAsync(`mqtts://127.0.0.1:${hub.mqttsPort}`, {
      ca,
      reconnectPeriod: 0,
      ...login,
    })
    let serial = (await ask('/healthz')).serial
    for (const how of ['by itself', 'SIGHUP']) {
      expect((await create('--force')).code).toBe(0)
      if (how === 'SIGHUP') process.kill(hub.pid, 'SIGHUP')
      const before = serial
      await waitFor(
        `the new certificate, ${how}`,
        async () => (serial = (await ask('/healthz')).serial) !== before,
      )
    }
    expect(client.connected).toBe(true)
    await client.endAsync()
  })

  it('keeps the certificate in force when the new one is bad: it is said, and the hub is ready all the same', async () => {
    const good = join(dir, 'good.pem')
    copyFileSync(join(tls, 'cert.pem'), good)
    const { serial } = await ask('/healthz')
    writeFileSync(join(tls, 'cert.pem'), 'nonsense')
    process.kill(hub.pid, 'SIGHUP')
    const said = await waitFor('the alert', async () => {
      const found = (await openAlerts()).filter(({ rule }) => rule === 'hub-certificate')
      return found.length === 2 && found
    })
    expect(said[0]?.detail.reason).toContain('it is no certificate in PEM')
    expect(await ask('/readyz')).toMatchObject({ status: 200, serial })
    const { problems } = await hub.api<{ problems: { problem: string }[] }>('GET', '/api/system')
    expect(problems.map(({ problem }) => problem)).toContain('certificate-refused')
    copyFileSync(good, join(tls, 'cert.pem'))
    process.kill(hub.pid, 'SIGHUP')
    await waitFor(
      'it to be over',
      async () => !(await openAlerts()).some(({ rule }) => rule === 'hub-certificate'),
    )
  })

  it('ends the connections of a gateway that is revoked, given another password at once, or taken out, and of a home that is closed', async () => {
    const socket = adminSocket(data)
    const homes = join(dir, 'more.yaml')
    writeFileSync(homes, HOMES.replace('h-0001', 'h-0002'))
    expect((await aal('import', homes)).code).toBe(0)
    const connect = async (id: string): Promise<mqtt.MqttClient> => {
      const login = (await askAdmin(socket, 'POST', '/api/homes/h-0002/gateways', { id })) as object
      return await mqtt.connectAsync(`mqtts://127.0.0.1:${hub.mqttsPort}`, {
        ca,
        reconnectPeriod: 0,
        ...login,
      })
    }
    const path = '/api/homes/h-0002'
    for (const [id, method, url, body] of [
      ['gw-a', 'POST', '/api/gateways/gw-a/revoke', { why: 'stolen' }],
      ['gw-b', 'POST', `${path}/gateways/gw-b/rotation`, { old: 'at-once' }],
      ['gw-c', 'DELETE', `${path}/gateways/gw-c`, undefined],
      ['gw-d', 'PUT', `${path}/service`, { state: 'closed', why: 'moved out' }],
    ] as const) {
      const client = await connect(id)
      await askAdmin(socket, method, url, body)
      await waitFor(`${id} to be gone`, () => !client.connected, { timeout: 5_000 })
    }
    const { rows } = (await askAdmin(socket, 'GET', '/api/audit')) as {
      rows: { what: string; why?: string }[]
    }
    expect(rows.find(({ what }) => what === 'gateway.revoke')?.why).toBe('gw-a: stolen')
  })

  it.each([
    ['there is no file', 'none.pem', /there is no such file.*aal certificate create/],
    ["the key is another's", 'other.pem', /mqtt.tls.key .*not the key of the certificate/],
  ])('does not start when %s, and says what to do', async (_what, key, message) => {
    // That of the authority fits no server.
    copyFileSync(join(data, 'certificates', 'authority-key.pem'), join(dir, 'other.pem'))
    const config = `mqtt: { tls: { port: 0, cert: ${tls}/cert.pem, key: ${join(dir, key)} } }\n`
    const { code, stderr } = await launchHub({ config }).ended
    expect(code).toBe(1)
    expect(stderr).toMatch(message)
  })
})

describe('aal gateway config', () => {
  const write = async (...args: readonly string[]) => {
    const out = join(tempDir('box'), 'box')
    const file = join(dir, 'hub.yaml')
    writeFileSync(file, CONFIG)
    return { out, ...(await aal('--config', file, 'gateway', 'config', 'h-0001', '--out', out, ...args)) }
  }

  it('writes files for the box, with a place for the password, which nobody can read back', async () => {
    const { out, code, stderr } = await write(
      '--gateway',
      'gw-2',
      '--host',
      'hub.example.org',
      '--port',
      '8883',
    )
    expect(code, stderr).toBe(0)
    const conf = readFileSync(join(out, 'mosquitto.conf'), 'utf8')
    expect(conf).toContain('address hub.example.org:8883\n')
    expect(conf).toContain('remote_password PUT-THE-PASSWORD-HERE\n')
    expect(readFileSync(join(out, 'ca.pem'), 'utf8')).toBe(ca)
    expect(readFileSync(join(out, 'configuration.yaml'), 'utf8')).toContain(
      'base_topic: homes/h-0001/zigbee2mqtt\n',
    )
    expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain('# Boksen gw-2 i hjem h-0001')
    expect(statSync(join(out, 'mosquitto.conf')).mode & 0o777).toBe(0o600)
  })

  it.each([
    [
      'a gateway without credentials',
      ['--gateway', 'gw-9', '--host', 'x'],
      1,
      'aal gateway add h-0001 --id gw-9',
    ],
    ['no host', ['--gateway', 'gw-2'], 2, '--host hub.example.org'],
  ])('refuses %s, and says what to do', async (_what, args, exit, message) => {
    const { code, stderr } = await write(...args)
    expect(code).toBe(exit)
    expect(stderr).toContain(message)
  })
})
