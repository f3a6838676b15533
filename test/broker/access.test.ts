import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mosquittoPub, mosquittoSub } from '../helpers/mosquitto.ts'
import { connectRaw, publishPacket, tryConnect } from '../helpers/mqtt-client.ts'
import type { RawClient } from '../helpers/mqtt-client.ts'
import { serverMissing } from '../helpers/servers.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { FALL, startTestBroker, weight } from './test-broker.ts'
import type { TestBroker } from './test-broker.ts'

let broker: TestBroker
beforeEach(async () => {
  broker = await startTestBroker()
})
afterEach(() => broker.stop())

const OWN = 'homes/h-1/sensors/belt'
const FOREIGN = 'homes/h-2/sensors/belt'
/** Return codes of CONNACK [MQTT 3.1.1, table 3.1]. */
const BAD_LOGIN = 4

async function subscribe(client: RawClient, ...topics: string[]): Promise<unknown[]> {
  const messageId = 1 + client.received.filter(({ cmd }) => cmd === 'suback').length
  const subscriptions = topics.map((topic) => ({ topic, qos: 1 as const }))
  client.send({ cmd: 'subscribe', messageId, subscriptions })
  const { granted } = await client.waitFor('suback', (packet) => packet.messageId === messageId)
  return granted
}

/** Topics of the messages that it heard so far. */
function heard(client: RawClient): string[] {
  return client.received.flatMap((packet) => (packet.cmd === 'publish' ? [packet.topic] : []))
}

describe('startBroker, at CONNECT', () => {
  it.each([
    ['a wrong password', { username: 'gw-1', password: 'password of gw-2' }],
    ['an empty password', { username: 'gw-1', password: '' }],
    ['no password', { username: 'gw-1' }],
    ['an unknown gateway', { username: 'gw-9', password: 'password of gw-9' }],
    ['no user name', {}],
  ])('refuses %s and closes', async (_, login) => {
    const { client, connack } = await tryConnect(broker.port, login)
    expect(connack).toMatchObject({ returnCode: BAD_LOGIN, sessionPresent: false })
    await client.waitForClose()
    expect(broker.counted).toMatchObject({ 'refused-connect': 1 })
    expect(broker.inputs('gateway')).toEqual([])
  })

  it('takes nothing from a client that publishes without waiting for the refusal', async () => {
    const { client } = await tryConnect(broker.port, { username: 'gw-1', password: 'guess' })
    client.send(publishPacket(OWN, FALL, { qos: 1, messageId: 1 }))
    await client.waitForClose()
    expect(client.received.map(({ cmd }) => cmd)).toEqual(['connack'])
    expect(broker.inputs('reading')).toEqual([])
  })

  it("leaves another gateway's session alone, whatever client id is given", async () => {
    const mine = await connectRaw(broker.port, broker.logins['gw-1'], { clientId: 'sensor-box' })
    for (const clientId of ['sensor-box', 'gw-1/sensor-box']) {
      const other = await connectRaw(broker.port, broker.logins['gw-2'], { clientId })
      other.send(publishPacket(FOREIGN, weight(1), { qos: 1, messageId: 1 }))
      await other.waitFor('puback')
    }
    mine.send(publishPacket(OWN, weight(2), { qos: 1, messageId: 1 }))
    await mine.waitFor('puback')
    expect(mine.isClosed).toBe(false)

    // Its own next connection with this id takes the place of the first [MQTT-3.1.4-2].
    await connectRaw(broker.port, broker.logins['gw-1'], { clientId: 'sensor-box' })
    await mine.waitForClose()
  })

  it('gives a second gateway with the same client id none of the messages kept for the first', async () => {
    const more = { clientId: 'box', clean: false }
    const first = await connectRaw(broker.port, broker.logins['gw-1'], more)
    expect(await subscribe(first, 'homes/h-1/#')).toEqual([0])
    first.destroy()
    const second = await tryConnect(broker.port, broker.logins['gw-2'], more)
    expect(second.connack.sessionPresent).toBe(false)
  })
})

