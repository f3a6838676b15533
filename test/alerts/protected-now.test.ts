import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { protectedNow } from '../../hub/alerts/protected-now.ts'
import type { ProtectionContact, ProtectionFacts, ProtectionSensor } from '../../hub/alerts/protected-now.ts'
import { protectionWords } from '../../hub/alerts/protection-words.ts'
import { PROTECTION_CODES } from '../../hub/model/protection.ts'
import type { ProtectionCode, ProtectionState } from '../../hub/model/protection.ts'

const NOW = 1_000_000

const sensor = (change: Partial<ProtectionSensor> = {}): ProtectionSensor => ({
  id: 'fall-1',
  alarms: ['fall'],
  hasProfile: true,
  isAlive: true,
  heardAt: NOW - 1000,
  battery: 90,
  batteryLimit: 15,
  link: 80,
  hasNoReceipt: false,
  ...change,
})

const contact = (change: Partial<ProtectionContact> = {}): ProtectionContact => ({
  id: 'anne',
  ways: ['sms'],
  failed: [],
  isQuietAllDay: false,
  ...change,
})

const facts = (change: Partial<ProtectionFacts> = {}): ProtectionFacts => ({
  now: NOW,
  isReachable: true,
  gateways: [{ id: 'gw-1', online: true }],
  sensors: [sensor()],
  contacts: [contact()],
  tellsStaff: false,
  isWatched: false,
  waysDown: [],
  ruled: new Set(['fall', 'sos', 'smoke', 'gas', 'carbon_monoxide']),
  faults: [],
  holds: [],
  proof: { due: NOW + 1000 },
  ...change,
})

/** `not no-link`: the state and the codes of the reasons. */
const said = (change: Partial<ProtectionFacts>): string => {
  const { state, reasons } = protectedNow(facts(change))
  return [state, ...reasons.map(({ code }) => code)].join(' ')
}

const motion = sensor({ id: 'motion-1', alarms: [] })
const failed = [{ way: 'sms' as const, since: 5 }]

