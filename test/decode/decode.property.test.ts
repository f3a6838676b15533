import { Buffer } from 'node:buffer'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeUnregistered } from '../../hub/decode/decode-unregistered.ts'
import { decode } from '../../hub/decode/decode.ts'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import { parseProfile } from '../../hub/decode/parse-profile.ts'
import { payloadOf } from '../../hub/decode/run-example.ts'
import { KINDS, whyNotValue } from '../../hub/model/kind.ts'

const profiles = await loadProfiles('devices/profiles')
const everyProfile = [...profiles.values()]
const keys = [
  'kind',
  'value',
  'at',
  'id',
  '__proto__',
  'constructor',
  'state',
  ...everyProfile.flatMap((profile) => profile.readings.map((mapping) => mapping.key.join('.'))),
]
const values = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom('falling', 'detected', 'emergency', 'online', '2026-11-21T22:00:00Z', 1e308, true, null),
  fc.constantFrom(...KINDS.keys()),
)
const object = fc.array(fc.tuple(fc.constantFrom(...keys), values)).map((entries) => {
  const parts = entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`)
  return Buffer.from(`{${parts.join(',')}}`)
})
const example = fc.constantFrom(...everyProfile.flatMap((profile) => profile.examples.map(payloadOf)))
/** An example with one byte changed and the end cut off, as a bad link leaves it. */
const damaged = fc.tuple(example, fc.nat(), fc.nat(255), fc.nat()).map(([bytes, place, byte, length]) => {
  const copy = Uint8Array.from(bytes)
  if (copy.length > 0) copy[place % copy.length] = byte
  return copy.subarray(0, length % (copy.length + 1))
})
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.json().map((text) => Buffer.from(text)),
  object,
  fc.array(object, { maxLength: 5 }).map((items) => Buffer.from(`[${items.join(',')}]`)),
  damaged,
)

test('decode never throws; what it gives is valid, and what gives nothing has a reason', () => {
  fc.assert(
    fc.property(payload, fc.constantFrom(...everyProfile), fc.nat(), (bytes, profile, choice) => {
      const { form = '' } = profile.topics[choice % profile.topics.length] ?? {}
      const { observations, undecoded } = decode(profile, form, bytes)
      for (const { kind, value, at, status } of observations) {
        const shape = KINDS.get(kind)
        if (!shape) throw new Error(`${kind} is no kind`)
        if (value === null) expect(status).toBeTypeOf('string')
        else expect(whyNotValue(shape, value)).toBeUndefined()
        if (at !== undefined) expect(Number.isSafeInteger(at)).toBe(true)
      }
      for (const { reason } of undecoded) {
        expect(reason).toMatch(/^Cannot /)
        expect(reason.length).toBeLessThan(500)
      }
    }),
    { numRuns: 3000, seed: 20261121 },
  )
})

test('decode of the native format takes every list apart into readings and reasons, one of each item', () => {
  const native = profiles.get('native')
  if (!native) throw new Error('the native profile is missing')
  fc.assert(
    fc.property(fc.array(object, { minLength: 1, maxLength: 20 }), (items) => {
      const { observations, undecoded } = decode(native, 'readings', Buffer.from(`[${items.join(',')}]`))
      expect(observations.length + undecoded.length).toBe(items.length)
    }),
    { seed: 20261121 },
  )
})

test('decodeUnregistered never throws', () => {
  const rest = fc.oneof(
    fc.string(),
    fc.string().map((name) => `zigbee2mqtt/${name}`),
  )
  fc.assert(
    fc.property(rest, payload, (topic, bytes) => {
      expect(decodeUnregistered('h-0001', topic, bytes, profiles).reason).not.toBe('')
    }),
    { seed: 20261121 },
  )
})

test('parseProfile never throws: whatever stands under whichever key is a problem with a place', () => {
  const good = everyProfile[1]
  if (!good) throw new Error('there are no profiles')
  const change = fc.dictionary(fc.constantFrom(...Object.keys(good), 'other'), fc.jsonValue())
  fc.assert(
    fc.property(change, fc.jsonValue(), fc.boolean(), (changes, anything, whole) => {
      const parsed = parseProfile('x.yaml', JSON.stringify(whole ? anything : { ...good, ...changes }))
      if (parsed.ok) throw new Error('it took a profile that nobody wrote')
      for (const { line, column } of parsed.problems) expect(Math.min(line, column)).toBeGreaterThan(0)
    }),
    { seed: 20261121 },
  )
})
