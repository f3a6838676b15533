import type { Outcome } from './core.ts'
import { createRecentPackets } from './recent-packets.ts'
import type { CoreStore, PacketsAt, SeenReading } from './store.ts'
import type { Input, Packet } from '../model/input.ts'
import type { Reading } from '../model/reading.ts'

const READING_ID_MEMORY = 7 * 24 * 3_600_000

/** What is known of an input that came before. */
export interface Verdict {
  /** It was taken before: it leaves no row. */
  readonly refused?: Outcome
  /** Its id was used before, with other content: taken, and somebody is told. */
  readonly clash?: string
}

/** Tells apart what is sent again from what happened again: never by likeness alone. */
export interface Repeats {
  judge(input: Input, now: number): Verdict
  /** What was seen since the last call, for the disk. */
  take(): { readonly packets: readonly PacketsAt[]; readonly readings: readonly SeenReading[] }
}

const TAKEN = { taken: false, why: 'duplicate' } as const

/** @param saved the packets of the time before the start */
export function createRepeats(store: Pick<CoreStore, 'seenReading'>, saved: readonly PacketsAt[]): Repeats {
  const packets = createRecentPackets(saved)
  let readings = new Map<string, SeenReading>()
  /** The packet whose inputs are coming: one packet may hold several readings, and they share its verdict. */
  let judged:
    | { readonly packet: Packet; readonly now: number; readonly isKnown: boolean; left: number }
    | undefined

  function isKnownPacket(packet: Packet, now: number): boolean {
    if (judged === undefined || judged.left === 0 || judged.now !== now || !isSame(judged.packet, packet)) {
      const isKnown = packet.dup && packets.has(packet, now)
      judged = { packet, now, left: packet.inputs, isKnown }
      if (!isKnown) packets.add(packet, now)
    }
    judged.left--
    return judged.isKnown
  }

  function judgeReading(reading: Reading, id: string, now: number): Verdict {
    const { home, sensor } = reading
    const key = `${home}|${sensor}|${id}`
    const content = contentOf(reading)
    const seen = readings.get(key) ?? store.seenReading(home, sensor, id)
    const isRemembered = seen && now - seen.at <= READING_ID_MEMORY
    if (isRemembered && isSameContent(seen.content, content)) {
      return { refused: { ...TAKEN, reason: 'the same reading was taken before' } }
    }
    readings.set(key, { home, sensor, id, content, at: now })
    return isRemembered ? { clash: `id "${id}" came with other content` } : {}
  }

  return {
    judge(input, now) {
      if (input.type !== 'reading' && input.type !== 'undecoded') return {}
      if (input.packet && isKnownPacket(input.packet, now)) {
        return { refused: { ...TAKEN, reason: 'the same packet was taken before' } }
      }
      const id = input.type === 'reading' ? input.reading.id : undefined
      return input.type === 'reading' && id !== undefined ? judgeReading(input.reading, id, now) : {}
    },
    take() {
      const seen = { packets: packets.changes(), readings: [...readings.values()] }
      if (readings.size > 0) readings = new Map()
      return seen
    },
  }
}

/** By its words, not as an object: a replay reads each of its readings from a row of its own. */
function isSame(one: Packet, other: Packet): boolean {
  return (
    one === other ||
    (one.packetId === other.packetId &&
      one.client === other.client &&
      one.digest === other.digest &&
      one.dup === other.dup)
  )
}

/** What a reading says, and when; `~` marks a time that may be no more than that of its arrival. */
function contentOf({ kind, value, status, at, receivedAt }: Reading): string {
  return `${kind}=${JSON.stringify(value ?? status)}@${at}${at === receivedAt ? '~' : ''}`
}

/** A sensor without a clock sends the same again, and it arrives at another time: that is no other content. */
function isSameContent(before: string, now: string): boolean {
  const [said, at] = cut(before)
  const [says, atNow] = cut(now)
  if (said !== says) return false
  return at.replace('~', '') === atNow.replace('~', '') || (at.endsWith('~') && atNow.endsWith('~'))
}

function cut(content: string): [string, string] {
  const index = content.lastIndexOf('@')
  return [content.slice(0, index), content.slice(index + 1)]
}
