import { crc32 } from 'node:zlib'
import type { Core } from '../core/core.ts'
import { addressOf } from '../decode/address-of.ts'
import { decode } from '../decode/decode.ts'
import { decodeUnregistered } from '../decode/decode-unregistered.ts'
import type { Observation } from '../decode/observation.ts'
import type { Profile } from '../decode/profile.ts'
import { readAnnouncement } from '../decode/read-announcement.ts'
import { createQosWatch } from './qos-watch.ts'
import { createTopicIndex } from '../decode/topic-index.ts'
import type { TopicIndex } from '../decode/topic-index.ts'
import { KINDS } from '../model/kind.ts'
import type { Input, Packet, ReadingInput, UndecodedInput } from '../model/input.ts'

const LONGEST_KEPT = 4096

/** One MQTT message from a home, as it arrived. */
export interface Arrival {
  readonly home: string
  /** The whole topic. */
  readonly topic: string
  /** The topic after `homes/<homeId>/`. */
  readonly rest: string
  readonly payload: Uint8Array
  /** The broker kept it: it says how things were at some time, and nothing that happens now. */
  readonly retained?: true
  /** It is to be kept at our broker: over a bridge, one that was kept elsewhere comes like this too. */
  readonly kept?: true
  /** Set where it may be sent again (QoS 1 and 2). */
  readonly sent?: { readonly client: string; readonly packetId: number; readonly dup: boolean }
}

/** Turns what arrives into inputs of the stream: readings, and what could not be read with the reason. */
export interface Intake {
  inputsOf(arrival: Arrival, now: number): Input[]
}

export function createIntake(core: Core, profiles: ReadonlyMap<string, Profile>): Intake {
  const indexes = new Map<string, TopicIndex>()
  const qos = createQosWatch(core)
  core.onCommit(({ entries }) => {
    for (const { input } of entries) if (input.type === 'home') indexes.delete(input.home.id)
  })

  function indexOf(home: string): TopicIndex | undefined {
    const known = indexes.get(home)
    if (known) return known
    const facts = core.home(home)
    if (!facts) return undefined
    const index = createTopicIndex(facts, profiles)
    indexes.set(home, index)
    return index
  }

  return {
    inputsOf(arrival, now) {
      const { home, rest, payload } = arrival
      const route = indexOf(home)?.routes.get(rest)
      if (!route) {
        const announcement = readAnnouncement(home, rest, payload, profiles)
        if (announcement) {
          const { devices, isAll } = announcement
          return devices.length > 0 || isAll ? [{ type: 'announced', home, ...announcement }] : []
        }
        if (arrival.retained) return []
        const { keep, reason, alarm } = decodeUnregistered(home, rest, payload, profiles)
        if (!keep) return []
        const kept = undecoded(arrival, now, reason, alarm, undefined, packetOf(arrival, 1))
        return [{ ...kept, unknown: addressOf(rest.slice(0, 256), profiles) }]
      }
      const { profile, form } = route
      const sensor = route.sensor.id
      const decoded = decode(profile, form, payload)
      if (arrival.retained) return retained(core, arrival, sensor, decoded.observations, now)
      const { observations, undecoded: failed } = decoded
      const packet = packetOf(arrival, observations.length + (failed.length > 0 ? 1 : 0))
      const how = {
        ...(!arrival.sent && { qos: 0 as const }),
        ...(arrival.kept && { kept: true as const }),
      }
      const readings = observations.map((seen): ReadingInput => {
        const { kind, value, at = now, id, status } = seen
        const reading = {
          home,
          sensor,
          kind,
          value,
          at,
          receivedAt: now,
          ...(id !== undefined && { id }),
          ...(status !== undefined && { status }),
        }
        return { type: 'reading', reading, ...how, ...(packet && { packet }) }
      })
      // A backlog is applied in the order in which it was observed.
      const inputs: Input[] = readings.toSorted((a, b) => a.reading.at - b.reading.at)
      if (failed.length > 0) {
        const reasons = failed.map(({ reason }) => reason).join('; ')
        inputs.push(
          undecoded(
            arrival,
            now,
            reasons,
            failed.some((one) => one.alarm),
            sensor,
            packet,
          ),
        )
      }
      // Last: the inputs of a packet are counted one after the other.
      if (profile.alarm && form === 'readings')
        inputs.push(...qos.heard(home, sensor, arrival.sent !== undefined))
      return inputs
    },
  }
}

/**
 * States that the hub does not know already. Nothing else: when it happened nobody can tell, and what cannot be read is no
 * fault of now.
 */
function retained(
  core: Pick<Core, 'sensorState'>,
  { home }: Arrival,
  sensor: string,
  observations: readonly Observation[],
  now: number,
): Input[] {
  const last = core.sensorState(home, sensor)?.last ?? {}
  return observations.flatMap(({ kind, value }): Input[] => {
    if (value === null || KINDS.get(kind)?.sort !== 'state' || last[kind]?.value === value) return []
    const reading = { home, sensor, kind, value, at: now, receivedAt: now, retained: true } as const
    return [{ type: 'reading', reading }]
  })
}

function packetOf({ sent, topic, payload }: Arrival, inputs: number): Packet | undefined {
  return sent && { ...sent, inputs, digest: crc32(payload, crc32(`${topic}\0`)) }
}

function undecoded(
  { home, topic, payload }: Arrival,
  now: number,
  reason: string,
  alarm: boolean,
  sensor: string | undefined,
  packet: Packet | undefined,
): UndecodedInput {
  return {
    type: 'undecoded',
    home,
    topic: topic.slice(0, 512),
    payload: asText(payload),
    reason: reason.slice(0, 2000),
    alarm,
    receivedAt: now,
    ...(sensor !== undefined && { sensor }),
    ...(packet && { packet }),
  }
}

function asText(payload: Uint8Array): string {
  const part = payload.subarray(0, LONGEST_KEPT)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(part)
  } catch {
    return `base64:${Buffer.from(part).toString('base64')}`
  }
}
