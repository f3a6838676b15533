import { Readable } from 'node:stream'
import type { PublishPacket } from 'aedes'

/** Of one home, and of all together; none larger than `LARGEST`. Bytes of payloads and topics. */
const MOST_TOPICS = 500
const MOST_BYTES = 1024 * 1024
const MOST_BYTES_OF_ALL = 128 * 1024 * 1024
const LARGEST = 16_384

export interface RetainedFacts {
  readonly topics: number
  readonly bytes: number
}

/**
 * The retained messages, by home: who subscribes looks through those of one home, however many homes there are. They are
 * kept in memory, so the room is bounded; what finds none is passed on, but not kept.
 */
export interface Retained {
  /** Whether a message may be kept, and room is taken for it. Of no length: the one that is kept goes. */
  mayKeep(home: string, topic: string, size: number): boolean
  /** As a store of aedes. */
  keep(packet: PublishPacket): void
  matching(filters: readonly string[]): Readable
  forget(home: string): void
  facts(): RetainedFacts
}

interface Kept {
  size: number
  packet?: PublishPacket
}

interface OfHome {
  bytes: number
  readonly topics: Map<string, Kept>
}

export function createRetained(): Retained {
  const homes = new Map<string, OfHome>()
  let bytes = 0
  let topics = 0

  function remove(home: string, topic: string): void {
    const of = homes.get(home)
    const kept = of?.topics.get(topic)
    if (!of || !kept) return
    of.topics.delete(topic)
    of.bytes -= kept.size
    bytes -= kept.size
    topics--
    if (of.topics.size === 0) homes.delete(home)
  }

  return {
    mayKeep(home, topic, length) {
      if (length === 0) {
        remove(home, topic)
        return true
      }
      const of = homes.get(home) ?? { bytes: 0, topics: new Map<string, Kept>() }
      const known = of.topics.get(topic)
      const size = length + topic.length
      const more = size - (known?.size ?? 0)
      if (
        length > LARGEST ||
        (!known && of.topics.size >= MOST_TOPICS) ||
        of.bytes + more > MOST_BYTES ||
        bytes + more > MOST_BYTES_OF_ALL
      ) {
        return false
      }
      homes.set(home, of)
      if (!known) topics++
      of.topics.set(topic, { ...known, size })
      of.bytes += more
      bytes += more
      return true
    },
    keep(packet) {
      const kept = homes.get(homeOf(packet.topic))?.topics.get(packet.topic)
      if (!kept) return
      // A view of what came holds all of a read, 64 kB, in memory.
      const payload = Buffer.alloc(packet.payload.length)
      if (typeof packet.payload === 'string') payload.write(packet.payload)
      else packet.payload.copy(payload)
      // At QoS 0, as every subscription is granted.
      kept.packet = { cmd: 'publish', topic: packet.topic, payload, qos: 0, dup: false, retain: true }
    },
    matching(filters) {
      return Readable.from(find(filters))
    },
    forget(home) {
      for (const topic of homes.get(home)?.topics.keys() ?? []) remove(home, topic)
    },
    facts: () => ({ topics, bytes }),
  }

  function* find(filters: readonly string[]): Generator<PublishPacket> {
    for (const filter of filters) {
      for (const [topic, { packet }] of homes.get(homeOf(filter))?.topics ?? []) {
        if (packet && isMatch(filter, topic)) yield packet
      }
    }
  }
}

/** Of a topic or a filter: no filter is granted that has a wildcard for the home. */
function homeOf(topic: string): string {
  return topic.split('/', 2)[1] ?? ''
}

/** MQTT 3.1.1, 4.7; topics that begin with `$` are not among those of homes. */
function isMatch(filter: string, topic: string): boolean {
  const wanted = filter.split('/')
  const levels = topic.split('/')
  for (const [index, level] of wanted.entries()) {
    // Also what is above it: `a/#` is `a` too.
    if (level === '#') return true
    const own = levels[index]
    if (own === undefined || (level !== '+' && level !== own)) {
      return false
    }
  }
  return wanted.length === levels.length
}
