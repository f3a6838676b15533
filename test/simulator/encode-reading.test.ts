import { expect, test } from 'vitest'
import { encodeReading, encodeRoutine } from '../../devices/simulator/encode-reading.ts'
import { planHomes, writeImportFile } from '../../devices/simulator/home-plan.ts'
import { encodePayload, topicOf } from '../../devices/simulator/sensor-model.ts'
import { decode } from '../../hub/decode/decode.ts'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import { payloadOf } from '../../hub/decode/run-example.ts'
import { createTopicIndex } from '../../hub/decode/topic-index.ts'
import { parseHomes } from '../../hub/register/parse-homes.ts'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import { ALARM_KINDS, KINDS } from '../../hub/model/kind.ts'

const NOW = Date.UTC(2026, 11, 1, 12)
const profiles = await loadProfiles('devices/profiles')
const each = [...profiles.values()].map((profile) => [profile.id, profile] as const)

test.each(each)(
  'encodeReading: the hub reads what it writes for %s, of every kind and word that it gives',
  (_, profile) => {
    const shown = new Map(
      profile.examples
        .flatMap(({ readings }) => readings)
        .filter(({ value }) => value !== null)
        .map((reading) => [`${reading.kind} ${reading.value}`, reading]),
    )
    for (const { kind, value } of shown.values()) {
      const encoded = encodeReading(profile, kind, value ?? '', NOW)
      if (!encoded) throw new Error(`${kind} ${value} cannot be written`)
      const bytes = payloadOf({ topic: '', payload: encoded.payload, readings: [] })
      const { observations } = decode(profile, encoded.form, bytes)
      const found = observations.find((one) => one.kind === kind && one.value === value)
      expect([kind, value, found?.kind]).toEqual([kind, value, kind])
      // It happens now, not when the example was written.
      if (found?.at !== undefined) expect(found.at).toBe(NOW)
    }
  },
)

test.each([
  ['zigbee2mqtt-temperature', 'room_temperature', 18.5],
  ['zigbee2mqtt-contact', 'battery', 42],
  ['zigbee2mqtt-contact', 'link', 60],
  ['esphome-temperature', 'room_temperature', 17.25],
  ['shelly-plug', 'power', 40],
  ['shelly-smoke', 'link', 30],
  ['ttn-door-milesight-ws301', 'battery', 55],
  ['theengs-scale', 'weight', 80.5],
  ['json-oximeter', 'spo2', 91],
  ['native', 'heart_rate', 65],
])('encodeReading writes a number that no example of %s has: %s %d', (id, kind, value) => {
  const profile = profiles.get(id)
  const encoded = profile && encodeReading(profile, kind, value, NOW)
  if (!encoded) throw new Error('it cannot be written')
  const bytes = payloadOf({ topic: '', payload: encoded.payload, readings: [] })
  const found = decode(profile, encoded.form, bytes).observations.find((one) => one.kind === kind)
  expect(Math.abs(Number(found?.value) - value)).toBeLessThanOrEqual(KINDS.get(kind)?.unit === '%' ? 1 : 0.01)
})

test('encodeReading says what a profile cannot give', () => {
  const contact = profiles.get('zigbee2mqtt-contact')
  expect(contact && encodeReading(contact, 'smoke', true, NOW)).toBeUndefined()
  expect(contact && encodeReading(contact, 'battery', 4000, NOW)).toBeUndefined()
})

test.each(each)('encodeRoutine calls nobody for help: %s', (_, profile) => {
  const { form, payload } = encodeRoutine(profile, NOW)
  expect(form).not.toBe('availability')
  const { observations, undecoded } = decode(profile, form, payloadOf({ topic: '', payload, readings: [] }))
  expect(undecoded).toEqual([])
  for (const { kind, value } of observations) {
    if (ALARM_KINDS.has(kind)) expect([kind, value === null || value === false]).toEqual([kind, true])
    if (kind === 'battery') expect(value).toBeGreaterThan(20)
  }
})

test('a simulated home can have a sensor of every profile: each is registered, heard, and calls nobody', () => {
  const rules = parseRules([])
  if (!rules.ok) throw new Error('no rules have errors')
  const homes = planHomes(1, 'h', [...profiles.values()])
  const parsed = parseHomes('homes.yaml', writeImportFile(homes), profiles, rules.value)
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
  const [planned] = homes
  const [registered] = parsed.value
  if (!planned || !registered) throw new Error('there is no home')
  const { routes } = createTopicIndex(registered.home, profiles)
  const heard = new Set<string>()
  for (const message of planned.household.between(NOW, NOW + 8 * 24 * 3_600_000)) {
    const sensor = planned.household.sensors.find(({ id }) => id === message.sensor)
    if (sensor?.model !== 'other') continue
    const route = routes.get(topicOf(sensor, message.form))
    if (!route) throw new Error(`nobody hears ${sensor.id}`)
    const bytes = encodePayload(message.payload)
    const { observations, undecoded } = decode(route.profile, route.form, bytes)
    expect([sensor.id, undecoded]).toEqual([sensor.id, []])
    if (observations.length > 0) heard.add(route.profile.id)
  }
  expect([...heard].toSorted()).toEqual([...profiles.keys()].toSorted())
})
