import * as fc from 'fast-check'
import { generate } from 'mqtt-packet'
import { expect, it } from 'vitest'
import { createPacketLengths } from '../../hub/broker/packet-lengths.ts'
import { publishPacket } from '../helpers/mqtt-client.ts'

it('createPacketLengths sees the largest length that is declared, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(20_000), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 5000 }),
      (sizes, cut) => {
        const packets = sizes.map((size) => generate(publishPacket('t', 'x'.repeat(size))))
        const bytes = Buffer.concat(packets)
        const largestIn = createPacketLengths()
        let largest = 0
        for (let at = 0; at < bytes.length; at += cut) {
          largest = Math.max(largest, largestIn(bytes.subarray(at, at + cut)))
        }
        // Its topic, with its length, stands before the payload.
        expect(largest).toBe(Math.max(...sizes) + 3)
      },
    ),
  )
})

it('createPacketLengths sees it before the content has come', () => {
  expect(createPacketLengths()(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f))).toBe(268_435_455)
})
