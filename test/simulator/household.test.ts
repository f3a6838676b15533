import { describe, expect, it } from 'vitest'
import { planHomes, writeImportFile } from '../../devices/simulator/home-plan.ts'
import { createHousehold } from '../../devices/simulator/household.ts'
import { encodePayload, topicOf } from '../../devices/simulator/sensor-model.ts'
import type { Message } from '../../devices/simulator/sensor-model.ts'
import { decode } from '../../hub/decode/decode.ts'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'
import { createTopicIndex } from '../../hub/decode/topic-index.ts'
import { loadRuleFiles } from '../../hub/rules/load-rule-files.ts'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import { parseHomes } from '../../hub/register/parse-homes.ts'
import type { SimulatedHome } from '../../devices/simulator/home-plan.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const FROM = Date.parse('2026-11-02T00:00:00+01:00')
const profiles = await loadProfiles('devices/profiles')
const rules = parseRules(await loadRuleFiles('rules'))
const homes = planHomes(12, 'h')

function home(index: number): SimulatedHome {
  const found = homes[index]
  if (!found) throw new Error(`there is no home ${index}`)
  return found
}

describe('createHousehold', () => {
  it('gives the same messages for the same seed, and others for another', () => {
    const { sensors, timezone } = home(0).household
    const days = (seed: string): readonly Message[] =>
      createHousehold(seed, sensors, timezone).between(FROM, FROM + 3 * DAY)
    expect(days('a')).toEqual(days('a'))
    expect(days('a')).not.toEqual(days('b'))
  })

  it('gives the same messages however the time is cut into pieces, across a change of clocks too', () => {
    const { household } = home(0)
    const from = Date.parse('2026-10-23T12:34:56Z')
    const pieces: Message[] = []
    for (let at = from; at < from + 4 * DAY; at += 5 * HOUR) {
      pieces.push(...household.between(at, Math.min(at + 5 * HOUR, from + 4 * DAY)))
    }
    expect(pieces).toEqual(household.between(from, from + 4 * DAY))
    expect(pieces.map(({ at }) => at)).toEqual(pieces.map(({ at }) => at).toSorted((a, b) => a - b))
  })

  it('lives by the local clock: up at 9, in bed at midnight, in summer and in winter', () => {
    for (const date of ['2026-07-15T00:00:00+02:00', '2026-12-15T00:00:00+01:00']) {
      const midnight = Date.parse(date)
      for (const { household } of homes) {
        const until = (hour: number): string | undefined =>
          household
            .between(midnight - DAY, midnight + hour * HOUR)
            .filter(({ sensor, isRoutine }) => sensor === 'bed' && !isRoutine)
            .map(({ payload }) => (payload as [{ value: string }])[0].value)
            .at(-1)
        expect([until(9), until(24)]).toEqual(['empty', 'occupied'])
      }
    }
  })

  it('moves about the kitchen by day and hardly at all by night', () => {
    const { household } = home(0)
    const between = (fromHour: number, toHour: number): number =>
      [0, 1, 2, 3, 4, 5, 6].flatMap((day) => {
        const midnight = FROM + day * DAY
        return household
          .between(midnight + fromHour * HOUR, midnight + toHour * HOUR)
          .filter(({ sensor, isRoutine }) => sensor === 'kitchen-motion' && !isRoutine)
      }).length
    expect(between(1, 5)).toBe(0)
    expect(between(9, 21)).toBeGreaterThan(30)
  })

  it('lets every sensor speak more often than its profile asks for', () => {
    for (const { household } of homes) {
      const messages = household.between(FROM, FROM + 3 * DAY)
      for (const sensor of household.sensors) {
        const heard = messages.filter((message) => message.sensor === sensor.id).map(({ at }) => at)
        const gaps = [FROM, ...heard, FROM + 3 * DAY].map((at, index, all) => at - (all[index - 1] ?? at))
        const profile = profiles.get(
          sensor.model === 'fall-radar' ? 'zigbee2mqtt-fall-radar-owon-fds315' : 'native',
        )
        expect(Math.max(...gaps), `${sensor.id}`).toBeLessThan(profile?.heardEvery ?? 0)
      }
    }
  })
})

describe('planHomes', () => {
  it('writes an import file that the register takes, with numbers that no phone can have', () => {
    if (!rules.ok) throw new Error('the shipped rules have errors')
    const parsed = parseHomes('homes.yaml', writeImportFile(planHomes(40, 'sim')), profiles, rules.value)
    if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'))
    const phones = parsed.value.flatMap(({ personal }) => personal.contacts.map(({ phone }) => phone))
    expect(phones).toHaveLength(80)
    expect(new Set(phones).size).toBe(80)
    // Norwegian numbers have eight digits, and none begins with 0.
    for (const phone of phones) expect(phone).toMatch(/^\+470\d{7}$/)
  })

  it('makes homes of which every message is decoded whole by its sensor’s profile', () => {
    if (!rules.ok) throw new Error('the shipped rules have errors')
    const parsed = parseHomes('homes.yaml', writeImportFile(homes), profiles, rules.value)
    if (!parsed.ok) throw new Error('the import file has errors')
    const kinds = new Set<string>()
    for (const [index, { home: facts }] of parsed.value.entries()) {
      const { routes } = createTopicIndex(facts, profiles)
      const { household } = home(index)
      for (const message of household.between(FROM, FROM + 2 * DAY)) {
        const sensor = household.sensors.find(({ id }) => id === message.sensor)
        if (!sensor) throw new Error(`${message.sensor} is no sensor of its home`)
        const route = routes.get(topicOf(sensor, message.form))
        expect(route?.sensor.id).toBe(message.sensor)
        if (!route) continue
        const { observations, undecoded } = decode(route.profile, route.form, encodePayload(message.payload))
        expect(undecoded).toEqual([])
        for (const { kind, value } of observations) if (value !== null) kinds.add(kind)
      }
    }
    // `fall` and `sos` come with incidents only.
    expect([...kinds].toSorted()).toEqual([
      'battery',
      'bed',
      'door',
      'heart_rate',
      'link',
      'motion',
      'presence',
      'respiration_rate',
      'spo2',
    ])
  })
})
