import type { Client, PublishPacket } from 'aedes'
import { accessTo } from './access.ts'
import type { Identity } from './access.ts'
import type { ControlPackets } from './control-packets.ts'
import { dropPacket } from './drop-packet.ts'
import type { Arrival, Intake } from './intake.ts'
import type { Retained } from './retained.ts'
import type { Violations } from './violations.ts'
import type { Core } from '../core/core.ts'
import type { Input } from '../model/input.ts'

export interface TakePublishParts {
  readonly core: Pick<Core, 'now' | 'submit'>
  readonly intake: Intake
  /** Undefined for one of which nothing is taken. */
  readonly identityOf: (client: Client) => Identity | undefined
  readonly retained: Pick<Retained, 'mayKeep'>
  readonly controlPackets: Pick<ControlPackets, 'expectOne'>
  readonly violations: Violations
  /** There was no room to keep one; it is passed on. */
  readonly onNotRetained: () => void
}

/** @param done when what the packet says is on the disk, and it may be acknowledged; in the order of the calls */
export type TakePublish = (
  client: Client | null,
  packet: PublishPacket,
  done: (error?: Error | null) => void,
) => void

/** Takes what gateways publish; the packet is changed where it must not be passed on, or kept. */
export function createTakePublish(parts: TakePublishParts): TakePublish {
  const { core, intake, identityOf, retained, controlPackets, violations, onNotRetained } = parts
  return (client, packet, done) => {
    // PUBACKs leave in the order in which the packets came [MQTT-4.6.0-2]: what is not kept waits its turn too.
    const takeInputs = (inputs: readonly Input[]): void => {
      core.submit(inputs, (error) => done(error ?? null))
    }
    const identity = client ? identityOf(client) : undefined
    if (!identity) {
      dropPacket(packet)
      return takeInputs([])
    }
    const access = accessTo(packet.topic, identity)
    if (!access.allowed) {
      violations.note(identity, 'publish', packet.topic)
      dropPacket(packet)
      return takeInputs([])
    }
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
    const isKept = packet.retain
    if (packet.retain && !retained.mayKeep(identity.home, packet.topic, payload.length)) {
      onNotRetained()
      packet.retain = false
    }
    if (packet.qos === 2) controlPackets.expectOne(identity.gateway)
    // An empty retained message only takes the retained one away.
    if (payload.length === 0 && packet.retain) return takeInputs([])
    const { messageId, dup } = packet as { messageId?: number; dup?: boolean }
    const arrival: Arrival = {
      home: identity.home,
      topic: packet.topic,
      rest: access.rest,
      payload,
      ...(isKept && { kept: true }),
      ...(packet.qos > 0 &&
        messageId !== undefined &&
        client && { sent: { client: client.id, packetId: messageId, dup: dup === true } }),
    }
    takeInputs(intake.inputsOf(arrival, core.now()))
  }
}
