import type { SeenPackets } from './store.ts'
import type { Packet } from '../model/input.ts'

/** A retransmission without an id of its own is known for this long (docs/meaning.md, 4), ms. */
export const PACKET_MEMORY = 10 * 60_000
/** Of one client: more ids MQTT has not. */
const MOST_OF_CLIENT = 65_535
/** Of all clients, some 16 bytes each. Where more come within the time, they are known for a shorter time. */
export const MOST_PACKETS = 2_000_000

/** Which packets came lately, by client, packet id and content. */
export interface RecentPackets {
  /** Whether the newest packet of its client and id has its content. */
  has(packet: Packet, now: number): boolean
  add(packet: Packet, now: number): void
  /** What was added since the last call, for the disk. */
  changes(): readonly SeenPackets[]
}

interface OfClient {
  marks: number[]
  /** When each was taken, ms. */
  times: number[]
  /** What is before it is forgotten. */
  first: number
}

/** @param saved oldest first */
export function createRecentPackets(saved: readonly SeenPackets[], most = MOST_PACKETS): RecentPackets {
  const clients = new Map<string, OfClient>()
  let count = 0
  let sweptAt = 0
  /** Since the last call of `changes`, one for each time. */
  let fresh: { readonly at: number; readonly clients: string[]; readonly marks: number[] }[] = []
  for (const { at, clients: names, marks } of saved) {
    for (const [index, mark] of marks.entries()) put(names[index] ?? '', mark, at)
  }

  function put(client: string, mark: number, now: number): void {
    let own = clients.get(client)
    if (!own) {
      own = { marks: [], times: [], first: 0 }
      clients.set(client, own)
    }
    own.marks.push(mark)
    own.times.push(now)
    count++
    if (own.marks.length - own.first > MOST_OF_CLIENT) forgetOne(own)
    forget(own, now - PACKET_MEMORY)
    if (now - sweptAt > PACKET_MEMORY) sweep(now - PACKET_MEMORY, now)
    if (count > most) shorten(now)
  }

  function forgetOne(own: OfClient): void {
    own.first++
    count--
  }

  function forget(own: OfClient, before: number): void {
    const { times } = own
    while ((times[own.first] ?? before) < before) forgetOne(own)
    if (own.first < 64 || own.first < times.length / 2) return
    own.marks = own.marks.slice(own.first)
    own.times = times.slice(own.first)
    own.first = 0
  }

  function shorten(now: number): void {
    let age = PACKET_MEMORY
    do {
      age /= 2
      sweep(now - age, now)
    } while (count > most && age > 1)
  }

  /** Of all: who says nothing more would keep what is too old. */
  function sweep(before: number, now: number): void {
    sweptAt = now
    for (const [client, own] of clients) {
      forget(own, before)
      if (own.first === own.times.length) clients.delete(client)
    }
  }

  return {
    has({ client, packetId, digest }, now) {
      const { marks, times, first } = clients.get(client) ?? { marks: [], times: [], first: 0 }
      const [from, to] = [markOf(packetId, 0), markOf(packetId + 1, 0)]
      for (let index = times.length - 1; index >= first; index--) {
        if (now - (times[index] ?? 0) > PACKET_MEMORY) return false
        const mark = marks[index] ?? 0
        if (mark === -packetId) return true
        if (mark >= from && mark < to) return mark === from + digest
      }
      return false
    },
    add({ client, packetId, digest }, now) {
      const mark = markOf(packetId, digest)
      put(client, mark, now)
      let last = fresh.at(-1)
      if (last?.at !== now) {
        last = { at: now, clients: [], marks: [] }
        fresh.push(last)
      }
      last.clients.push(client)
      last.marks.push(mark)
    },
    changes() {
      const all = fresh
      if (all.length > 0) fresh = []
      return all
    },
  }
}

/** Both in one number, which takes 8 bytes. */
function markOf(packetId: number, digest: number): number {
  return packetId * 2 ** 32 + digest
}
