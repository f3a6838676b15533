import type { PublishPacket } from 'aedes'

/** A topic that nobody can subscribe to: where packets go that are acknowledged but not passed on. */
const NOWHERE = '$aal/not-passed-on'

/** The packet is acknowledged, since a sender without its PUBACK would send it for ever; it goes nowhere. */
export function dropPacket(packet: PublishPacket): void {
  packet.topic = NOWHERE
  packet.retain = false
  packet.payload = Buffer.alloc(0)
}

export function isDropped(topic: string): boolean {
  return topic === NOWHERE
}
