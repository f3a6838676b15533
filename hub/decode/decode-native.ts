import { KINDS } from '../model/kind.ts'
import type { Value } from '../model/reading.ts'
import { clip, describe, readJson, whyNotTaken } from './observation.ts'
import type { Decoded, Observation, Undecoded } from './observation.ts'
import { parseTime } from './parse-time.ts'

/** More in one payload are refused: a backlog goes out in several packets. */
export const MAX_READINGS = 500
const MAX_ID = 128

/** What the native decoder needs of a profile. */
export interface NativeOptions {
  readonly alarm: boolean
  readonly clock: 'trusted' | 'untrusted'
}

/**
 * Decodes the hub's own format: `{"kind":"fall","value":"detected","at":"2026-11-21T22:00:00.000Z","id":"b7-1"}`
 * or an array of such readings; `at` and `id` are optional. The good readings of an array count beside bad ones.
 *
 * Checked by hand: this is the path of every packet of a busy hub.
 */
export function decodeNative(options: NativeOptions, payload: Uint8Array): Decoded {
  const { alarm } = options
  const read = readJson(payload)
  if ('reason' in read) return { observations: [], undecoded: [{ reason: read.reason, alarm }] }
  const { json } = read
  if (!Array.isArray(json)) {
    const taken = takeReading(options, json)
    return 'why' in taken
      ? { observations: [], undecoded: [refusal('Cannot take the reading', taken, alarm)] }
      : { observations: [taken], undecoded: [] }
  }
  if (json.length === 0) {
    return { observations: [], undecoded: [{ reason: 'Cannot take the readings: the list is empty', alarm }] }
  }
  if (json.length > MAX_READINGS) {
    const reason = `Cannot take the readings: there are ${json.length}, expected at most ${MAX_READINGS} in one payload`
    return { observations: [], undecoded: [{ reason, alarm }] }
  }
  const observations: Observation[] = []
  const undecoded: Undecoded[] = []
  for (const [index, item] of json.entries()) {
    const taken = takeReading(options, item)
    if ('why' in taken) undecoded.push(refusal(`Cannot take reading ${index + 1}`, taken, alarm))
    else observations.push(taken)
  }
  return { observations, undecoded }
}

/** Why a reading is not taken, and of what kind it would have been. */
interface Refused {
  readonly why: string
  readonly kind?: string
}

function refusal(what: string, refused: Refused, alarm: boolean): Undecoded {
  const reason = `${what}: ${refused.why}`
  return refused.kind === undefined ? { reason, alarm } : { reason, alarm, kind: refused.kind }
}

function takeReading(options: NativeOptions, item: unknown): Observation | Refused {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    return { why: `it is ${describe(item)}, expected an object such as {"kind":"fall","value":"detected"}` }
  }
  // JSON.parse makes own properties only, `__proto__` included; what is inherited is no part of the payload.
  let kind: unknown
  let value: unknown
  let at: unknown
  let id: unknown
  let unknownKey: string | undefined
  const entries = item as Readonly<Record<string, unknown>>
  for (const key of Object.keys(entries)) {
    if (key === 'kind') kind = entries[key]
    else if (key === 'value') value = entries[key]
    else if (key === 'at') at = entries[key]
    else if (key === 'id') id = entries[key]
    else unknownKey ??= key
  }
  const shape = typeof kind === 'string' ? KINDS.get(kind) : undefined
  if (shape === undefined || typeof kind !== 'string') {
    return { why: `kind is ${describe(kind)}, expected a kind of reading such as fall, door or motion` }
  }
  const refuse = (why: string): Refused => ({ why, kind: kind as string })
  if (unknownKey !== undefined) {
    return refuse(`the key "${clip(unknownKey, 40)}" is not known, expected kind, value, at and id only`)
  }
  const wrong = whyNotTaken(shape, value)
  if (wrong !== undefined) return refuse(`value ${wrong}`)
  const observation: { -readonly [K in keyof Observation]: Observation[K] } = { kind, value: value as Value }
  if (at !== undefined) {
    const time = typeof at === 'string' ? parseTime(at) : undefined
    if (time === undefined) {
      return refuse(`at is ${describe(at)}, expected a time with its zone such as 2026-11-21T22:00:00.000Z`)
    }
    if (options.clock === 'trusted') observation.at = time
  }
  if (id !== undefined) {
    // A lone surrogate cannot be stored: two different ids would become the same one on disk.
    if (typeof id !== 'string' || id === '' || id.length > MAX_ID || !id.isWellFormed()) {
      return refuse(`id is ${describe(id)}, expected a text of 1 to ${MAX_ID} characters`)
    }
    observation.id = id
  }
  return observation
}
