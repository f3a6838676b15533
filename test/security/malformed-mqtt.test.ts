import * as fc from 'fast-check'
import { generate } from 'mqtt-packet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectPacket, connectRaw, openRaw, publishPacket } from '../helpers/mqtt-client.ts'
import { startTestBroker } from '../broker/test-broker.ts'
import type { TestBroker } from '../broker/test-broker.ts'

let broker: TestBroker
beforeAll(async () => {
  broker = await startTestBroker()
})
afterAll(() => broker.stop())

/** `61 62`: two bytes. */
const bytesOf = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex')

/** That the broker is well: a gateway comes, says something, and has it acknowledged. */
let said = 0
async function expectServed(): Promise<void> {
  const client = await connectRaw(broker.port, broker.logins['gw-2'], { clientId: 'well' })
  const topic = 'homes/h-2/sensors/belt'
  client.send(publishPacket(topic, { kind: 'weight', value: ++said }, { qos: 1, messageId: 7 }))
  await client.waitFor('puback')
  client.destroy()
  expect(broker.failure()).toBeUndefined()
  expect(broker.inputs('reading').at(-1)?.reading.value).toBe(said)
}

/** By packet type, as MQTT 3.1.1 numbers its rules. Each is a whole packet but where it says that it is cut. */
const FIRST: readonly (readonly [string, string])[] = [
  ['CONNECT with no protocol name [MQTT-3.1.2-1]', '10 0c 00 00 04 02 00 3c 00 04 74 65 73 74'],
  ['CONNECT with another protocol name', '10 10 00 04 4d 51 54 58 04 02 00 3c 00 04 74 65 73 74'],
  ['CONNECT with the reserved flag [MQTT-3.1.2-3]', '10 10 00 04 4d 51 54 54 04 03 00 3c 00 04 74 65 73 74'],
  ['CONNECT with a will at QoS 3 [MQTT-3.1.2-14]', '10 10 00 04 4d 51 54 54 04 1e 00 3c 00 04 74 65 73 74'],
  ['CONNECT of protocol version 9', '10 10 00 04 4d 51 54 54 09 02 00 3c 00 04 74 65 73 74'],
  [
    'CONNECT with a password and no name [MQTT-3.1.2-22]',
    '10 10 00 04 4d 51 54 54 04 42 00 3c 00 04 74 65 73 74',
  ],
  [
    'CONNECT whose client id is longer than the packet',
    '10 10 00 04 4d 51 54 54 04 02 00 3c ff ff 74 65 73 74',
  ],
  ['CONNECT of no length', '10 00'],
  ['PUBLISH before CONNECT [MQTT-3.1.0-1]', '30 07 00 04 74 65 73 74 61'],
  ['SUBSCRIBE before CONNECT', '82 09 00 01 00 04 74 65 73 74 00'],
  ['PINGREQ before CONNECT', 'c0 00'],
  ['a packet of the reserved type 0', '00 00'],
  ['a remaining length of five bytes', '10 ff ff ff ff 7f'],
]

const LATER: readonly (readonly [string, string])[] = [
  ['a second CONNECT [MQTT-3.1.0-2]', '10 10 00 04 4d 51 54 54 04 02 00 3c 00 04 74 65 73 74'],
  ['PUBLISH at QoS 3 [MQTT-3.3.1-4]', '36 09 00 04 74 65 73 74 00 01 61'],
  ['PUBLISH to a topic with a wildcard [MQTT-3.3.2-2]', '30 04 00 01 23 61'],
  ['PUBLISH to a topic that is longer than the packet', '30 04 ff ff 23 61'],
  ['PUBLISH without a topic', '30 03 00 00 61'],
  ['PUBLISH of no length', '30 00'],
  ['SUBSCRIBE with wrong flags [MQTT-3.8.1-1]', '80 09 00 01 00 04 74 65 73 74 00'],
  ['SUBSCRIBE to nothing [MQTT-3.8.3-3]', '82 02 00 01'],
  ['SUBSCRIBE at QoS 3', '82 09 00 01 00 04 74 65 73 74 03'],
  ['UNSUBSCRIBE from nothing', 'a2 02 00 01'],
  ['PUBREL with wrong flags [MQTT-3.6.1-1]', '60 02 00 01'],
  ['SUBACK, which only servers send', '90 03 00 01 00'],
  ['the reserved type 15', 'f0 00'],
]

describe('malformed MQTT', () => {
  it.each(FIRST)('%s as the first packet closes the connection, and nothing else', async (_, hex) => {
    const client = await openRaw(broker.port)
    client.sendBytes(bytesOf(hex))
    await client.waitForClose()
    await expectServed()
  })

  it.each(LATER)('%s of a gateway gives no reading, and others are served', async (_, hex) => {
    const before = broker.inputs('reading').length
    const client = await connectRaw(broker.port, broker.logins['gw-1'])
    client.sendBytes(bytesOf(hex))
    // Some of it MQTT lets a broker ignore: then the connection goes on, and answers.
    client.send({ cmd: 'pingreq' })
    await Promise.race([client.waitFor('pingresp').catch(() => {}), client.waitForClose()])
    expect(broker.inputs('reading')).toHaveLength(before)
    client.destroy()
    await expectServed()
  })

  it('whatever bytes come, before or after CONNECT, the broker goes on and keeps nothing of them', async () => {
    const before = broker.inputs('reading').length
    const errors = broker.counted['error'] ?? 0
    const packet = generate(publishPacket('homes/h-1/sensors/belt', 'x', { qos: 1, messageId: 1 }))
    /** Bytes of any sort, or a good packet in which some are changed. */
    const bytes = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc
        .array(fc.tuple(fc.nat(packet.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
        .map((changes) => {
          const changed = Uint8Array.from(packet)
          for (const [index, byte] of changes) changed[index] = byte
          return changed
        }),
    )
    await fc.assert(
      fc.asyncProperty(bytes, fc.boolean(), async (given, isKnown) => {
        const client = await openRaw(broker.port)
        if (isKnown) client.send(connectPacket(broker.logins['gw-1']))
        client.sendBytes(given)
        client.destroy()
      }),
      { numRuns: 300 },
    )
    await expectServed()
    // It did come: most of it is no MQTT, and was noticed.
    expect(broker.counted['error']).toBeGreaterThan(errors + 100)
    // `x` is no reading, whatever was changed around it.
    expect(broker.inputs('reading')).toHaveLength(before + 1)
  })
})
