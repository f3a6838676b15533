import { join } from 'node:path'
import type { IConnectPacket } from 'mqtt-packet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { RawClient } from '../helpers/mqtt-client.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { FALL, startTestBroker, weight } from './test-broker.ts'
import type { TestBroker } from './test-broker.ts'

let broker: TestBroker
let data: string
beforeEach(async () => {
  data = join(tempDir('broker'), 'data')
  broker = await startTestBroker({ data })
})
afterEach(() => broker.stop())

const TOPIC = 'homes/h-1/sensors/belt'
const FALL_TOPIC = 'homes/h-1/sensors/fall-1'
const FOREIGN = 'homes/h-2/sensors/belt'

const connect = (more: Partial<IConnectPacket> = {}): Promise<RawClient> =>
  connectRaw(broker.port, broker.logins['gw-1'], more)

const pubacks = (client: RawClient): (number | undefined)[] =>
  client.received.filter(({ cmd }) => cmd === 'puback').map(({ messageId }) => messageId)

describe('the PUBACK', () => {
  it('comes after the commit: the reading is in the journal, the alert and its rule state too', async () => {
    const client = await connect()
    let seen: unknown
    client.onPacket((packet) => {
      if (packet.cmd === 'puback')
        seen = broker.journal.alerts({ all: true, limit: 5 }).map(({ rule }) => rule)
    })
    client.send(publishPacket(FALL_TOPIC, FALL, { qos: 1, messageId: 1 }))
    await client.waitFor('puback')
    expect(seen).toEqual(['fall'])
  })

  it('comes in the order in which the packets came, whatever they are [MQTT-4.6.0-2]', async () => {
    const client = await connect()
    const packets = [
      publishPacket(TOPIC, weight(1)),
      publishPacket(FOREIGN, weight(2)),
      publishPacket(TOPIC, '', { retain: true }),
      publishPacket('homes/h-1/zigbee2mqtt/bridge/state', 'online'),
      publishPacket(TOPIC, '{"kind":"weight",'),
      publishPacket('homes/h-1/sensors/nobody', weight(3)),
      publishPacket(TOPIC, [weight(4), weight(5)]),
    ]
    const count = 70
    for (let index = 0; index < count; index++) {
      const packet = packets[index % packets.length]
      if (packet) client.send({ ...packet, qos: 1, messageId: index + 1 })
    }
    await client.waitFor('puback', ({ messageId }) => messageId === count)
    expect(pubacks(client)).toEqual(Array.from({ length: count }, (_, index) => index + 1))
  })

  it('does not come when the commit fails: the connection is closed, and the hub gives up', async () => {
    const client = await connect()
    const other = await connect({ clientId: 'other' })
    client.send(publishPacket(TOPIC, weight(1), { qos: 1, messageId: 1 }))
    await client.waitFor('puback')
    broker.breakDisk()
    client.send(publishPacket(TOPIC, weight(2), { qos: 1, messageId: 2 }))
    client.send(publishPacket(TOPIC, weight(3), { qos: 1, messageId: 3 }))
    other.send(publishPacket(TOPIC, weight(4), { qos: 2, messageId: 1 }))
    await client.waitForClose()
    await other.waitForClose()
    expect(pubacks(client)).toEqual([1])
    expect(other.received.map(({ cmd }) => cmd)).toEqual(['connack'])
    expect(broker.values()).toEqual([1])
    expect(broker.failure()?.message).toMatch(/^Cannot write to the data folder: no space left on device/)

    // Nor does it come afterwards.
    const later = await connect({ clientId: 'later' })
    later.send(publishPacket(TOPIC, weight(5), { qos: 1, messageId: 1 }))
    await later.waitForClose()
    expect(pubacks(later)).toEqual([])
  })
})

