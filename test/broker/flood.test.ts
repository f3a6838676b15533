import { generate } from 'mqtt-packet'
import { afterEach, describe, expect, it } from 'vitest'
import { DEFAULT_LIMITS } from '../../hub/broker/broker.ts'
import type { BrokerLimits } from '../../hub/broker/broker.ts'
import { connectRaw, openRaw, publishPacket, tryConnect } from '../helpers/mqtt-client.ts'
import type { RawClient } from '../helpers/mqtt-client.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { FALL, startTestBroker, weight } from './test-broker.ts'
import type { TestBroker } from './test-broker.ts'

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

async function start(limits: Partial<BrokerLimits> = {}): Promise<TestBroker> {
  const broker = await startTestBroker({ limits })
  stops.push(broker.stop)
  return broker
}

const OWN = 'homes/h-1/sensors/belt'
const WRONG = { username: 'gw-1', password: 'guessed' }
const address = (more: Partial<BrokerLimits['address']>): Partial<BrokerLimits> => ({
  address: { ...DEFAULT_LIMITS.address, except: [], ...more },
})
const gateway = (more: Partial<BrokerLimits['gateway']>): Partial<BrokerLimits> => ({
  gateway: { ...DEFAULT_LIMITS.gateway, ...more },
})

/** Many publishes as one piece of bytes. */
function flood(topic: string, count: number, more: { qos: 0 | 1 | 2; first?: number }): Buffer {
  const { qos, first = 1 } = more
  return Buffer.concat(
    Array.from({ length: count }, (_, index) =>
      generate(publishPacket(topic, weight((first + index) / 100), { qos, messageId: first + index })),
    ),
  )
}

let subscribePackets = 0
async function subscribe(client: RawClient, ...topics: string[]): Promise<unknown[]> {
  const messageId = ++subscribePackets
  client.send({
    cmd: 'subscribe',
    messageId,
    subscriptions: topics.map((topic) => ({ topic, qos: 0 as const })),
  })
  return [...(await client.waitFor('suback', (packet) => packet.messageId === messageId)).granted]
}

describe('startBroker, at many connections of one address', () => {
  it('lets so many be open, counts the others, and serves those that are in', async () => {
    const broker = await start(address({ connections: 2 }))
    const first = await connectRaw(broker.port, broker.logins['gw-1'])
    await connectRaw(broker.port, broker.logins['gw-2'])
    await (await openRaw(broker.port)).waitForClose()
    expect(broker.counted).toMatchObject({ 'address-full': 1 })
    first.send(publishPacket(OWN, FALL, { qos: 1, messageId: 1 }))
    await first.waitFor('puback')
    expect(broker.broker.facts()).toMatchObject({
      addresses: { connections: 2, unknown: 0 },
      over: { tcp: 2 },
    })
    first.destroy()
    await waitFor('room', () => broker.broker.facts().addresses.connections === 1)
    await connectRaw(broker.port, broker.logins['gw-1'])
  })

  it('lets so many come in a second', async () => {
    const broker = await start(address({ newConnections: 1 }))
    const clients = await Promise.all(Array.from({ length: 15 }, () => openRaw(broker.port)))
    await waitFor('the others to be closed', () => clients.filter(({ isClosed }) => isClosed).length >= 4)
    expect(broker.counted['address-too-fast']).toBeGreaterThanOrEqual(4)
    expect(clients.filter(({ isClosed }) => !isClosed).length).toBeGreaterThanOrEqual(10)
  })

  it('keeps the answer to a wrong password back after some, and lets the right one of the same address in at once', async () => {
    const broker = await start(address({ failedSignIns: 3 }))
    for (let time = 0; time < 3; time++) {
      expect((await tryConnect(broker.port, WRONG)).connack.returnCode).toBe(4)
    }
    const guesses = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const client = await openRaw(broker.port)
        client.send({ ...connect, username: 'gw-1', password: Buffer.from('guessed') })
        return client
      }),
    )
    await waitFor('the guesses to be read', () => broker.counted['delayed-sign-in'] === 5)
    const right = await connectRaw(broker.port, broker.logins['gw-1'])
    right.send(publishPacket(OWN, FALL, { qos: 1, messageId: 1 }))
    await right.waitFor('puback')
    expect(guesses.flatMap(({ received }) => received)).toEqual([])
    expect(broker.counted).toMatchObject({ 'failed-sign-in': 8, 'refused-connect': 8 })
    for (const guess of guesses) guess.destroy()
  })
})

const connect = {
  cmd: 'connect',
  protocolId: 'MQTT',
  protocolVersion: 4,
  clientId: 'guess',
  clean: true,
  keepalive: 60,
} as const

