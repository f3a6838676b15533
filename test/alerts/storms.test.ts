import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Notification } from '../../hub/model/notification.ts'
import { recipientOf } from '../../hub/model/notification.ts'
import type { MemoryStore } from '../helpers/memory-store.ts'
import { stopCores } from '../core/bench.ts'
import { play } from './scenario.ts'
import type { Scenario } from './scenario.ts'
import { STORM_POLICIES, STORMS } from './storms.ts'

afterEach(stopCores)

describe('who is told of many alerts at once', () => {
  it.each(STORMS)('$name', async (scenario) => {
    const { told, end, says } = await play(scenario)
    expect(told).toEqual(scenario.told)
    if (scenario.says) expect(says).toEqual(scenario.says)
    if (scenario.end) expect(end).toEqual(scenario.end)
  })
})

const ACTS = [
  'storm 1',
  'storm 3',
  'storm 12',
  '2 recover',
  'fall',
  'door',
  'damp',
  'cold',
  'kit',
  'anne yes',
  '@siv yes digest',
  '@siv no digest',
  '@tor yes digest',
  '@siv huh -',
  '@siv is dead',
  'outage',
  'recovery',
  'down 20m',
  'ida takes',
]
const MINUTE = 60_000

/** Tells somebody of technical alerts: of many, or of one as itself. */
function isTechnical(one: Notification, technical: ReadonlySet<string>): boolean {
  if (one.letter !== undefined) return one.letter.is === 'digest'
  return one.template === 'alert' && technical.has(one.alert) && !one.digest && one.state !== 'gathered'
}

function checkMessages(store: MemoryStore, between: number): void {
  const alerts = store.alerts()
  const technical = new Set(alerts.filter(({ category }) => category === 'technical').map(({ id }) => id))
  const messages = store.notifications()
  for (const { id, rule } of alerts) {
    if (technical.has(id)) continue
    const own = messages.flatMap((one) => (one.alert === id && one.template === 'alert' ? [one] : []))
    const together = own.filter(({ state, digest }) => state === 'gathered' || digest !== undefined)
    expect(together, rule).toEqual([])
    const told = store.events().filter(({ alert, what }) => alert === id && what === 'notified')
    expect(own.length, `messages about ${rule}`).toBe(told.length)
  }
  const asked = messages.filter((one) => isTechnical(one, technical) && one.state !== 'cancelled')
  for (const [recipient, theirs] of Map.groupBy(asked, recipientOf)) {
    const times = theirs.map(({ queuedAt }) => queuedAt).toSorted((a, b) => a - b)
    const shortest = Math.min(...times.slice(1).map((time, index) => time - (times[index] ?? 0)))
    expect(shortest, `between technical messages to ${recipient}`).toBeGreaterThanOrEqual(between)
  }
}

/** Without ids: a restart is an input too, and ids count those. */
function sentIn(store: MemoryStore): string[] {
  return store
    .notifications()
    .map((one) => {
      const about = one.letter ? { ...one.letter, code: '', alerts: undefined } : one.template
      return JSON.stringify([one.queuedAt, recipientOf(one), one.state, about])
    })
    .toSorted()
}

it('whatever happens, alerts about people are told one by one, technical ones with time between, and a restart changes nothing', async () => {
  const act = fc.constantFrom(...ACTS)
  const limit = fc.constantFrom(
    { text: '', between: 10 },
    { text: 'limits: { perHour: 2, digest: 5m }', between: 5 },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), act), { maxLength: 12 }),
      limit,
      async (acts, { text: limits, between }) => {
        const scenario = (dies: boolean): Scenario => {
          let at = 0
          return {
            name: 'any',
            policies: `${STORM_POLICIES}${limits}`,
            staff: 'siv tor',
            homes: 3,
            acts: acts.flatMap(([wait, text]) => {
              const when = `${(at += wait * 15)}s`
              return dies ? [[when, text] as const, [when, 'crash'] as const] : [[when, text] as const]
            }),
            until: `${at + 900}s`,
            told: [],
          }
        }
        const { store } = await play(scenario(false))
        checkMessages(store, between * MINUTE)
        expect(sentIn((await play(scenario(true))).store)).toEqual(sentIn(store))
        stopCores()
      },
    ),
    { numRuns: 12 },
  )
}, 120_000)
