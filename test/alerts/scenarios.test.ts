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
      (one) => (one.role === 'installer') === (alert.test === true) && mayGet('alerts', one),
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
