import type { Aedes, PublishPacket } from 'aedes'

type Publish = (packet: PublishPacket, client: unknown, done: (error?: Error) => void) => void

/**
 * Spares aedes the way of a message to subscribers where there can be none: nearly all that gateways send is for the
 * hub alone, and looking for subscribers costs as much as reading the packet. Retained messages are stored by that
 * way, so they always take it. How aedes calls itself is not its public face: a test pins it.
 * @param isForNobody nobody has ever subscribed to anything that matches this topic
 */
export function passOnToSubscribers(aedes: Aedes, isForNobody: (topic: string) => boolean): void {
  const broker = aedes as unknown as { publish: Publish }
  const publish = broker.publish.bind(aedes)
  broker.publish = (packet, client, done) => {
    if (typeof done === 'function' && !packet.retain && isForNobody(packet.topic)) done()
    else publish(packet, client, done)
  }
}
