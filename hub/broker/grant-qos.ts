import type { Client } from 'aedes'

/** What is used of the parser inside aedes; not its public face, so a test pins it. */
interface Parser {
  prependListener(event: 'packet', listener: (packet: unknown) => void): void
}

interface SubscribePacket {
  readonly cmd: 'subscribe'
  readonly subscriptions: { qos: number }[]
}

/**
 * Grants every subscription at QoS 0, and says so in the SUBACK [MQTT-3.8.4-6]: nothing is queued for a client
 * that is away, as the queue would be without bound.
 *
 * `authorizeSubscribe` is too late for that: aedes stores all subscriptions of a packet as they were asked for as
 * soon as one of them is granted, refused ones included, and would queue other homes' messages for them.
 */
export function grantQos0(client: Client): void {
  const parser = (client as unknown as { _parser: Parser })._parser
  parser.prependListener('packet', (packet) => {
    if (!isSubscribe(packet)) return
    for (const subscription of packet.subscriptions) subscription.qos = 0
  })
}

function isSubscribe(packet: unknown): packet is SubscribePacket {
  return (packet as { cmd?: unknown }).cmd === 'subscribe'
}
