import type { Value } from '../model/reading.ts'
import { decodeNative } from './decode-native.ts'
import { clip, describe, readJson, readText, whyNotTaken } from './observation.ts'
import type { Decoded, Observation, Undecoded } from './observation.ts'
import { parseTime } from './parse-time.ts'
import type { Mapping, Profile } from './profile.ts'

/** What is sent to a topic of a sensor. */
export type Form = 'readings' | 'availability'

/**
 * Decodes one payload of a registered sensor. Never throws: what cannot be decoded is said with its reason, and
 * the rest of the same payload counts.
 */
export function decode(profile: Profile, form: Form, payload: Uint8Array): Decoded {
  if (form === 'availability') return decodeAvailability(payload)
  return profile.format === 'native' ? decodeNative(profile, payload) : decodeJson(profile, payload)
}

/** `online`, `offline`, or as JSON `{"state":"online"}` (Zigbee2MQTT before and since 2.0). */
function decodeAvailability(payload: Uint8Array): Decoded {
  const read = readText(payload)
  if ('reason' in read) return { observations: [], undecoded: [{ reason: read.reason, alarm: false }] }
  const said = read.text.trim()
  const json = readJson(payload).json
  const state = isObject(json) ? valueAt(json, ['state']) : (json ?? said)
  if (state === 'online' || state === 'offline') {
    return { observations: [{ kind: 'availability', value: state }], undecoded: [] }
  }
  const reason = `Cannot take the availability: it is ${describe(state)}, expected online or offline`
  return { observations: [], undecoded: [{ reason, alarm: false, kind: 'availability' }] }
}

function decodeJson(profile: Profile, payload: Uint8Array): Decoded {
  const { alarm } = profile
  const read = readJson(payload)
  if ('reason' in read) return { observations: [], undecoded: [{ reason: read.reason, alarm }] }
  const { json } = read
  if (!isObject(json)) {
    const reason = `Cannot take the payload: it is ${describe(json)}, expected an object`
    return { observations: [], undecoded: [{ reason, alarm }] }
  }
  const observations: Observation[] = []
  const undecoded: Undecoded[] = []
  const at = timeOf(profile, json)
  if (at && 'why' in at) undecoded.push({ reason: `Cannot take the time: ${at.why}`, alarm })
  let found = false
  for (const mapping of profile.readings) {
    const own = valueAt(json, mapping.key)
    const raw = own === undefined ? mapping.missing : own
    if (raw === undefined) continue
    found = true
    // Zigbee2MQTT writes null for what the device has not said yet.
    if (raw === null) continue
    const taken = take(mapping, raw, json)
    if (taken === undefined) continue
    if ('why' in taken) {
      const reason = `Cannot take ${mapping.kind} from "${mapping.key.join('.')}": ${taken.why}`
      undecoded.push({ reason, alarm, kind: mapping.kind })
    } else {
      observations.push(at && 'time' in at ? { ...taken, at: at.time } : taken)
    }
  }
  if (!found) {
    const keys = [...new Set(profile.readings.map((mapping) => mapping.key.join('.')))]
    const reason = `Cannot take the payload: it has none of the keys ${keys.join(', ')} of the profile ${profile.id}`
    undecoded.push({ reason, alarm })
  }
  return { observations, undecoded }
}

/** The sensor's own time: ISO 8601 with its zone, or milliseconds since 1970 (Zigbee2MQTT's `last_seen: epoch`). */
function timeOf(profile: Profile, json: JsonObject): { time: number } | { why: string } | undefined {
  if (!profile.time || profile.clock === 'untrusted') return undefined
  const raw = valueAt(json, profile.time)
  if (raw === undefined || raw === null) return undefined
  const time = typeof raw === 'string' ? parseTime(raw) : raw
  if (typeof time === 'number' && Number.isSafeInteger(time) && time > 0) return { time }
  return {
    why: `"${profile.time.join('.')}" is ${describe(raw)}, expected a time with its zone, or milliseconds`,
  }
}

/** One reading of a payload; undefined when the value says nothing about this kind. */
function take(mapping: Mapping, raw: unknown, json: JsonObject): Observation | { why: string } | undefined {
  let value: unknown
  try {
    const when = mapping.when?.run(raw, json) ?? true
    if (when === false) return undefined
    if (when !== true) return { why: `its condition gives ${describe(when)}, expected true or false` }
    value = convert(mapping, raw, json)
  } catch (error) {
    return { why: clip(error instanceof Error ? firstLine(error.message) : 'it cannot be computed', 200) }
  }
  if (value === UNKNOWN) {
    const known = mapping.convert.by === 'words' ? [...mapping.convert.words.keys()] : []
    return { why: `it is ${describe(raw)}, expected one of ${known.map((word) => word || '""').join(', ')}` }
  }
  if (value === null && !mapping.onChange) return undefined
  if (value !== null) {
    const wrong = whyNotTaken(mapping.shape, value)
    if (wrong !== undefined) return { why: `it ${wrong}` }
  }
  const observation: Observation = { kind: mapping.kind, value: value as Value | null }
  if (!mapping.onChange) return observation
  if (typeof raw === 'object') return { why: `it is ${describe(raw)}, expected a status in one word` }
  return { ...observation, status: clip(String(raw), 100) }
}

const UNKNOWN = Symbol('a word that the profile does not know')

function convert(mapping: Mapping, raw: unknown, json: JsonObject): unknown {
  const { convert: how } = mapping
  switch (how.by) {
    case 'same':
      return raw
    case 'expression':
      return how.expression.run(raw, json)
    case 'words': {
      const value = typeof raw === 'object' ? undefined : how.words.get(String(raw))
      if (value !== undefined) return value
      return how.otherwise === undefined ? UNKNOWN : how.otherwise
    }
  }
}

type JsonObject = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value under a path of own keys: `constructor` and the like are no part of a payload. */
function valueAt(json: unknown, path: readonly string[]): unknown {
  let value = json
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return value
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text
}
