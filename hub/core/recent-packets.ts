import type { PacketsAt } from './store.ts'
import type { Packet } from '../model/input.ts'

/** A retransmission without an id of its own is known for this long (docs/meaning.md, 4), ms. */
export const PACKET_MEMORY = 10 * 60_000
/** Of one client: more ids MQTT has not. */
const MOST_OF_CLIENT = 65_535
/** Of all clients, some 20 bytes each. Where more come within the time, they are known for a shorter time. */
export const MOST_PACKETS = 2_000_000

/** Which packets came lately, by client, packet id and content. */
export interface RecentPackets {
  /** Whether the newest packet of its client and id has its content. */
  has(packet: Packet, now: number): boolean
  add(packet: Packet, now: number): void
  /** What was added since the last call, for the disk. */
  changes(): readonly PacketsAt[]
}

interface OfClient {
  marks: number[]
  /** When each was taken, ms. */
  times: number[]
  /** What is before it is forgotten. */
  first: number
  /** Where the newest packet of each id is; made when it is asked for the first time, which for most is never. */
  places: Map<number, number> | undefined
}

/** @param saved oldest first */
export function createRecentPackets(saved: readonly PacketsAt[], most = MOST_PACKETS): RecentPackets {
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
      own = { marks: [], times: [], first: 0, places: undefined }
      clients.set(client, own)
    }
    own.places?.set(idOf(mark), own.marks.length)
    own.marks.push(mark)
    own.times.push(now)
    count++
    if (own.marks.length - own.first > MOST_OF_CLIENT) forgetOne(own)
    forget(own, now - PACKET_MEMORY)
    if (now - sweptAt > PACKET_MEMORY) sweep(now - PACKET_MEMORY, now)
    if (isTooMuch()) shorten(now)
  }

  function isTooMuch(): boolean {
    return count > most
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
    own.places = undefined
  }

  /** By half, again and again: to forget only what is too much would look through all clients at each packet. */
  function shorten(now: number): void {
    for (let age = PACKET_MEMORY / 2; age > 1 && isTooMuch(); age /= 2) sweep(now - age, now)
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
      const own = clients.get(client)
      if (!own) return false
      own.places ??= new Map(own.marks.map((mark, index) => [idOf(mark), index]))
      const place = own.places.get(packetId)
      if (place === undefined || place < own.first) return false
      return now - (own.times[place] ?? 0) <= PACKET_MEMORY && own.marks[place] === markOf(packetId, digest)
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

function idOf(mark: number): number {
  return Math.floor(mark / 2 ** 32)
}
