import * as fc from 'fast-check'
import { generate } from 'mqtt-packet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectPacket, connectRaw, openRaw, publishPacket } from '../helpers/mqtt-client.ts'
import { startTestBroker } from '../broker/test-broker.ts'
import type { TestBroker } from '../broker/test-broker.ts'
import { bytesOf, FIRST, LATER } from './malformed-packets.ts'

let broker: TestBroker
beforeAll(async () => {
  broker = await startTestBroker()
})
afterAll(() => broker.stop())

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