describe('startBroker, at a gateway that', () => {
  it('has too many connections: refuses one more with return code 3, and lets it take over one of its own', async () => {
    const broker = await start(gateway({ connections: 2 }))
    const login = broker.logins['gw-1']
    await connectRaw(broker.port, login, { clientId: 'a' })
    const second = await connectRaw(broker.port, login, { clientId: 'b' })
    expect((await tryConnect(broker.port, login, { clientId: 'c' })).connack.returnCode).toBe(3)
    await connectRaw(broker.port, login, { clientId: 'b' })
    await second.waitForClose()
    await connectRaw(broker.port, broker.logins['gw-1b'])
    expect(broker.counted).toMatchObject({ 'refused-gateway': 1 })
  })

  it('floods at QoS 1: takes all of it in order, and the fall of another home before most of it', async () => {
    const broker = await start(gateway({ rate: 50, backlog: 100_000 }))
    const flooder = await connectRaw(broker.port, broker.logins['gw-1'])
    const other = await connectRaw(broker.port, broker.logins['gw-2'])
    flooder.sendBytes(flood(OWN, 6000, { qos: 1 }))
    await flooder.waitFor('puback')
    other.send(publishPacket('homes/h-2/sensors/fall-1', FALL, { qos: 1, messageId: 1 }))
    await other.waitFor('puback')
    await flooder.waitFor('puback', ({ messageId }) => messageId === 6000, 20_000)
    const acknowledged = flooder.received.flatMap((packet) =>
      packet.cmd === 'puback' ? [packet.messageId ?? 0] : [],
    )
    expect(acknowledged).toEqual(Array.from({ length: 6000 }, (_, index) => index + 1))
    const values = broker.values()
    expect(values.filter((value) => value !== 'detected')).toEqual(acknowledged.map((number) => number / 100))
    expect(values.indexOf('detected')).toBeLessThan(5000)
  })

  it('sends more than any backlog: says so, takes it at its rate with its own falls in order, and says when it is over', async () => {
    const broker = await start(gateway({ rate: 200, backlog: 100 }))
    const flooder = await connectRaw(broker.port, broker.logins['gw-1'])
    flooder.sendBytes(flood(OWN, 1800, { qos: 1 }))
    flooder.send(publishPacket('homes/h-1/sensors/fall-1', FALL, { qos: 1, messageId: 3000 }))
    const [notice] = await broker.waitForInputs('notice', 1)
    expect(notice).toMatchObject({ notice: 'hub-flood', home: 'h-1', gateway: 'gw-1', on: true })
    expect(broker.core.openAlerts()).toMatchObject([
      { rule: 'hub-flood', scope: 'h-1/gw-1', severity: 'medium', category: 'technical' },
    ])
    expect(broker.broker.facts().turns).toMatchObject({ held: 1, gateways: 1 })
    const taken = broker.values().length
    expect(taken).toBeLessThan(1800)
    const other = await connectRaw(broker.port, broker.logins['gw-2'])
    other.send(publishPacket('homes/h-2/sensors/fall-1', FALL, { qos: 1, messageId: 1 }))
    await other.waitFor('puback')
    await flooder.waitFor('puback', ({ messageId }) => messageId === 3000)
    expect(broker.inputs('reading').map(({ reading }) => reading.home)).toHaveLength(1802)
    expect(broker.values().at(-1)).toBe('detected')
    await waitFor('it to be over', () => broker.inputs('notice').length === 2)
    expect(broker.core.openAlerts().map(({ rule }) => rule)).toEqual(['fall', 'fall'])
  })

  it('pings and subscribes without end: ends the connection', async () => {
    const broker = await start()
    const client = await connectRaw(broker.port, broker.logins['gw-1'])
    client.sendBytes(Buffer.concat(Array.from({ length: 2000 }, () => generate({ cmd: 'pingreq' }))))
    await client.waitForClose()
    expect(broker.counted).toMatchObject({ 'control-packets': 1 })
    expect(broker.failure()).toBeUndefined()
  })

  it('connects without end: refuses with return code 3', async () => {
    const broker = await start()
    const login = broker.logins['gw-1']
    // All at once: how fast the machine is does not matter then.
    const answers = await Promise.all(
      Array.from({ length: 150 }, (_, index) =>
        tryConnect(broker.port, login, { clientId: `c${index % 10}` }),
      ),
    )
    const refused = answers.filter(({ connack }) => connack.returnCode === 3)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.length).toBeLessThan(70)
    expect(broker.counted).toMatchObject({ 'refused-gateway': refused.length })
    await connectRaw(broker.port, broker.logins['gw-2'])
  })

  it('sends QoS 2 and never finishes: ends the connection after 1000, each kept once', async () => {
    const broker = await start()
    const client = await connectRaw(broker.port, broker.logins['gw-1'])
    client.sendBytes(flood(OWN, 1500, { qos: 2 }))
    await client.waitForClose(20_000)
    expect(broker.failure()).toBeUndefined()
    const values = broker.values()
    expect(new Set(values).size).toBe(values.length)
  })
})

