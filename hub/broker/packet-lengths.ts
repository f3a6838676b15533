/**
 * Follows the bytes of an MQTT stream from packet to packet, and keeps none of them.
 * @returns takes what comes next, and gives the largest length that a packet in it declares, bytes
 */
export function createPacketLengths(): (bytes: Uint8Array) => number {
  /** Of the packet that is going by. */
  let left = 0
  /** Bytes of the length that were read; undefined: the next byte begins a packet. */
  let digits: number | undefined
  let length = 0
  return (bytes) => {
    let largest = 0
    for (let index = 0; index < bytes.length;) {
      if (left > 0) {
        const passed = Math.min(left, bytes.length - index)
        left -= passed
        index += passed
        continue
      }
      const byte = bytes[index++] ?? 0
      if (digits === undefined) {
        digits = 0
        length = 0
        continue
      }
      length += (byte & 127) * 128 ** digits++
      // A fifth would be no MQTT any more [MQTT 3.1.1, 2.2.3]: what reads it says so.
      if (byte >= 128 && digits < 4) continue
      largest = Math.max(largest, length)
      left = length
      digits = undefined
    }
    return largest
  }
}
