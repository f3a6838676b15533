import { generate } from 'mqtt-packet'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectPacket, connectRaw, openRaw, publishPacket, tryConnect } from '../helpers/mqtt-client.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { FALL, startTestBroker, weight } from './test-broker.ts'
import type { TestBroker } from './test-broker.ts'

let broker: TestBroker
beforeEach(async () => {
  broker = await startTestBroker()
})
afterEach(() => broker.stop())

const TOPIC = 'homes/h-1/sensors/belt'
/** The remaining length 10,485,760 as MQTT writes it [MQTT 3.1.1, 2.2.3]. */
const TEN_MEGABYTES = [0x80, 0x80, 0x80, 0x05]
/** Well before a connection without CONNECT is closed for that alone, after 10 s. */
const AT_ONCE = 5_000

describe('startBroker, at a packet that is too large', () => {
  it('closes by its declared length, before its content has come', async () => {
    const client = await connectRaw(broker.port, broker.logins['gw-1'])
    client.sendBytes(Uint8Array.of(0x32, ...TEN_MEGABYTES))
    await client.waitForClose(AT_ONCE)
    expect(broker.counted).toMatchObject({ error: 1 })
  })

  it.each([
    ['CONNECT', 0x10],
    ['PUBLISH', 0x32],
  ])('closes before CONNECT is through, at the first five bytes of a %s', async (_, header) => {
    const client = await openRaw(broker.port)
    client.sendBytes(Uint8Array.of(header, ...TEN_MEGABYTES))
    await client.waitForClose(AT_ONCE)
    expect(broker.counted).toMatchObject({ error: 1 })
  })

  it('closes for a CONNECT of 65 kB already: credentials and a will need less', async () => {
    const client = await openRaw(broker.port)
    client.sendBytes(Uint8Array.of(0x10, 0x81, 0x80, 0x04))
    await client.waitForClose(AT_ONCE)
  })

  it('takes the largest packet that it allows, and not one byte more', async () => {
    const client = await connectRaw(broker.port, broker.logins['gw-1'])
    // The remaining length also counts the topic with its length, and the packet id.
    const room = 256 * 1024 - (2 + TOPIC.length) - 2
    client.send(publishPacket(TOPIC, 'x'.repeat(room), { qos: 1, messageId: 1 }))
    await client.waitFor('puback')
    expect(broker.inputs('undecoded')).toHaveLength(1)
    client.send(publishPacket(TOPIC, 'x'.repeat(room + 1), { qos: 1, messageId: 2 }))
    await client.waitForClose(AT_ONCE)
    expect(broker.inputs('undecoded')).toHaveLength(1)
  })
})

describe('startBroker, at CONNECT', () => {
  it('refuses an empty client id that wants to keep a session, with return code 2 [MQTT-3.1.3-8]', async () => {
    const client = await openRaw(broker.port)
    const bytes = generate(connectPacket(broker.logins['gw-1'], { clientId: '', clean: true }))
    // The flag "clean session", behind the header and the protocol's name and level; no library clears it here.
    const flags = bytes.indexOf('MQTT') + 'MQTT'.length + 1
    bytes.writeUInt8(bytes.readUInt8(flags) & ~0x02, flags)
    client.sendBytes(bytes)
    expect(await client.waitFor('connack')).toMatchObject({ returnCode: 2 })
    await client.waitForClose()
  })

  it('takes empty client ids with a clean session, each as one of its own', async () => {
    const first = await connectRaw(broker.port, broker.logins['gw-1'], { clientId: '' })
    const second = await connectRaw(broker.port, broker.logins['gw-1'], { clientId: '' })
    for (const client of [first, second]) {
      client.send(publishPacket(TOPIC, weight(1), { qos: 1, messageId: 1 }))
      await client.waitFor('puback')
    }
    expect(first.isClosed).toBe(false)
  })

  it('refuses a client id of more than 256 characters', async () => {
    const { connack } = await tryConnect(broker.port, broker.logins['gw-1'], { clientId: 'x'.repeat(257) })
    expect(connack.returnCode).toBe(2)
  })

  it.each([0, 121, 65_535])('refuses a keepalive of %i s', async (keepalive) => {
    const { client, connack } = await tryConnect(broker.port, broker.logins['gw-1'], { keepalive })
    expect(connack.returnCode).not.toBe(0)
    await client.waitForClose()
    expect(broker.inputs('gateway')).toEqual([])
  })

  it('closes when a client says nothing for one and a half times its keepalive', async () => {
    const client = await connectRaw(broker.port, broker.logins['gw-1'], { keepalive: 1 })
    await client.waitForClose()
    const changes = await broker.waitForInputs('gateway', 2)
    expect(changes.map(({ gateway, to }) => [gateway, to])).toEqual([
      ['gw-1', 'online'],
      ['gw-1', 'offline'],
    ])
  })

  it('closes a connection on which no CONNECT comes for 10 s', { timeout: 20_000 }, async () => {
    const client = await openRaw(broker.port)
    const began = performance.now()
    await client.waitForClose(15_000)
    expect(performance.now() - began).toBeGreaterThan(9_000)
  })

  it('takes CONNECT, PUBLISH and DISCONNECT that come in one piece [MQTT-3.1.4-5]', async () => {
    const client = await openRaw(broker.port)
    client.send(connectPacket(broker.logins['gw-1']))
    client.send(publishPacket(TOPIC, FALL))
    client.send({ cmd: 'disconnect' })
    await client.waitForClose()
    await broker.waitForInputs('reading', 1)
  })

  it('takes a backlog that comes right behind CONNECT, in order [MQTT-3.1.4-5]', async () => {
    const client = await openRaw(broker.port)
    const values = Array.from({ length: 300 }, (_, index) => index + 1)
    const packets = values.map((value) => publishPacket(TOPIC, weight(value), { qos: 1, messageId: value }))
    client.sendBytes(
      Buffer.concat([connectPacket(broker.logins['gw-1']), ...packets].map((packet) => generate(packet))),
    )
    await client.waitFor('puback', ({ messageId }) => messageId === values.length)
    expect(broker.values()).toEqual(values)
  })

  it('closes on what is no MQTT', async () => {
    const client = await openRaw(broker.port)
    client.sendBytes(Buffer.from('GET / HTTP/1.1\r\nHost: hub\r\n\r\n'))
    await client.waitForClose()
    await waitFor('its end to be counted', () => broker.counted['error'] === 1)
  })
})

describe('startBroker, at more connections than allowed', () => {
  it('closes the new one and keeps the old ones', async () => {
    const small = await startTestBroker({ limits: { connections: 2 } })
    try {
      const kept = await connectRaw(small.port, small.logins['gw-1'], { clientId: 'a' })
      await connectRaw(small.port, small.logins['gw-1'], { clientId: 'b' })
      const third = await openRaw(small.port)
      await third.waitForClose()
      kept.send(publishPacket(TOPIC, weight(1), { qos: 1, messageId: 1 }))
      await kept.waitFor('puback')
    } finally {
      await small.stop()
    }
  })
})
