import { describe, expect, it } from 'vitest'
import { planHomes } from '../../devices/simulator/home-plan.ts'
import { affect, createIncident, INCIDENTS } from '../../devices/simulator/incident.ts'
import type { Effect, IncidentName } from '../../devices/simulator/incident.ts'
import { encodePayload, profileIdOf } from '../../devices/simulator/sensor-model.ts'
import type { Message } from '../../devices/simulator/sensor-model.ts'
import { decode } from '../../hub/decode/decode.ts'
import { loadProfiles } from '../../hub/decode/load-profiles.ts'

const AT = Date.parse('2026-11-21T22:00:00Z')
const profiles = await loadProfiles('devices/profiles')
const homes = planHomes(12, 'h')

/** What the hub reads in the messages of an incident: `fall=detected`, and what it cannot read. */
function seen(name: IncidentName, index: number): string[] {
  const { household } = homes[index] ?? { household: undefined }
  const incident = household && createIncident(name, household, AT)
  if (!household || !incident) return ['impossible']
  return incident.messages.flatMap((message) => {
    const sensor = household.sensors.find(({ id }) => id === message.sensor)
    const profile = sensor && profiles.get(profileIdOf(sensor))
    if (!profile) throw new Error(`there is no profile for ${message.sensor}`)
    const { observations, undecoded } = decode(profile, message.form, encodePayload(message.payload))
    return [
      ...observations
        .filter(({ value }) => value !== null)
        .map(({ kind, value }) => `${kind}=${String(value)}`),
      ...undecoded.map(({ alarm }) => (alarm ? 'unreadable alarm' : 'unreadable')),
    ]
  })
}

describe('createIncident', () => {
  it('lets every home show a fall, by radar or pendant, exactly once', () => {
    for (const [index] of homes.entries()) {
      expect(seen('fall', index).filter((reading) => reading.startsWith('fall='))).toEqual(['fall=detected'])
    }
  })

  it.each([
    ['sos', 0, 'sos=pressed'],
    ['low-spo2', 0, 'spo2=85'],
    ['battery-low', 0, 'battery=9'],
    ['sensor-silent', 0, 'availability=offline'],
    ['unreadable', 0, 'unreadable alarm'],
    ['unreadable', 1, 'unreadable alarm'],
  ] as const)('makes %s in home %i readable as %s', (name, index, reading) => {
    expect(seen(name, index)).toContain(reading)
  })

  it('keeps oxygen low without a break, then normal for as long as the rule wants to see', () => {
    const values = seen('low-spo2', 0).filter((reading) => reading.startsWith('spo2='))
    const low = values.filter((reading) => Number(reading.slice(5)) < 90)
    expect(values.slice(0, low.length)).toEqual(low)
    expect(low.length).toBeGreaterThan(10)
    expect(values.length - low.length).toBeGreaterThan(5)
  })

  it('says that a home without the sensor cannot show it', () => {
    const without = homes.find(({ household }) =>
      household.sensors.every(({ model }) => model !== 'oximeter'),
    )
    expect(without && createIncident('low-spo2', without.household, AT)).toBeUndefined()
  })

  it('knows every name', () => {
    for (const name of INCIDENTS) expect(seen(name, 0)).not.toEqual(['impossible'])
  })
})

describe('affect', () => {
  const message: Message = {
    at: AT,
    sensor: 'front-door',
    form: 'readings',
    payload: { battery: 80, contact: true },
  }
  const time = { from: AT, until: AT + 1 }
  const one = (effect: Effect): Message | undefined => affect(message, [effect])

  it.each<[string, Effect, boolean]>([
    ['a cut link', { does: 'cut-link', ...time }, false],
    ['a cut link that begins later', { does: 'cut-link', from: AT + 1, until: AT + 2 }, true],
    ['a cut link that has ended', { does: 'cut-link', from: AT - 1, until: AT }, true],
    ['a person who lies still', { does: 'still', ...time }, false],
    ['silence of this sensor', { does: 'silence', sensor: 'front-door', ...time }, false],
    ['silence of another', { does: 'silence', sensor: 'bed', ...time }, true],
  ])('with %s', (_, effect, isSent) => {
    expect(one(effect) !== undefined).toBe(isSent)
  })

  it('lets sensors go on by themselves while the person lies still', () => {
    expect(affect({ ...message, isRoutine: true }, [{ does: 'still', ...time }])).toBeDefined()
  })

  it('drains the battery of one sensor, in either form of payload', () => {
    const drained: Effect = { does: 'drain', sensor: 'front-door', battery: 9, ...time }
    expect(one(drained)?.payload).toEqual({ battery: 9, contact: true })
    const native = [
      { kind: 'bed', value: 'empty' },
      { kind: 'battery', value: 80 },
    ]
    expect(affect({ ...message, payload: native }, [drained])?.payload).toEqual([
      { kind: 'bed', value: 'empty' },
      { kind: 'battery', value: 9 },
    ])
  })
})
