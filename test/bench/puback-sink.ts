import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/**
 * The least that can answer: CONNACK, and a PUBACK for each PUBLISH, all of one read in one write. What the generator
 * reaches against it is about as fast as it goes. It wants whole packets in whole reads, as they come on loopback while
 * they are small.
 */
const CONNACK = Buffer.from([0x20, 2, 0, 0])

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => {})
  let rest: Buffer = Buffer.alloc(0)
  socket.on('data', (data: Buffer) => {
    const all = rest.length > 0 ? Buffer.concat([rest, data]) : data
    const answer = Buffer.allocUnsafe(all.length)
    let length = 0
    let offset = 0
    while (offset + 4 <= all.length) {
      // Packets of the bench are shorter than 16 kB: a length of one or two bytes.
      const first = all[offset + 1] as number
      const second = all[offset + 2] as number
      const [size, head] = first < 128 ? [first, 2] : [(first & 127) + second * 128, 3]
      if (offset + head + size > all.length) break
      const type = (all[offset] as number) >> 4
      if (type === 1) length += CONNACK.copy(answer, length)
      else if (type === 3) {
        const topic = all.readUInt16BE(offset + head)
        answer.writeUInt16BE(0x4002, length)
        all.copy(answer, length + 2, offset + head + 2 + topic, offset + head + 4 + topic)
        length += 4
      }
      offset += head + size
    }
    rest = all.subarray(offset)
    if (length > 0) socket.write(answer.subarray(0, length))
  })
})
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