describe("startBroker, at another home's topic", () => {
  it('acknowledges it, keeps nothing of it, and takes the good packets around it', async () => {
    const client = await connectRaw(broker.port, broker.logins['gw-1'])
    const neighbour = await connectRaw(broker.port, broker.logins['gw-2'])
    expect(await subscribe(neighbour, 'homes/h-2/#')).toEqual([0])
    client.send(publishPacket(OWN, weight(1), { qos: 1, messageId: 1 }))
    client.send(publishPacket(FOREIGN, weight(2), { qos: 1, messageId: 2, retain: true }))
    client.send(publishPacket('homes/h-1', weight(3), { qos: 1, messageId: 3 }))
    client.send(publishPacket('homes/h-10/sensors/belt', weight(4), { qos: 1, messageId: 4 }))
    client.send(publishPacket('$SYS/broker', weight(5), { qos: 1, messageId: 5 }))
    client.send(publishPacket(OWN, weight(6), { qos: 1, messageId: 6 }))
    await client.waitFor('puback', ({ messageId }) => messageId === 6)

    expect(client.received.filter(({ cmd }) => cmd === 'puback').map(({ messageId }) => messageId)).toEqual([
      1, 2, 3, 4, 5, 6,
    ])
    expect(broker.values()).toEqual([1, 6])
    expect(broker.counted).toMatchObject({ violation: 4 })
    // One line in the journal says it; more would be a way to fill the disk.
    const violations = await broker.waitForInputs('violation', 1)
    expect(violations).toEqual([
      { type: 'violation', home: 'h-1', gateway: 'gw-1', action: 'publish', topic: FOREIGN },
    ])
    // Neither passed on nor retained: what the neighbour hears first is its own.
    neighbour.send(publishPacket(FOREIGN, weight(7), { qos: 1, messageId: 1 }))
    await waitFor('its own message', () => heard(neighbour).length > 0)
    expect(neighbour.received.filter(({ cmd }) => cmd === 'publish')).toMatchObject([
      { topic: FOREIGN, payload: Buffer.from(JSON.stringify(weight(7))) },
    ])
  })

  it.skipIf(serverMissing('mosquitto_pub'))('lets mosquitto_pub end well, and keeps nothing', async () => {
    const { username, password } = broker.logins['gw-1']
    const args = ['-p', String(broker.port), '-u', username, '-P', password, '-q', '1', '-t', FOREIGN]
    const { code, stderr } = await mosquittoPub([...args, '-m', JSON.stringify(FALL)])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(broker.inputs('reading')).toEqual([])
    expect(broker.counted).toMatchObject({ violation: 1 })
  })
})

describe('startBroker, at SUBSCRIBE', () => {
  it.each(['#', '+', '+/+/+/+', '$SYS/#', 'homes/#', 'homes/+/sensors/belt', 'homes/h-2/#', 'homes/h-1'])(
    'refuses %s with 128',
    async (topic) => {
      const client = await connectRaw(broker.port, broker.logins['gw-1'])
      expect(await subscribe(client, topic)).toEqual([128])
      expect(client.isClosed).toBe(false)
      expect(broker.counted).toMatchObject({ violation: 1 })
    },
  )

  it('grants what is its own beside what it refuses', async () => {
    const client = await connectRaw(broker.port, broker.logins['gw-1'])
    expect(await subscribe(client, '#', 'homes/h-1/#', 'homes/h-2/#', 'homes/h-1/+/belt')).toEqual([
      128, 0, 128, 0,
    ])
  })

  it("passes on what its own home says, and no other home's", async () => {
    const client = await connectRaw(broker.port, broker.logins['gw-1'], { clientId: 'ears' })
    await subscribe(client, '#', 'homes/h-1/#')
    const other = await connectRaw(broker.port, broker.logins['gw-2'])
    other.send(publishPacket(FOREIGN, FALL, { qos: 1, messageId: 1 }))
    await other.waitFor('puback')
    const own = await connectRaw(broker.port, broker.logins['gw-1b'])
    own.send(publishPacket(OWN, weight(80), { qos: 1, messageId: 1 }))
    await waitFor('a message', () => heard(client).length > 0)
    expect(heard(client)).toEqual([OWN])
  })

  it('keeps nothing for a client that is away, least of all what it was refused', async () => {
    const more = { clientId: 'ears', clean: false }
    const first = await connectRaw(broker.port, broker.logins['gw-1'], more)
    // In one packet: aedes stores all of its subscriptions when one of them is granted.
    expect(await subscribe(first, 'homes/h-1/#', '#', 'homes/h-2/#')).toEqual([0, 128, 128])
    first.destroy()
    await waitFor('it to be away', () => broker.connections() === 0)
    for (const [gateway, topic] of [
      ['gw-2', FOREIGN],
      ['gw-1b', OWN],
    ] as const) {
      const speaker = await connectRaw(broker.port, broker.logins[gateway])
      speaker.send(publishPacket(topic, FALL, { qos: 1, messageId: 1 }))
      await speaker.waitFor('puback')
    }
    const again = await connectRaw(broker.port, broker.logins['gw-1'], more)
    again.send({ cmd: 'pingreq' })
    await again.waitFor('pingresp')
    expect(heard(again)).toEqual([])
  })

  it.skipIf(serverMissing('mosquitto_sub'))('makes mosquitto_sub say that # is denied', async () => {
    const { username, password } = broker.logins['gw-1']
    const args = ['-p', String(broker.port), '-u', username, '-P', password, '-t', '#', '-W', '5']
    const { stderr } = await mosquittoSub(args)
    expect(stderr).toMatch(/denied/i)
  })
})
