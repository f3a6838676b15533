import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminSocket } from '../../hub/admin-socket.ts'
import { askAdmin, startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { startMosquitto } from '../helpers/mosquitto.ts'
import type { Mosquitto } from '../helpers/mosquitto.ts'
import { connectRaw, publishPacket, tryConnect } from '../helpers/mqtt-client.ts'
import type { Login, RawClient } from '../helpers/mqtt-client.ts'
import { exampleFlow, importFlows, installNodes, startNodeRed } from '../helpers/node-red.ts'
import type { FlowNode, NodeRed } from '../helpers/node-red.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const HOMES = ['h-0', 'h-taken', 'h-1', 'h-2', 'h-3', 'h-4', 'h-5']
const REGISTER = `homes:\n${HOMES.map(
  (home) =>
    `  - { id: ${home}, area: Alta, timezone: Europe/Oslo, sensors: [{ id: fall-1, profile: native }, { id: door, profile: native, role: entrance }] }\n`,
).join('')}`
const SCOPES = ['read:alerts', 'act:alerts', 'read:history', 'raise:alerts']

let hub: HubProcess
let lampBroker: Mosquitto
/** Hears everything that flows publish. */
let lampWatch: RawClient
let red: NodeRed
let flows: FlowNode[]
const logins = new Map<string, Login>()

beforeAll(async () => {
  const userDir = tempDir('node-red')
  ;[hub, lampBroker] = await Promise.all([startHubProcess(), startMosquitto(), installNodes(userDir)])
  await hub.api('POST', '/api/homes', { text: REGISTER })
  for (const home of HOMES) logins.set(home, await hub.api<Login>('POST', `/api/homes/${home}/gateways`, {}))
  lampWatch = (await tryConnect(lampBroker.port, {}, { keepalive: 0 })).client
  lampWatch.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: '#', qos: 1 }] })
  lampWatch.onPacket((packet) => {
    if (packet.cmd === 'publish' && packet.qos > 0)
      lampWatch.send({ cmd: 'puback', messageId: packet.messageId ?? 0 })
  })
  await lampWatch.waitFor('suback')
  // Open before Node-RED hears the hub for the first time.
  await publish('h-0', 'fall-1', 'fall', 'detected')
  await publish('h-taken', 'fall-1', 'fall', 'detected')
  const { id } = await alertOf('h-taken')
  await hub.api('POST', `/api/alerts/${id}/acknowledge`, { by: 'operator:siv' })
  red = await startNodeRed({ userDir })
  flows = await flowsFor(await newToken('node-red'))
  // A node drops what it should publish before it is connected; from here on its connection stays.
  await red.deploy(flows.filter(({ id }) => ['test', 'testout', BROKER].includes(id)))
  await statusOf('testout', 'node-red:common.status.connected')
  await red.deploy(flows)
  await Promise.all(
    ['aal1alert0000000', 'testalert', 'testreading'].map((node) => statusOf(node, 'connected')),
  )
})
afterAll(async () => {
  lampWatch?.destroy()
  await Promise.all([red?.stop(), hub?.kill('SIGTERM'), lampBroker?.stop()])
})

async function newToken(name: string, scopes = SCOPES): Promise<string> {
  return (await hub.api<{ token: string }>('POST', '/api/tokens', { name, scopes })).token
}

