import type { AedesPublishPacket, Client } from 'aedes'

/** Bytes that were written to a client and that it has not read. More is not kept for it: subscriptions are at QoS 0. */
const MOST_UNREAD = 256 * 1024

type Deliver = (packet: AedesPublishPacket, done: () => void) => void

/**
 * Who subscribes and does not read holds up nobody. aedes passes on 100 messages at a time, of all homes, and waits until
 * each of them is taken: a client that reads nothing would hold up messages of every home for 30 s. Here it misses what
 * finds no room, and aedes ends it after these 30 s. Retained messages wait for their subscriber, who alone waits then.
 * How aedes delivers is not its public face: a test pins it.
 */
export function deliverWithoutWaiting(client: Client, onMissed: () => void): void {
  const own = client as unknown as { deliver0: Deliver }
  const deliver = own.deliver0
  own.deliver0 = (packet, done) => {
    if (packet.retain) return deliver(packet, done)
    if (client.conn.writableLength > MOST_UNREAD) onMissed()
    else deliver(packet, () => {})
    setImmediate(done)
  }
}