describe('protectedNow', () => {
  it.each<[string, Partial<ProtectionFacts>, string]>([
    ['nothing is missing', {}, 'protected'],
    ['nobody proves homes here', { proof: undefined } as never, 'protected'],
    ['the hub does not run', { hubAway: 7 }, 'not hub-away'],
    [
      'no gateway is connected',
      {
        isReachable: false,
        gateways: [{ id: 'gw-1', online: false }],
        sensors: [sensor({ isAlive: false })],
      },
      'not no-link',
    ],
    [
      'one of two gateways is connected',
      {
        gateways: [
          { id: 'a', online: true },
          { id: 'b', online: false },
        ],
      },
      'partly gateway-offline',
    ],
    ['there are no sensors', { sensors: [] }, 'not no-alarm-sensor'],
    ['no sensor calls for help', { sensors: [motion] }, 'not no-alarm-sensor'],
    [
      'the only alarm sensor is silent',
      { sensors: [sensor({ isAlive: false }), motion] },
      'not no-alarm-heard sensor-silent',
    ],
    [
      'one of two alarm sensors is silent',
      { sensors: [sensor({ isAlive: false }), sensor({ id: 'sos-1' })] },
      'partly sensor-silent',
    ],
    [
      'another sensor is silent',
      { sensors: [sensor(), { ...motion, isAlive: false }] },
      'partly sensor-silent',
    ],
    [
      'a sensor was never heard',
      { sensors: [sensor(), sensor({ id: 'x', isAlive: false, heardAt: undefined } as never)] },
      'partly sensor-never-heard',
    ],
    [
      'the profile of the only alarm sensor is gone',
      { sensors: [sensor({ hasProfile: false })] },
      'not no-alarm-heard profile-missing',
    ],
    ['the battery is at its limit', { sensors: [sensor({ battery: 15 })] }, 'partly battery-low'],
    ['the battery is above its limit', { sensors: [sensor({ battery: 16 })] }, 'protected'],
    [
      'the battery of a sensor that calls nobody is low',
      { sensors: [sensor(), { ...motion, battery: 3 }] },
      'protected battery-low',
    ],
    ['the signal is weak', { sensors: [sensor({ link: 19 })] }, 'partly weak-link'],
    ['the signal is just enough', { sensors: [sensor({ link: 20 })] }, 'protected'],
    ['it sends without a receipt', { sensors: [sensor({ hasNoReceipt: true })] }, 'partly no-receipt'],
    ['no rule looks at falls', { ruled: new Set(['sos']) }, 'not no-rule'],
    [
      'no rule looks at smoke',
      { sensors: [sensor(), sensor({ id: 's', alarms: ['smoke'] })], ruled: new Set(['fall']) },
      'partly no-rule',
    ],
    [
      'a sensor may say anything, and no rule looks at the button',
      { sensors: [sensor({ alarms: ['*'] })], ruled: new Set(['fall']) },
      'not no-rule',
    ],
    ['a rule cannot be evaluated', { faults: [{ rule: 'fall', since: 1 }] }, 'partly rule-fault'],
    ['a rule is held', { holds: [{ rule: 'left-home', until: 2 }] }, 'partly rule-held'],
    ['the rule files are refused', { rulesRefused: 1 }, 'protected rules-refused'],
    ['nobody is registered', { contacts: [] }, 'not nobody-told'],
    ['nobody is registered, and a board is open', { contacts: [], isWatched: true }, 'partly nobody-told'],
    ['the staff alone are told', { contacts: [], tellsStaff: true }, 'protected no-contact'],
    [
      'all wrote STOP',
      { contacts: [contact({ untold: 'stopped' }), contact({ id: 'b', untold: 'withdrawn' })] },
      'not nobody-told contact-stopped contact-withdrawn',
    ],
    [
      'one of two wrote STOP',
      { contacts: [contact({ untold: 'stopped' }), contact({ id: 'b' })] },
      'protected contact-stopped',
    ],
    [
      'a contact has no number',
      { contacts: [contact(), contact({ id: 'b', untold: 'no-address', ways: [] })] },
      'protected contact-no-address',
    ],
    ['the only number failed', { contacts: [contact({ failed })] }, 'not nobody-told contact-failed'],
    [
      'one of two numbers failed',
      { contacts: [contact({ failed }), contact({ id: 'b' })] },
      'partly contact-failed',
    ],
    [
      'the number failed, and mail goes',
      { contacts: [contact({ failed, ways: ['sms', 'email'] })] },
      'partly contact-failed',
    ],
    ['no SMS can be sent', { waysDown: ['sms'] }, 'not nobody-told way-down'],
    [
      'no SMS can be sent, and the staff are told otherwise',
      { waysDown: ['sms'], tellsStaff: true },
      'partly way-down',
    ],
    ['a way that nobody here uses is down', { waysDown: ['email'] }, 'protected'],
    ['quiet hours all day', { contacts: [contact({ isQuietAllDay: true })] }, 'protected contact-quiet'],
    ['maintenance', { maintenance: { since: 1, until: 2 } }, 'partly maintenance'],
    ['it was never proven', { proof: {} }, 'protected never-proven'],
    ['the proof is overdue', { proof: { due: NOW } }, 'partly proof-overdue'],
    ['planned', { service: { is: 'planned' }, isReachable: false }, 'planned no-link is-planned'],
    ['being set up', { service: { is: 'commissioning' } }, 'commissioning is-commissioning'],
    ['paused', { service: { is: 'paused', until: 9 }, proof: {} }, 'paused never-proven is-paused'],
    ['closed', { service: { is: 'closed' }, isReachable: false, contacts: [] }, 'closed is-closed'],
  ])('%s', (_, change, expected) => {
    expect(said(change)).toBe(expected)
  })

  it('says since when, until when, and against which limit', () => {
    expect(protectedNow(facts({ isReachable: false, unreachableSince: 4 })).reasons).toContainEqual({
      code: 'no-link',
      makes: 'not',
      since: 4,
    })
    expect(protectedNow(facts({ sensors: [sensor({ battery: 9 })] })).reasons).toEqual([
      { code: 'battery-low', makes: 'partly', sensor: 'fall-1', value: 9, limit: 15 },
    ])
  })
})

