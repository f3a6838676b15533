import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { mayGet } from '../../hub/model/consent.ts'
import { stopCores } from '../core/bench.ts'
import type { CoreBench } from '../core/bench.ts'
import { play } from './scenario.ts'
import type { Scenario } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'

afterEach(stopCores)

/** As long as nobody has an alert that people are told of, and somebody can be told, the next step has its time. */
function watchNextStep({ core }: CoreBench): void {
  const contacts = core.home('h1')?.contacts ?? []
  for (const alert of core.openAlerts()) {
    if (alert.handling !== 'new' || alert.category === 'technical' || alert.severity === 'low') continue
    const isSomebody = contacts.some(
      (one) =>
        (one.role === 'installer') === (alert.test === true) &&
        mayGet('alerts', one) &&
        !one.lacks?.includes('sms'),
    )
    if (isSomebody) expect(alert.nextStepAt, `next step of ${alert.rule}`).toBeGreaterThanOrEqual(core.now())
  }
}

describe('who is told when', () => {
  it.each(SCENARIOS)('$name', async (scenario) => {
    const { told, end, says } = await play(scenario, watchNextStep)
    expect(told).toEqual(scenario.told)
    if (scenario.says) expect(says).toEqual(scenario.says)
    if (scenario.end) expect(end).toEqual(scenario.end)
  })
})

const POLICIES = [
  undefined,
  `policies:
  - id: p
    use: { category: [safety, health, routine], severity: [high, medium] }
    steps:
      - { to: { oncall: r }, wait: 30s, severity: [high] }
      - { to: { contacts: [neighbour] }, wait: 1m, during: { from: "12:05", to: "12:30" } }
      - { to: { group: g }, wait: 1m }
    repeat: { from: 2, every: 3m }
rotas: [{ id: r, timezone: UTC, shifts: [{ days: [daily], from: "12:10", to: "12:20", who: [siv, gone] }] }]
groups: [{ id: g, who: [tor] }]`,
  `policies: [{ id: p, use: { category: [safety], severity: [high] }, steps: [{ to: { oncall: r }, wait: 1m }], repeat: { every: 2m } }]
rotas: [{ id: r, timezone: UTC, shifts: [{ days: [daily], from: "12:07", to: "12:13", who: [siv] }] }]`,
]

const ACTS = [
  'fall',
  'door',
  'sos',
  'anne yes',
  'anne no',
  'berit no',
  'anne huh',
  '@siv yes',
  '@siv no',
  '@tor no',
  'anne is dead',
  '@siv is dead',
  'outage',
  'recovery',
  'crash',
  'down 10m',
  'policies',
  'ida takes',
  'ida takes over',
  'ida hands on to @siv',
  'maintenance on',
  'maintenance off',
  'staff',
  'staff siv',
  'staff tor',
  'contacts',
  'contacts anne',
  'contacts berit anne:neighbour',
  'contacts ola:installer anne',
  'contacts anne~1205-1220 berit~1200-1300',
  'anne stops',
  'anne starts',
  'berit stops',
  'berit starts',
  '@siv stops',
  'board opens',
  'board closes',
  'consent anne -alerts',
  'consent anne +alerts -receipts',
]

it('an alert that nobody has and people are told of always has a next step, whatever happens', async () => {
  const act = fc.constantFrom(...ACTS)
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...POLICIES),
      fc.constantFrom(...POLICIES),
      fc.constantFrom('', 'siv', 'siv tor'),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 90 }), act), { maxLength: 12 }),
      async (policies, later, staff, acts) => {
        let at = 0
        const scenario: Scenario = {
          name: 'any',
          ...(policies !== undefined && { policies }),
          ...(later !== undefined && { later }),
          staff,
          acts: [['0s', 'fall'], ...acts.map(([wait, text]) => [`${(at += wait * 15)}s`, text] as const)],
          until: `${at + 300}s`,
          told: [],
        }
        await play(scenario, watchNextStep)
        stopCores()
      },
    ),
    { numRuns: 60 },
  )
}, 60_000)

const MINUTE = 60_000
/** Steps of a policy; their waits are known, so that the longest time until all were told is too. */
const STEPS = [
  '{ to: { contacts: [family] }, wait: 2m }',
  '{ to: { contacts: [neighbour] }, wait: 1m, during: { from: "22:00", to: "06:00" } }',
  '{ to: { group: g }, wait: 1m }',
  '{ to: { group: n }, wait: 2m, during: { from: "22:00", to: "06:00" } }',
  '{ to: { oncall: r }, wait: 1m, severity: [high] }',
]