/** What is in `examples/`, as somebody imports it: only hub, token and broker are set. And flows of this test. */
async function flowsFor(token: string): Promise<FlowNode[]> {
  const examples = ['01 - Lamp at a fall', '03 - UPS on battery'].flatMap(exampleFlow)
  const own: FlowNode[] = [
    { id: 'test', type: 'tab', label: 'Test' },
    inTest('testalert', 'aal-alert', ['testalerts'], {
      hub: HUB,
      events: ['raised', 'acknowledged', 'resolved', 'reopened', 'cleared'],
      categories: ['safety'],
      atLeast: 'info',
      areas: 'Alta',
    }),
    inTest('testalerts', 'function', ['testout'], {
      func: `return { topic: 'test/alerts', payload: msg.event + ' ' + msg.payload.home + ' ' + msg.by + (msg.known ? ' known' : '') }`,
    }),
    inTest('testreading', 'aal-reading', ['testreadings'], { hub: HUB, kinds: 'door' }),
    inTest('testreadings', 'function', ['testout'], {
      func: `return { topic: 'test/readings', payload: msg.topic + ' ' + msg.payload }`,
    }),
    inTest('testackin', 'mqtt in', ['testack'], {
      topic: 'ask/acknowledge',
      datatype: 'json',
      broker: BROKER,
    }),
    inTest('testack', 'function', ['testacknowledge'], { func: 'return msg.payload' }),
    inTest('testacknowledge', 'aal-acknowledge', ['testdone'], { hub: HUB, comment: 'pressed' }),
    inTest('testraisein', 'mqtt in', ['testraising'], {
      topic: 'ask/raise',
      datatype: 'json',
      broker: BROKER,
    }),
    inTest('testraising', 'function', ['testraise'], {
      func: 'return { raise: msg.payload, payload: true }',
    }),
    inTest('testraise', 'aal-raise', ['testdone'], { hub: HUB, key: 'test', title: 'Test', severity: 'low' }),
    inTest('testdone', 'function', ['testout'], {
      func: `return { topic: 'test/done', payload: JSON.stringify({ id: msg.payload?.id, did: msg.did }) }`,
    }),
    inTest('testcatch', 'catch', ['testerrors'], {}),
    inTest('testerrors', 'function', ['testout'], {
      func: `return { topic: 'test/errors', payload: msg.error.message }`,
    }),
    inTest('testout', 'mqtt out', [], { topic: '', qos: '1', retain: 'false', broker: BROKER }),
  ]
  return importFlows([...examples, ...own], { url: hub.url, token, brokerPort: lampBroker.port })
}

const HUB = 'aal0000000000hub'
const BROKER = 'aal00000000broker'

function inTest(id: string, type: string, to: readonly string[], more: object): FlowNode {
  return { id, type, z: 'test', x: 100, y: 100, wires: to.length > 0 ? [to] : [], ...more }
}

/** A reading of a home, taken by the hub. */
async function publish(home: string, sensor: string, kind: string, value: string | number): Promise<void> {
  const login = logins.get(home)
  if (!login) throw new Error(`There is no home ${home}`)
  const client = await connectRaw(hub.mqttPort, login)
  client.send(publishPacket(`homes/${home}/sensors/${sensor}`, { kind, value }, { qos: 1, messageId: 1 }))
  await client.waitFor('puback')
  client.destroy()
}

/** Something that a flow is asked for over MQTT. */
function tell(topic: string, payload: object | string): void {
  lampWatch.send(publishPacket(topic, payload))
}

/** What was published on this topic so far. */
function published(topic: string): string[] {
  return lampWatch.received.flatMap((packet) =>
    packet.cmd === 'publish' && packet.topic === topic ? [String(packet.payload)] : [],
  )
}

type Row = Readonly<{
  id: string
  home?: string
  rule: string
  category: string
  handling: string
  cause?: string
}>

async function alerts(): Promise<Row[]> {
  return (await hub.api<{ alerts: Row[] }>('GET', '/api/alerts?all=true')).alerts
}

async function alertOf(home: string): Promise<Row> {
  const found = (await alerts()).find((one) => one.home === home && one.rule === 'fall')
  if (!found) throw new Error(`There is no fall of ${home}`)
  return found
}

/** Waits until a node shows this in the editor. */
async function statusOf(node: string, text: string): Promise<void> {
  const socket = new WebSocket(`${red.url.replace('http', 'ws')}/comms`)
  const messages = z.array(
    z.object({ topic: z.string().optional(), data: z.object({ text: z.string().optional() }) }),
  )
  const shown: (string | undefined)[] = []
  socket.on('open', () => socket.send(JSON.stringify({ auth: red.token })))
  socket.on('message', (data) => {
    const said = String(data)
    if (said.includes('"auth":"ok"')) return socket.send(JSON.stringify({ subscribe: `status/${node}` }))
    for (const { topic, data: status } of messages.safeParse(JSON.parse(said)).data ?? []) {
      if (topic === `status/${node}`) shown.push(status.text)
    }
  })
  try {
    await waitFor(`${node} to show "${text}"`, () => shown.at(-1)?.startsWith(text)).catch(
      (cause: unknown) => {
        throw new Error(`It showed ${JSON.stringify(shown)}. Its log:\n${red.log()}`, { cause })
      },
    )
  } finally {
    socket.close()
  }
}

