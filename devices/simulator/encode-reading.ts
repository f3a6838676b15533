import { decode } from '../../hub/decode/decode.ts'
import { isObject, valueAt } from '../../hub/decode/json-path.ts'
import type { Example, ExampleReading, Form, Mapping, Profile } from '../../hub/decode/profile.ts'
import { payloadOf } from '../../hub/decode/run-example.ts'
import { matchTopic } from '../../hub/decode/topic-index.ts'
import { ALARM_KINDS, KINDS } from '../../hub/model/kind.ts'
import type { Value } from '../../hub/model/reading.ts'

/** What a sensor sends, as its profile's examples show it. */
export interface Encoded {
  readonly form: Form
  /** A text is the payload itself; anything else is sent as JSON. */
  readonly payload: unknown
}

/**
 * Writes a message that the hub reads as this reading: an example of the profile that gives it, with the time of now,
 * and with the number that is wanted. What comes out is read once by the profile, so it is right or not there.
 * @param now ms since 1970
 * @returns undefined when no example comes near
 */
export function encodeReading(
  profile: Profile,
  kind: string,
  value: Value,
  now: number,
): Encoded | undefined {
  const isNumber = KINDS.get(kind)?.value === 'number'
  const exact = findEncoded(profile, kind, value, now, 0)
  return exact ?? (isNumber ? findEncoded(profile, kind, value, now, ROUNDED) : undefined)
}

/** Links are told in whole %, of coarser steps. */
const ROUNDED = 1

function findEncoded(
  profile: Profile,
  kind: string,
  value: Value,
  now: number,
  tolerance: number,
): Encoded | undefined {
  const isNumber = KINDS.get(kind)?.value === 'number'
  for (const example of profile.examples) {
    const gives = example.readings.some((one) => one.kind === kind && (isNumber || one.value === value))
    if (!gives) continue
    const form = formOf(profile, example)
    const fresh = refresh(profile, example.payload, now)
    const candidates = isNumber ? withNumber(profile, form, fresh, kind, Number(value)) : [fresh]
    for (const payload of candidates) {
      if (isRead(profile, { form, payload }, kind, value, tolerance)) return { form, payload }
    }
  }
  return undefined
}

/** What the sensor says by itself while nothing happens. */
export function encodeRoutine(profile: Profile, now: number): Encoded {
  const said = profile.examples.filter(
    (example) => example.undecoded === undefined && formOf(profile, example) !== 'availability',
  )
  const [quietest] = said.toSorted((a, b) => unrest(a.readings) - unrest(b.readings))
  if (!quietest) throw new Error(`the profile ${profile.id} has no example that can be decoded`)
  return { form: formOf(profile, quietest), payload: refresh(profile, quietest.payload, now) }
}

/** How far readings are from "nothing happens": a call for help is furthest. */
function unrest(readings: readonly ExampleReading[]): number {
  if (readings.length === 0) return 50
  return readings.reduce((sum, { kind, value }) => {
    if (value === null || value === false) return sum
    if (ALARM_KINDS.has(kind)) return sum + 1000
    if (kind === 'battery') return sum + (Number(value) < 30 ? 100 : 0)
    const shape = KINDS.get(kind)
    if (shape?.value === 'number') return sum
    // The first word is the quiet one: closed, empty, locked.
    return sum + (value === shape?.words?.[0] ? 0 : 1)
  }, 0)
}

/** The last one: the narrower of two that fit. */
function formOf({ topics, id }: Profile, { topic }: Example): Form {
  const found = topics.findLast(({ template }) => matchTopic(template, topic) !== undefined)
  if (!found) throw new Error(`the example "${topic}" of the profile ${id} is on none of its topics`)
  return found.form
}

/** The same message, sent now: with its time, and with an id of its own. */
function refresh(profile: Profile, payload: unknown, now: number): unknown {
  const { messageId } = profile
  const fresh =
    profile.format === 'native'
      ? mapReadings(payload, (one) => ('id' in one ? { ...one, id: `s-${now}` } : one))
      : messageId && typeof valueAt(payload, messageId) === 'string'
        ? withValue(payload, messageId, `s-${now}`)
        : payload
  // Last: where the time is what tells two messages apart, it stays a time.
  return withTime(profile, fresh, new Date(now).toISOString())
}

/** The same message with another time, where it says one. */
export function withTime({ format, time }: Profile, payload: unknown, iso: string): unknown {
  if (format === 'native') {
    return mapReadings(payload, (one) => ('at' in one ? { ...one, at: iso } : one))
  }
  return time && typeof valueAt(payload, time) === 'string' ? withValue(payload, time, iso) : payload
}

function mapReadings(payload: unknown, map: (one: object) => object): unknown {
  const change = (one: unknown): unknown => (isObject(one) ? map(one) : one)
  return Array.isArray(payload) ? payload.map(change) : change(payload)
}

function* withNumber(
  profile: Profile,
  form: Form,
  payload: unknown,
  kind: string,
  wanted: number,
): Generator<unknown> {
  yield payload
  if (profile.format === 'native') {
    const set = (one: unknown): unknown =>
      isObject(one) && one['kind'] === kind ? { ...one, value: wanted } : one
    yield Array.isArray(payload) ? payload.map(set) : set(payload)
    return
  }
  for (const mapping of profile.readings) {
    if (mapping.kind !== kind || (mapping.form ?? form) !== form || mapping.each) continue
    if (valueAt(payload, mapping.key) === undefined) continue
    const raw = rawFor(mapping, payload, wanted)
    if (raw === undefined) continue
    yield profile.format === 'text' ? String(raw) : withValue(payload, mapping.key, raw)
  }
}

/** What the device says for a value. Its conversions are lines: two points of one give all the others. */
function rawFor({ convert, key }: Mapping, payload: unknown, wanted: number): number | undefined {
  if (convert.by === 'same') return wanted
  if (convert.by === 'words') return undefined
  const own = valueAt(payload, key)
  const isText = typeof own === 'string'
  const from = Number(own)
  const at = (raw: number): number => {
    const it = isText ? String(raw) : raw
    return Number(convert.expression.run(it, isText ? it : withValue(payload, key, raw)))
  }
  try {
    // A wide step sees past rounding; a narrow one stays clear of where the conversion is cut off.
    for (const step of [Math.max(Math.abs(from) / 4, 1), 5, 1]) {
      const slope = (at(from + step) - at(from - step)) / (2 * step)
      if (slope === 0 || !Number.isFinite(slope)) continue
      let raw = from
      for (let round = 0; round < 8; round++) raw += (wanted - at(raw)) / slope
      raw = Math.round(raw * 100) / 100
      if (Math.abs(at(raw) - wanted) <= ROUNDED) return raw
    }
    return undefined
  } catch {
    return undefined
  }
}

function isRead(
  profile: Profile,
  { form, payload }: Encoded,
  kind: string,
  value: Value,
  tolerance: number,
): boolean {
  const { observations } = decode(profile, form, payloadOf({ topic: '', payload, readings: [] }))
  return observations.some(
    (one) =>
      one.kind === kind &&
      (typeof value === 'number'
        ? Math.abs(Number(one.value) - value) <= tolerance + 1e-9
        : one.value === value),
  )
}

function withValue(json: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(json)) {
    return json.map((item: unknown, index) => (String(index) === key ? withValue(item, rest, value) : item))
  }
  return isObject(json) ? { ...json, [key]: withValue(json[key], rest, value) } : json
}
