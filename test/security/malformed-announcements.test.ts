import { join } from 'node:path'
import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import { readAnnouncement } from '../../hub/decode/read-announcement.ts'

const profiles = await loadProfiles(join(import.meta.dirname, '../../devices/profiles'))

/** What each bridge says, rightly. */
const ANNOUNCED: Readonly<Record<string, unknown>> = {
  'zigbee2mqtt/bridge/devices': [
    {
      ieee_address: '0x00158d0001a2b3c4',
      friendly_name: 'hall-door',
      type: 'EndDevice',
      power_source: 'Battery',
      definition: {
        model: 'MCCGQ11LM',
        vendor: 'Xiaomi',
        exposes: [{ type: 'binary', property: 'contact' }],
      },
    },
  ],
  'zigbee2mqtt/bridge/event': {
    type: 'device_interview',
    data: { friendly_name: 'hall-door', ieee_address: '0x00158d0001a2b3c4', status: 'successful' },
  },
  'homeassistant/binary_sensor/hall/config': {
    name: 'Hall',
    unique_id: 'hall',
    device_class: 'door',
    state_topic: 'homes/h-1/zigbee2mqtt/hall',
    device: { identifiers: ['x'], manufacturer: 'Xiaomi', model: 'MCCGQ11LM', name: 'Hall' },
  },
  'tasmota/discovery/AABBCCDDEEFF/config': {
    ip: '10.0.0.9',
    dn: 'Plug',
    fn: ['Plug'],
    t: 'plug',
    md: 'Plug',
    mac: 'AABBCCDDEEFF',
    ft: '%prefix%/%topic%/',
  },
  'shellies/announce': { id: 'shellyflood-1', model: 'SHWT-1', mac: 'AABBCCDDEEFF', ip: '10.0.0.9' },
}

/** Values as a bridge would never send them, in the place of some that it does. */
function odd(value: unknown): fc.Arbitrary<unknown> {
  const anything = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom('', '\u0000', '__proto__', 'a'.repeat(5000), 1e308, -1, [], {}, '../../x', '\u202Ex'),
  )
  if (Array.isArray(value)) return keepOr(fc.tuple(...value.map(odd)), anything)
  if (typeof value === 'object' && value !== null) {
    return keepOr(
      fc.record(Object.fromEntries(Object.entries(value).map(([key, one]) => [key, odd(one)])), {
        requiredKeys: [],
      }),
      anything,
    )
  }
  return keepOr(fc.constant(value), anything)
}

const keepOr = (good: fc.Arbitrary<unknown>, other: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: good }, { weight: 1, arbitrary: other })

const bytes = (json: unknown): Uint8Array => Buffer.from(JSON.stringify(json) ?? '')
const read = (rest: string, payload: Uint8Array) => readAnnouncement('h-1', rest, payload, profiles)

it.each(Object.entries(ANNOUNCED))(
  'what is announced under %s is read, or left out, and throws never',
  (rest, good) => {
    expect(read(rest, bytes(good))?.devices.length).toBe(1)
    let left = 0
    const check = (payload: Uint8Array): void => {
      const { devices } = read(rest, payload) ?? { devices: [] }
      if (devices.length === 0) left++
      expect(devices.length).toBeLessThanOrEqual(200)
      // What is kept of it is short, whatever was sent.
      for (const device of devices) expect(JSON.stringify(device).length).toBeLessThan(60_000)
    }
    fc.assert(
      fc.property(odd(good), (json) => check(bytes(json))),
      { numRuns: 150 },
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), check), { numRuns: 50 })
    expect(left).toBeGreaterThan(10)
  },
)

it('a bridge that announces ten thousand devices is heard of two hundred', () => {
  const [one] = ANNOUNCED['zigbee2mqtt/bridge/devices'] as [object]
  const many = Array.from({ length: 10_000 }, (_, index) => ({
    ...one,
    friendly_name: `d${index}`,
    ieee_address: `0x${index.toString(16).padStart(16, '0')}`,
    definition: null,
  }))
  expect(read('zigbee2mqtt/bridge/devices', bytes(many))?.devices.length).toBe(200)
})