describe('the same packet again', () => {
  it('is dropped with DUP, and counts as a new one without: a second fall looks like the first', async () => {
    const client = await connect()
    const fall = publishPacket(FALL_TOPIC, FALL, { qos: 1, messageId: 7 })
    client.send(fall)
    client.send({ ...fall, dup: true })
    client.send({ ...fall, dup: true })
    await waitFor('three PUBACKs', () => pubacks(client).length === 3)
    expect(broker.values()).toEqual(['detected'])
    expect(broker.core.openAlerts()).toMatchObject([{ rule: 'fall', count: 1 }])

    client.send(fall)
    await waitFor('the fourth PUBACK', () => pubacks(client).length === 4)
    expect(broker.values()).toEqual(['detected', 'detected'])
    expect(broker.core.openAlerts()).toMatchObject([{ rule: 'fall', count: 2 }])
  })

  it('is dropped with DUP after a new connection, and after a new start of the hub', async () => {
    const more = { clean: false }
    const first = await connect(more)
    const packet = publishPacket(TOPIC, weight(80), { qos: 1, messageId: 7 })
    first.send(packet)
    await first.waitFor('puback')
    first.destroy()
    const second = await connect(more)
    second.send({ ...packet, dup: true })
    await second.waitFor('puback')
    expect(broker.values()).toEqual([80])

    await broker.stop()
    broker = await startTestBroker({ data })
    const third = await connect(more)
    third.send({ ...packet, dup: true })
    await third.waitFor('puback')
    expect(broker.values()).toEqual([])
  })

  it('counts with DUP when the first never came, or is of another client, id, topic or payload', async () => {
    const client = await connect()
    const packet = publishPacket(TOPIC, weight(1), { qos: 1, messageId: 7 })
    client.send(packet)
    client.send({ ...packet, messageId: 8, dup: true })
    client.send(publishPacket(TOPIC, weight(2), { qos: 1, messageId: 7, dup: true }))
    client.send(publishPacket(FALL_TOPIC, weight(2), { qos: 1, messageId: 7, dup: true }))
    const other = await connect({ clientId: 'other' })
    await waitFor('the PUBACKs', () => pubacks(client).length === 4)
    other.send({ ...packet, dup: true })
    await other.waitFor('puback')
    expect(broker.values()).toEqual([1, 1, 2, 2, 1])
  })

  it('counts without DUP or id however alike it is, at every QoS', async () => {
    const client = await connect()
    client.send(publishPacket(TOPIC, weight(1)))
    client.send(publishPacket(TOPIC, weight(1)))
    client.send(publishPacket(TOPIC, weight(1), { qos: 1, messageId: 1 }))
    client.send(publishPacket(TOPIC, weight(1), { qos: 1, messageId: 2 }))
    await client.waitFor('puback', ({ messageId }) => messageId === 2)
    expect(broker.values()).toEqual([1, 1, 1, 1])
  })

  it('is dropped by the id of its reading, through whichever gateway it comes', async () => {
    const reading = { ...FALL, id: 'boot7-1234' }
    for (const gateway of ['gw-1', 'gw-1b', 'gw-1'] as const) {
      const client = await connectRaw(broker.port, broker.logins[gateway])
      client.send(publishPacket(FALL_TOPIC, reading, { qos: 1, messageId: 1 }))
      await client.waitFor('puback')
    }
    expect(broker.values()).toEqual(['detected'])
  })

  it('at QoS 2 with DUP is one reading, before and after PUBREL, and after a new start', async () => {
    const more = { clean: false }
    const packet = publishPacket(TOPIC, weight(80), { qos: 2, messageId: 9 })
    const client = await connect(more)
    client.send(packet)
    await client.waitFor('pubrec')
    client.send({ ...packet, dup: true })
    await waitFor('two PUBRECs', () => client.received.filter(({ cmd }) => cmd === 'pubrec').length === 2)
    expect(broker.values()).toEqual([80])
    client.destroy()

    await broker.stop()
    broker = await startTestBroker({ data })
    const again = await connect(more)
    again.send({ ...packet, dup: true })
    await again.waitFor('pubrec')
    again.send({ cmd: 'pubrel', messageId: 9 })
    await again.waitFor('pubcomp')
    expect(broker.values()).toEqual([])
    // The id is free again: what comes with it is something new.
    again.send(packet)
    await waitFor('a PUBREC', () => again.received.filter(({ cmd }) => cmd === 'pubrec').length === 2)
    expect(broker.values()).toEqual([80])
  })
})