const sensors = fc.array(
  fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    alarms: fc.constantFrom<readonly string[]>([], ['fall'], ['smoke'], ['*']),
    hasProfile: fc.boolean(),
    isAlive: fc.boolean(),
    heardAt: fc.constant(3),
    battery: fc.integer({ min: 0, max: 100 }),
    batteryLimit: fc.constant(15),
    link: fc.integer({ min: 0, max: 100 }),
    hasNoReceipt: fc.boolean(),
  }),
  { maxLength: 3 },
)
const contacts = fc.array(
  fc
    .record({
      id: fc.constantFrom('a', 'b'),
      failed: fc.constantFrom([], failed),
      isQuietAllDay: fc.boolean(),
      stopped: fc.boolean(),
    })
    .map(({ stopped, ...one }) => contact({ ...one, ...(stopped && { untold: 'stopped' as const }) })),
  { maxLength: 2 },
)
const anything: fc.Arbitrary<ProtectionFacts> = fc
  .record({
    isReachable: fc.boolean(),
    sensors,
    contacts,
    tellsStaff: fc.boolean(),
    isWatched: fc.boolean(),
    waysDown: fc.constantFrom<ProtectionFacts['waysDown']>([], ['sms']),
    ruled: fc.subarray(['fall', 'sos', 'smoke']).map((kinds) => new Set(kinds)),
    proof: fc.constantFrom({}, { due: 1 }, { due: NOW + 1 }),
  })
  .map(facts)

/** Each makes something worse. */
const FAULTS: readonly ((before: ProtectionFacts) => ProtectionFacts)[] = [
  (one) => ({ ...one, hubAway: 1 }),
  (one) => ({ ...one, isReachable: false }),
  (one) => ({ ...one, gateways: [...one.gateways, { id: 'gw-9', online: false }] }),
  (one) => ({ ...one, sensors: one.sensors.slice(1) }),
  (one) => ({ ...one, sensors: one.sensors.map((each) => ({ ...each, isAlive: false })) }),
  (one) => ({ ...one, sensors: one.sensors.map((each) => ({ ...each, hasProfile: false })) }),
  (one) => ({ ...one, sensors: one.sensors.map((each) => ({ ...each, battery: 0, link: 0 })) }),
  (one) => ({ ...one, sensors: one.sensors.map((each) => ({ ...each, hasNoReceipt: true })) }),
  (one) => ({ ...one, contacts: one.contacts.map((each) => ({ ...each, failed })) }),
  (one) => ({ ...one, contacts: one.contacts.map((each) => ({ ...each, untold: 'stopped' as const })) }),
  (one) => ({ ...one, tellsStaff: false }),
  (one) => ({ ...one, isWatched: false }),
  (one) => ({ ...one, waysDown: ['sms'] }),
  (one) => ({ ...one, ruled: new Set() }),
  (one) => ({ ...one, faults: [{ rule: 'fall', since: 1 }] }),
  (one) => ({ ...one, holds: [{ rule: 'x', until: 1 }] }),
  (one) => ({ ...one, rulesRefused: 1 }),
  (one) => ({ ...one, maintenance: { since: 1 } }),
  (one) => ({ ...one, proof: {} }),
  (one) => ({ ...one, proof: { due: 0 } }),
]
const RANK: Partial<Record<ProtectionState, number>> = { not: 0, partly: 1, protected: 2 }

describe('protectedNow, whatever the facts', () => {
  it('is never more protected for a fault more', () => {
    fc.assert(
      fc.property(anything, fc.constantFrom(...FAULTS), (before, fault) => {
        const worse = fault(before)
        // A fault that takes away the sensor that had one is another home, not a worse one.
        fc.pre(worse.sensors.length === before.sensors.length || before.sensors.length === 1)
        const rank = (one: ProtectionFacts): number => RANK[protectedNow(one).state] ?? -1
        expect(rank(worse)).toBeLessThanOrEqual(rank(before))
      }),
    )
  })

  it('has a reason that makes it so for each state that is not protected, the gravest first', () => {
    fc.assert(
      fc.property(anything, (one) => {
        const { state, reasons } = protectedNow(one)
        expect(state === 'protected').toBe(reasons.every(({ makes }) => makes === 'nothing'))
        expect(state === 'not').toBe(reasons.some(({ makes }) => makes === 'not'))
        const order = reasons.map(({ code }) => PROTECTION_CODES.indexOf(code))
        expect(order).toEqual(order.toSorted((a, b) => a - b))
      }),
    )
  })
})

describe('protectionWords', () => {
  it.each(PROTECTION_CODES)(
    'says what %s means and what to do, in both languages',
    (code: ProtectionCode) => {
      const { en, nb } = protectionWords({
        code,
        makes: 'partly',
        sensor: 'fall-1',
        gateway: 'gw-1',
        contact: 'anne',
        rule: 'fall',
        kind: 'fall',
        way: 'sms',
        value: 3,
        limit: 15,
      })
      for (const text of [en.means, en.todo, nb.means, nb.todo]) {
        expect(text).toMatch(/^[^{}]{8,130}\.$/)
      }
      expect(nb.means).not.toBe(en.means)
    },
  )
})