describe('startBroker, with subscribers', () => {
  it('grants 100 filters to a client, and none of more than 512 characters', async () => {
    const broker = await start()
    const client = await connectRaw(broker.port, broker.logins['gw-1'])
    const filters = Array.from({ length: 110 }, (_, index) => `homes/h-1/cmd/${index}`)
    const granted = await subscribe(client, `homes/h-1/${'x'.repeat(600)}`, ...filters)
    expect(granted).toEqual([128, ...filters.map((_, index) => (index < 100 ? 0 : 128))])
    client.send({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: ['homes/h-1/cmd/0'] })
    await client.waitFor('unsuback')
    expect(await subscribe(client, 'homes/h-1/more')).toEqual([0])
    expect(broker.counted).toMatchObject({ 'refused-subscription': 11 })
  })

  it('goes on passing on to others when one reads nothing, who misses what finds no room', async () => {
    const broker = await start(gateway({ rate: 1000 }))
    const deaf = await connectRaw(broker.port, broker.logins['gw-1'], { clientId: 'deaf' })
    await subscribe(deaf, 'homes/h-1/#')
    deaf.pause()
    const ears = await connectRaw(broker.port, broker.logins['gw-2'], { clientId: 'ears' })
    await subscribe(ears, 'homes/h-2/#')
    const speaker = await connectRaw(broker.port, broker.logins['gw-1b'])
    const other = await connectRaw(broker.port, broker.logins['gw-2'], { clientId: 'speaker' })
    const large = 'x'.repeat(100_000)
    let messageId = 0
    // The kernel keeps some MB for who does not read.
    await waitFor('one that is missed', () => {
      if (speaker.received.filter(({ cmd }) => cmd === 'puback').length === messageId) {
        speaker.send(publishPacket('homes/h-1/news', large, { qos: 1, messageId: ++messageId }))
      }
      return (broker.counted['not-forwarded'] ?? 0) > 0
    })
    for (let time = 1; time <= 300; time++) {
      other.send(publishPacket('homes/h-2/news', `news ${time}`, { qos: 1, messageId: time }))
    }
    await other.waitFor('puback', (packet) => packet.messageId === 300)
    await ears.waitFor('publish', ({ payload }) => payload.toString() === 'news 300')
    expect(broker.broker.facts().passingOn).toBeLessThan(100)
  })

  it('keeps 500 retained messages of a home, and passes on what it does not keep', async () => {
    const broker = await start(gateway({ rate: 1000 }))
    const speaker = await connectRaw(broker.port, broker.logins['gw-1'])
    const others = await connectRaw(broker.port, broker.logins['gw-2'])
    others.send(publishPacket('homes/h-2/kept', 'other', { qos: 1, messageId: 1, retain: true }))
    for (let time = 1; time <= 600; time++) {
      const more = { qos: 1 as const, messageId: time, retain: true }
      speaker.send(publishPacket(`homes/h-1/kept/${time}`, 'x', more))
    }
    await speaker.waitFor('puback', ({ messageId }) => messageId === 600)
    expect(broker.counted).toMatchObject({ 'not-retained': 100 })
    const ears = await connectRaw(broker.port, broker.logins['gw-1b'])
    await subscribe(ears, 'homes/h-1/kept/+')
    await waitFor('all of them', () => ears.received.filter(({ cmd }) => cmd === 'publish').length === 500)
    expect(broker.broker.facts().retained).toMatchObject({ topics: 501 })
    broker.broker.disconnectHome('h-1', 'a test')
    expect(broker.broker.facts().retained).toMatchObject({ topics: 1 })
  })

  it('keeps 20 sessions of a gateway, and forgets the oldest', async () => {
    const broker = await start()
    const again = async (clientId: string): Promise<boolean> => {
      const login = broker.logins['gw-1']
      const { client, connack } = await tryConnect(broker.port, login, { clientId, clean: false })
      await subscribe(client, 'homes/h-1/news')
      client.destroy()
      await waitFor('it to be gone', () => broker.connections() === 0)
      return connack.sessionPresent
    }
    for (let index = 0; index < 21; index++) expect(await again(`s${index}`)).toBe(false)
    expect(await again('s20')).toBe(true)
    expect(await again('s0')).toBe(false)
  })
})