describe('the example of a lamp, imported as it is', () => {
  it('turns on the lamp when somebody falls, and writes to the log and turns it off when it is taken', async () => {
    // It has h-0 since before the lamp was there.
    await waitFor('the lamp to be on', () => published('lamp/desk/set').at(-1) === 'ON')
    expect(published('test/alerts')).toEqual([
      'raised h-0 hub known',
      'acknowledged h-taken operator:siv known',
    ])
    const open = await alertOf('h-0')
    await hub.api('POST', `/api/alerts/${open.id}/acknowledge`, { by: 'operator:siv' })
    await waitFor('the lamp to be off', () => published('lamp/desk/set').at(-1) === 'OFF')
    await waitFor('the log', () => red.log().includes('Possible fall in h-0: operator:siv has it'))
    expect(red.log()).not.toContain('in h-taken')
    await publish('h-1', 'fall-1', 'fall', 'detected')
    await waitFor('the lamp', () => published('lamp/desk/set').at(-1) === 'ON')
    expect(red.log()).not.toContain('in h-1')
    const { id } = await alertOf('h-1')
    await hub.api('POST', `/api/alerts/${id}/acknowledge`, { by: 'operator:siv' })
    await waitFor('the lamp to go out', () => published('lamp/desk/set').at(-1) === 'OFF')
    await waitFor('the log', () => red.log().includes('Possible fall in h-1: operator:siv has it'))
  })
})

describe('aal reading', () => {
  it('tells of the kinds that it is asked for', async () => {
    await publish('h-1', 'door', 'battery', 80)
    await publish('h-1', 'door', 'door', 'open')
    await waitFor('the reading', () => published('test/readings').length > 0)
    expect(published('test/readings')).toEqual(['h-1/door/door open'])
  })
})

describe('aal acknowledge', () => {
  it('takes an alert about a person only for a human that the message names, and keeps who it was', async () => {
    await publish('h-2', 'fall-1', 'fall', 'detected')
    const { id } = await alertOf('h-2')
    tell('ask/acknowledge', { payload: { id, category: 'technical' }, by: 'hub' })
    await waitFor('the refusal', () => published('test/errors').length > 0)
    expect(published('test/errors').at(-1)).toBe(
      `Cannot acknowledge ${id}: it is about a person, and msg.human does not say which human took it. A flow must not stop its escalation by itself.`,
    )
    expect((await alertOf('h-2')).handling).toBe('new')

    tell('ask/acknowledge', { payload: { id }, human: 'button-desk' })
    await waitFor('the alert', () => published('test/done').includes(`{"id":"${id}"}`))
    const { alert, events } = await hub.api<{
      alert: Row & { handledBy: string }
      events: { what: string; text?: string }[]
    }>('GET', `/api/alerts/${id}`)
    expect(alert).toMatchObject({ handling: 'acknowledged', handledBy: 'token:node-red' })
    expect(events.flatMap(({ what, text }) => (what === 'commented' ? [text] : []))).toEqual([
      'button-desk',
      'pressed',
    ])

    const before = published('test/errors').length
    tell('ask/acknowledge', { payload: { id }, human: 'button-desk' })
    await waitFor('the refusal', () => published('test/errors').length > before)
    expect(published('test/errors').at(-1)).toBe(
      `Cannot acknowledge ${id}. Cannot do this: alert ${id} was acknowledged by token:node-red already.`,
    )
  })

  it.each([
    [{ payload: {} }, 'Cannot acknowledge: the message names no alert'],
    [{ payload: 'a-1', human: 'Kari Nordmann' }, 'Cannot acknowledge: msg.human is no id'],
    [{ payload: 'none', human: 'button-desk' }, 'Cannot acknowledge none. Cannot find the alert "none"'],
  ])('says to catch nodes what is wrong with %j', async (message, error) => {
    tell('ask/acknowledge', message)
    await waitFor('the error', () => published('test/errors').some((one) => one.startsWith(error)))
  })
})

describe('aal raise', () => {
  it('raises a technical alert while the UPS of the example runs on battery', async () => {
    tell('ups/rack/status', 'OB DISCHRG')
    const raised = await waitFor('the alert', async () =>
      (await alerts()).find(({ rule }) => rule === 'from:node-red'),
    )
    expect(raised).toMatchObject({ category: 'technical', severity: 'medium', handling: 'new' })
    expect(raised).toMatchObject({ title: { en: 'UPS runs on battery' } })
    tell('ups/rack/status', 'OL CHRG')
    await waitFor(
      'its end',
      async () => (await alerts()).find(({ id }) => id === raised.id)?.handling === 'resolved',
    )
  })

  it.each([
    ['category', 'safety'],
    ['category', 'health'],
    ['severity', 'high'],
  ])('is refused by the hub with %s %s', async (field, value) => {
    const before = published('test/errors').length
    tell('ask/raise', { id: 'made-up', [field]: value })
    await waitFor('the refusal', () => published('test/errors').length > before)
    expect(published('test/errors').at(-1)).toMatch(new RegExp(`^Cannot raise\\. .*${field}`))
    expect(await alerts()).not.toContainEqual(expect.objectContaining({ scope: 'hub/made-up' }))
  })
})

