import { decodeNative } from './decode-native.ts'
import { isObject, showPath, valueAt } from './json-path.ts'
import { describe, readJson, readText } from './observation.ts'
import type { Decoded, Observation, Undecoded } from './observation.ts'
import { parseTime } from './parse-time.ts'
import type { Form, Mapping, Profile } from './profile.ts'
import { takeReading } from './take-reading.ts'

/** More items of a list are refused: no device sends them, and reading them would delay other homes. */
const MAX_ITEMS = 500

/**
 * Decodes one payload of a registered sensor. Never throws: what cannot be decoded is said with its reason, and
 * the rest of the same payload counts.
 */
export function decode(profile: Profile, form: Form, payload: Uint8Array): Decoded {
  if (form === 'availability') return decodeAvailability(profile, payload)
  switch (profile.format) {
    case 'native':
      return decodeNative(profile, payload)
    case 'json':
      return decodeJson(profile, form, payload)
    case 'text':
      return decodeText(profile, form, payload)
  }
}

/** `online`, `offline`, or as JSON `{"state":"online"}` (Zigbee2MQTT before and since 2.0); or the profile's own words. */
function decodeAvailability({ availability }: Profile, payload: Uint8Array): Decoded {
  const read = readText(payload)
  if ('reason' in read) return { observations: [], undecoded: [{ reason: read.reason, alarm: false }] }
  const said = read.text.trim()
  const json = readJson(payload).json
  const state = isObject(json) ? valueAt(json, ['state']) : (json ?? said)
  const value = typeof state === 'object' ? undefined : availability.get(String(state))
  if (value !== undefined) return { observations: [{ kind: 'availability', value }], undecoded: [] }
  const words = [...availability.keys()].join(' or ')
  const reason = `Cannot take the availability: it is ${describe(state)}, expected ${words}`
  return { observations: [], undecoded: [{ reason, alarm: false, kind: 'availability' }] }
}

function decodeText(profile: Profile, form: Form, payload: Uint8Array): Decoded {
  const read = readText(payload)
  if ('reason' in read)
    return { observations: [], undecoded: [{ reason: read.reason, alarm: profile.alarm }] }
  return decodeValue(profile, form, read.text.trim())
}

function decodeJson(profile: Profile, form: Form, payload: Uint8Array): Decoded {
  const read = readJson(payload)
  if ('reason' in read)
    return { observations: [], undecoded: [{ reason: read.reason, alarm: profile.alarm }] }
  if (isObject(read.json)) return decodeValue(profile, form, read.json)
  const reason = `Cannot take the payload: it is ${describe(read.json)}, expected an object`
  return { observations: [], undecoded: [{ reason, alarm: profile.alarm }] }
}

function decodeValue(profile: Profile, form: Form, payload: unknown): Decoded {
  const { alarm } = profile
  const observations: Observation[] = []
  const undecoded: Undecoded[] = []
  const complain = (what: string, why: string, kind?: string): void => {
    const reason = `Cannot take ${what}: ${why}`
    undecoded.push(kind === undefined ? { reason, alarm } : { reason, alarm, kind })
  }
  const at = timeOf(profile, payload)
  if (at && 'why' in at) complain('the time', at.why)
  const id = idOf(profile, payload)
  let found = false
  const keys = new Set<string>()

  const take = (mapping: Mapping, item: unknown): void => {
    const own = valueAt(item, mapping.key)
    const raw = own === undefined ? mapping.missing : own
    if (raw === undefined) return
    found = true
    // Zigbee2MQTT writes null for what the device has not said yet.
    if (raw === null) return
    const taken = takeReading(mapping, raw, payload, item)
    if (taken === undefined) return
    if ('why' in taken) {
      complain(
        `${mapping.kind} from "${showPath([...(mapping.each ?? []), ...mapping.key])}"`,
        taken.why,
        mapping.kind,
      )
      return
    }
    observations.push({
      ...taken,
      ...(at && 'time' in at && { at: at.time }),
      // One for each reading: two of one message are not the same.
      ...(id !== undefined && { id: `${id}/${observations.length}` }),
    })
  }

  for (const mapping of profile.readings) {
    if (mapping.form !== undefined && mapping.form !== form) continue
    keys.add(showPath(mapping.each ?? mapping.key))
    if (!mapping.each) {
      take(mapping, payload)
      continue
    }
    const list = valueAt(payload, mapping.each)
    if (list === undefined || list === null) continue
    found = true
    const items: unknown[] = Array.isArray(list) ? list.flat() : []
    if (!Array.isArray(list) || items.length > MAX_ITEMS) {
      const what = Array.isArray(list) ? `it has ${items.length} items` : `it is ${describe(list)}`
      complain(
        `${mapping.kind} from "${showPath(mapping.each)}"`,
        `${what}, expected a list of at most ${MAX_ITEMS}`,
        mapping.kind,
      )
      continue
    }
    for (const item of items) take(mapping, item)
  }
  if (!found && !profile.known.some((key) => valueAt(payload, key) !== undefined)) {
    complain('the payload', `it has none of the keys ${[...keys].join(', ')} of the profile ${profile.id}`)
  }
  return { observations, undecoded }
}

/** The sensor's own time: ISO 8601 with its zone, or milliseconds since 1970 (Zigbee2MQTT's `last_seen: epoch`). */
function timeOf(profile: Profile, payload: unknown): { time: number } | { why: string } | undefined {
  if (!profile.time || profile.clock === 'untrusted') return undefined
  const raw = valueAt(payload, profile.time)
  if (raw === undefined || raw === null) return undefined
  const time = typeof raw === 'string' ? parseTime(raw) : raw
  if (typeof time === 'number' && Number.isSafeInteger(time) && time > 0) return { time }
  return {
    why: `"${showPath(profile.time)}" is ${describe(raw)}, expected a time with its zone, or milliseconds`,
  }
}

/** Only what can be stored as it is: a longer text cut off could be another message's. */
function idOf(profile: Profile, payload: unknown): string | undefined {
  const raw = profile.messageId && valueAt(payload, profile.messageId)
  if (typeof raw === 'number') return String(raw)
  return typeof raw === 'string' && raw !== '' && raw.length <= 100 && raw.isWellFormed() ? raw : undefined
}
