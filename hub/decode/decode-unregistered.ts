import { ALARM_KINDS } from '../model/kind.ts'
import { decodeNative } from './decode-native.ts'
import { decode } from './decode.ts'
import type { Decoded } from './observation.ts'
import type { Profile } from './profile.ts'
import { matchTopic } from './topic-index.ts'

/** What to do with a message that belongs to no registered sensor. */
export interface Unregistered {
  /** For people. */
  readonly reason: string
  /** It speaks of a fall, SOS, smoke or gas: it raises an alert all the same. */
  readonly alarm: boolean
  /** Whether it belongs into the journal: false for what a bridge says about itself. */
  readonly keep: boolean
}

/** What Zigbee2MQTT and Home Assistant say about themselves, and what is said to devices: no sensor speaks there. */
const HOUSEKEEPING = /^(?:zigbee2mqtt\/(?:bridge\/.*|.*\/(?:get|set)(?:\/.*)?)|homeassistant\/status)$/s

/**
 * Judges a message to a topic of a home that none of its sensors has: a fall must not be lost because somebody
 * has not registered the sensor yet, or wrote its address wrongly.
 * @param rest the topic after `homes/<homeId>/`
 */
export function decodeUnregistered(
  home: string,
  rest: string,
  payload: Uint8Array,
  profiles: ReadonlyMap<string, Profile>,
): Unregistered {
  if (HOUSEKEEPING.test(rest)) {
    return { reason: `the bridge of home ${home} speaks of itself under ${rest}`, alarm: false, keep: false }
  }
  const reason = `no sensor of home ${home} is registered under ${rest}; register it with \`aal import\``
  return { reason, alarm: speaksOfAlarm(rest, payload, profiles), keep: true }
}

function speaksOfAlarm(rest: string, payload: Uint8Array, profiles: ReadonlyMap<string, Profile>): boolean {
  if (isAlarm(decodeNative({ alarm: true, clock: 'untrusted' }, payload))) return true
  for (const profile of profiles.values()) {
    if (profile.format === 'native') continue
    for (const { form, template } of profile.topics) {
      if (form === 'availability' || matchTopic(template, rest) === undefined) continue
      if (isAlarm({ observations: decode(profile, form, payload).observations, undecoded: [] })) return true
    }
  }
  return false
}

/** A happening or a `true` of an alarm kind; a native reading that names one but has an error counts as well. */
function isAlarm({ observations, undecoded }: Decoded): boolean {
  return (
    observations.some(({ kind, value }) => ALARM_KINDS.has(kind) && value !== null && value !== false) ||
    undecoded.some(({ kind }) => kind !== undefined && ALARM_KINDS.has(kind))
  )
}