describe('a hub that is killed', () => {
  it('is heard again: nothing is missed, and nothing comes twice', async () => {
    await publish('h-3', 'fall-1', 'fall', 'detected')
    const { mqttPort, url, data } = hub
    await hub.kill('SIGKILL')
    await statusOf('aal1alert0000000', 'disconnected since ')
    tell('ask/raise', { id: 'while-away' })
    await statusOf('testraise', 'waiting for the hub')
    hub = await startHubProcess({ data, mqttPort, httpPort: Number(new URL(url).port) })
    const { id } = await alertOf('h-3')
    await hub.api('POST', `/api/alerts/${id}/acknowledge`, { by: 'operator:siv' })
    await publish('h-4', 'fall-1', 'fall', 'detected')
    await waitFor('the newest', () => published('test/alerts').includes('raised h-4 hub'))
    expect(published('test/alerts')).toEqual([
      'raised h-0 hub known',
      'acknowledged h-taken operator:siv known',
      'acknowledged h-0 operator:siv',
      'raised h-1 hub',
      'acknowledged h-1 operator:siv',
      'raised h-2 hub',
      'acknowledged h-2 token:node-red',
      'raised h-3 hub',
      'acknowledged h-3 operator:siv',
      'raised h-4 hub',
    ])
    await waitFor('the lamp', () => published('lamp/desk/set').at(-1) === 'ON')
    await waitFor('what was said meanwhile', async () => {
      return (await alerts()).some((one) => 'scope' in one && one.scope === 'hub/while-away')
    })
  })
})

describe('a token that is not in force any more', () => {
  it('is told of; the hub and its alarms go on, and a new token goes on where the old one was', async () => {
    await hub.api('POST', '/api/alerts/' + (await alertOf('h-4')).id + '/acknowledge', { by: 'operator:siv' })
    await waitFor('that', () => published('test/alerts').includes('acknowledged h-4 operator:siv'))
    await askAdmin(adminSocket(hub.data), 'DELETE', '/api/tokens/node-red')
    await statusOf('aal1alert0000000', 'token refused')
    expect(red.log()).toContain(
      'The hub does not know this token: make a new one with "aal token add NAME --scope …" on the hub',
    )
    await publish('h-5', 'fall-1', 'fall', 'detected')
    expect((await alertOf('h-5')).handling).toBe('new')
    expect(published('test/alerts')).not.toContain('raised h-5 hub')

    await red.deploy(await flowsFor(await newToken('node-red-2')))
    await waitFor('the fall', () => published('test/alerts').includes('raised h-5 hub'))
    expect(published('test/alerts').filter((one) => one.includes('h-5') || one.includes('h-4'))).toEqual([
      'raised h-4 hub',
      'acknowledged h-4 operator:siv',
      'raised h-5 hub',
    ])
  })
})

describe('the settings with which we run Node-RED', () => {
  it('let nobody in without the password, and pages of flows neither', async () => {
    const basic = (password: string) => ({ authorization: `Basic ${btoa(`admin:${password}`)}` })
    const statuses = await Promise.all([
      fetch(`${red.url}/flows`),
      fetch(`${red.url}/pages/any`),
      fetch(`${red.url}/pages/any`, { headers: basic('wrong') }),
      fetch(`${red.url}/pages/any`, { headers: basic(red.password) }),
    ])
    expect(statuses.map(({ status }) => status)).toEqual([401, 401, 401, 404])
    const signIn = (password: string) =>
      fetch(`${red.url}/auth/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          client_id: 'node-red-admin',
          grant_type: 'password',
          scope: '*',
          username: 'admin',
          password,
        }),
      })
    expect((await signIn('wrong')).status).not.toBe(200)
  })

  it('install nothing, and keep the token out of the flows', async () => {
    await expect(red.admin('POST', '/nodes', { module: 'node-red-contrib-none' })).rejects.toThrow('404')
    expect(await red.admin('GET', '/settings')).toMatchObject({
      externalModules: { palette: { allowInstall: false, allowUpload: false } },
    })
    for (const file of ['flows.json', 'flows_cred.json']) {
      expect(readFileSync(join(red.userDir, file), 'utf8')).not.toContain('aal_')
    }
  })
})