it('a fall that nobody answers or that all decline is heard by whoever is there, within one round', async () => {
  const person = fc.constantFrom('', 'is dead', 'stops', 'no')
  const someone = fc.record({ role: fc.constantFrom('', ':neighbour'), noPhone: fc.boolean(), does: person })
  const worker = fc.record({ isThere: fc.boolean(), noPhone: fc.boolean(), does: person })
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray(STEPS, { minLength: 1 }),
      fc.array(someone, { maxLength: 3 }),
      fc.tuple(worker, worker, worker),
      fc.constantFrom('12:00', '23:00'),
      async (steps, contacts, workers, time) => {
        const names = ['anne', 'berit', 'carl']
        const staff = ['siv', 'tor', 'ida'].flatMap((id, index) => {
          const one = workers[index]
          return one?.isThere ? [{ ...one, id: `@${id}` }] : []
        })
        const family = contacts.map((one, index) => ({ ...one, id: names[index] ?? '' }))
        const people = [...family, ...staff]
        // The last says that it ends well, which the file must.
        const all = [...steps, '{ to: { group: last }, wait: 1m }'].join(', ')
        const willing = people.filter(
          ({ id, noPhone, does }) =>
            !noPhone && does !== 'is dead' && (does !== 'stops' || id.startsWith('@')),
        )
        const scenario: Scenario = {
          name: 'any',
          start: `2026-01-05T${time}:00Z`,
          contacts: family.map(({ id, role, noPhone }) => `${id}${role}${noPhone ? '!' : ''}`).join(' '),
          staff: staff.map(({ id, noPhone }) => `${id.slice(1)}${noPhone ? '!' : ''}`).join(' '),
          policies: `policies: [{ id: p, use: { category: [safety], severity: [high] }, steps: [${all}], repeat: { every: 3m } }]
rotas: [{ id: r, timezone: UTC, shifts: [{ days: [daily], from: "00:00", to: "00:00", who: [tor] }] }]
groups: [{ id: g, who: [siv] }, { id: n, who: [ida] }, { id: last, who: [gone] }]`,
          acts: [
            ...people.flatMap(({ id, does }) =>
              does === 'is dead' || does === 'stops' ? [['0s', `${id} ${does}`] as const] : [],
            ),
            ['0s', 'fall'],
          ],
          until: '30m',
          told: [],
        }
        const cannot = new Set(people.flatMap(({ id, does }) => (does === 'no' ? [id] : [])))
        const { store } = await play(scenario, watchNextStep, (id) => cannot.has(id))
        const [alert] = store.alerts().filter(({ rule }) => rule === 'fall')
        const heard = new Set(
          store
            .notifications()
            .filter(({ template, state }) => template === 'alert' && state === 'delivered')
            .filter(({ queuedAt }) => queuedAt <= (alert?.openedAt ?? 0) + 20 * MINUTE)
            .map((one) => (one.staff === undefined ? (one.contact ?? '') : `@${one.staff}`)),
        )
        const namedBy = (all: readonly string[]) =>
          all.flatMap((step) => NAMED_BY.flatMap(([part, who]) => (step.includes(part) ? [who] : [])))
        const always = namedBy(steps.filter((step) => !step.includes('during')))
        const isNamed = (one: { id: string; role?: string }, by: readonly string[]) =>
          by.includes(one.id.startsWith('@') ? one.id : (one.role ?? ''))
        // Whom the policy names at any time, whoever else heard.
        const named = willing.filter((one) => isNamed(one, always)).map(({ id }) => id)
        expect([...heard]).toEqual(expect.arrayContaining(named))
        // Where nobody who heard may still answer, all contacts and whom the policy names for other hours.
        const last = willing.filter((one) => !one.id.startsWith('@') || isNamed(one, namedBy(steps)))
        const isSilent = [...heard].some((id) => !cannot.has(id))
        if (!isSilent) expect([...heard].toSorted()).toEqual(last.map(({ id }) => id).toSorted())
        expect(isSilent).toBe(last.some(({ id }) => !cannot.has(id)))
        stopCores()
      },
    ),
    { numRuns: 150 },
  )
}, 120_000)

/** Whom a step names: one of the staff, or contacts with this role. */
const NAMED_BY = [
  ['contacts: [family]', ''],
  ['contacts: [neighbour]', ':neighbour'],
  ['group: g', '@siv'],
  ['group: n', '@ida'],
  ['oncall: r', '@tor'],
] as const