describe('wills and retained messages', () => {
  const will = (topic: string) => ({ topic, payload: Buffer.from(JSON.stringify(FALL)), qos: 1 as const })

  it("takes a will in its own home as the sensor's word", async () => {
    const client = await connect({ will: will(FALL_TOPIC) })
    client.destroy()
    const [fall] = await broker.waitForInputs('reading', 1)
    expect(fall?.reading).toMatchObject({ home: 'h-1', sensor: 'fall-1', value: 'detected' })
  })

  it('keeps nothing of a will elsewhere, and counts it', async () => {
    const neighbour = await connectRaw(broker.port, broker.logins['gw-2'])
    neighbour.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'homes/h-2/#', qos: 1 }] })
    await neighbour.waitFor('suback')
    const client = await connect({ will: will(FOREIGN) })
    client.destroy()
    await waitFor('the violation', () => broker.counted['violation'] === 1)
    await broker.waitForInputs('violation', 1)
    neighbour.send(publishPacket(FOREIGN, weight(1), { qos: 1, messageId: 1 }))
    await neighbour.waitFor('publish')
    expect(neighbour.received.filter(({ cmd }) => cmd === 'publish')).toHaveLength(1)
    expect(broker.values()).toEqual([1])
  })

  it('keeps a retained message of its own home for who comes later, until it is taken away', async () => {
    const client = await connect()
    client.send(publishPacket(TOPIC, weight(80), { qos: 1, messageId: 1, retain: true }))
    await client.waitFor('puback')
    const listen = async (clientId: string): Promise<RawClient> => {
      const listener = await connectRaw(broker.port, broker.logins['gw-1b'], { clientId })
      listener.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'homes/h-1/#', qos: 1 }] })
      await listener.waitFor('suback')
      return listener
    }
    await (await listen('first')).waitFor('publish', ({ topic, retain }) => topic === TOPIC && retain)

    client.send(publishPacket(TOPIC, '', { qos: 1, messageId: 2, retain: true }))
    await client.waitFor('puback', ({ messageId }) => messageId === 2)
    const second = await listen('second')
    client.send(publishPacket(FALL_TOPIC, weight(1), { qos: 1, messageId: 3 }))
    expect(await second.waitFor('publish')).toMatchObject({ topic: FALL_TOPIC, retain: false })
    expect(broker.inputs('undecoded')).toEqual([])
  })
})

describe('the connection of a gateway', () => {
  it('is journalled: online with its first connection, offline with its last', async () => {
    const first = await connect({ clientId: 'first' })
    const second = await connect({ clientId: 'second' })
    expect(broker.core.isReachable('h-1')).toBe(true)
    expect(broker.core.isReachable('h-2')).toBe(false)
    first.destroy()
    await waitFor('one connection', () => broker.connections() === 1)
    second.send({ cmd: 'disconnect' })
    const changes = await broker.waitForInputs('gateway', 2)
    expect(changes).toEqual([
      { type: 'gateway', home: 'h-1', gateway: 'gw-1', to: 'online' },
      { type: 'gateway', home: 'h-1', gateway: 'gw-1', to: 'offline' },
    ])
    await waitFor('the home to be unreachable', () => !broker.core.isReachable('h-1'))
  })

  it('stays online when a new connection takes the place of the old one', async () => {
    const old = await connect({ clientId: 'box' })
    const next = await connect({ clientId: 'box' })
    await old.waitForClose()
    next.send(publishPacket(TOPIC, weight(1), { qos: 1, messageId: 1 }))
    await next.waitFor('puback')
    expect(broker.core.isReachable('h-1')).toBe(true)
    expect(broker.inputs('gateway').at(-1)).toMatchObject({ to: 'online' })
  })
})
