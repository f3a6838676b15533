import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Home } from '../../hub/model/home.ts'
import type { Mode } from '../../hub/model/input.ts'
import type { Value } from '../../hub/model/reading.ts'
import { createEngine } from '../../hub/rules/engine.ts'
import { loadRuleFiles } from '../../hub/rules/load-rule-files.ts'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import type { RuleSet } from '../../hub/rules/rule.ts'
import { createTimerQueue } from '../../hub/rules/timer-queue.ts'
import { START, home, rulesOf, sensor } from './bench.ts'

const SMALL = rulesOf(`
  - { id: fall, title: F, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
  - { id: open, title: O, category: routine, severity: low, scope: room, on: door, when: value == "open", for: 3m, keep: 1m }
  - { id: quiet, title: Q, category: safety, severity: medium, absent: { of: [motion, door], for: 40m } }
  - { id: often, title: O, category: routine, severity: low, on: motion, when: value, times: { count: 3, within: 1h, apart: 2m } }
  - { id: left, title: L, category: safety, severity: high, on: door, when: value == "open", then: { absent: { of: [motion] }, within: 20m, after: 1m } }
  - { id: dose, title: D, category: health, severity: low, on: medication, when: value == "missed", cooldown: 30m, muted: { by: link } }
  - { id: link, title: S, category: technical, severity: low, on: availability, when: value == "offline", for: 3m }
`)
const shipped = parseRules(await loadRuleFiles('rules'))
if (!shipped.ok) throw new Error('the shipped rules do not parse')

const HOMES = ['h1', 'h2', 'h3']
const register = (id: string): Home =>
  home({
    id,
    timezone: id === 'h2' ? 'Europe/Oslo' : 'UTC',
    residents: [{ id: 'r1' }],
    sensors: [
      sensor('a', { room: 'bathroom', heardEvery: 1_800_000 }),
      sensor('b', { role: 'entrance', room: 'hall' }),
    ],
  })

const value = fc.constantFrom<readonly [string, Value]>(
  ['fall', 'detected'],
  ['fall', 'suspected'],
  ['fall', 'cancelled'],
  ['sos', 'pressed'],
  ['door', 'open'],
  ['door', 'closed'],
  ['motion', true],
  ['motion', false],
  ['spo2', 82],
  ['spo2', 97],
  ['heart_rate', 150],
  ['heart_rate', 70],
  ['respiration_rate', 30],
  ['medication', 'missed'],
  ['smoke', true],
  ['smoke', false],
)
type Act =
  | {
      readonly act: 'say'
      readonly sensor: string
      readonly what: readonly [string, Value]
      readonly ago: number
    }
  | { readonly act: 'link'; readonly online: boolean }
  | { readonly act: 'mode'; readonly mode: Mode; readonly on: boolean }
  | { readonly act: 'resolve' }
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      act: fc.constant('say' as const),
      sensor: fc.constantFrom('a', 'b'),
      what: value,
      ago: fc.constantFrom(0, 0, 0, 30, 300, 7200),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('link' as const), online: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      act: fc.constant('mode' as const),
      mode: fc.constantFrom<Mode>('away', 'carer', 'maintenance'),
      on: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('resolve' as const) }) },
)
/** Times in s; many at the same moment, in one home and between them. */
const stream = fc
  .array(fc.record({ at: fc.nat({ max: 1200 }).map((half) => half * 30), act }), { maxLength: 30 })
  .map((list) => list.toSorted((a, b) => a.at - b.at))
type Stream = readonly { readonly at: number; readonly act: Act }[]
const streams = fc.tuple(stream, stream, stream)

interface Told {
  readonly home: string
  readonly at: number
  readonly act: Act
}

/** One order of all that keeps the order of each home. @param turns whose turn it is where several could be next */
function merge(list: readonly Stream[], turns: readonly number[]): Told[] {
  const rest = list.map((one) => [...one])
  const merged: Told[] = []
  for (let turn = 0; ; turn++) {
    const soonest = Math.min(...rest.map(([first]) => first?.at ?? Infinity))
    const ready = rest.flatMap(([first], index) => (first?.at === soonest ? [index] : []))
    const index = ready[(turns[turn % turns.length] ?? 0) % Math.max(1, ready.length)] ?? 0
    const next = rest[index]?.shift()
    if (!next) return merged
    merged.push({ home: HOMES[index] ?? '', ...next })
  }
}

/** What the rules say of each home, as text. */
function say(rules: RuleSet, ids: readonly string[], told: readonly Told[]): Map<string, string[]> {
  const timers = createTimerQueue()
  const engine = createEngine(timers, rules)
  const said = new Map<string, string[]>(ids.map((id) => [id, []]))
  const collect = (): void => {
    for (const one of engine.changes().transitions) said.get(one.home ?? one.scope)?.push(JSON.stringify(one))
  }
  const advance = (to: number): void => {
    for (let due = timers.take(to); due; due = timers.take(to)) {
      engine.due(due.key, due.due)
      collect()
    }
  }
  for (const id of ids) {
    engine.home(register(id), START)
    engine.gateway(id, 'gw', true, START)
    collect()
  }
  for (const { home: id, at, act: one } of told) {
    const now = START + at * 1000
    advance(now)
    switch (one.act) {
      case 'say': {
        const [kind, what] = one.what
        const from = now - one.ago * 1000
        engine.observe({ home: id, sensor: one.sensor, kind, value: what, at: from, receivedAt: now }, now)
        break
      }
      case 'link':
        engine.gateway(id, 'gw', one.online, now)
        break
      case 'mode':
        engine.mode(id, one.mode, one.on, now)
        break
      case 'resolve':
        for (const rule of rules.rules.values()) if (rule.latched) engine.resolved(rule.id, id, id, now)
    }
    collect()
  }
  advance(START + 40 * 3_600_000)
  return said
}

describe.each([
  ['a small set', SMALL],
  ['the shipped rules', shipped.value],
])('rules over several homes: %s', (_, rules) => {
  it('say of each home what they say of it alone, however the homes are mixed', () => {
    let transitions = 0
    fc.assert(
      fc.property(streams, fc.array(fc.nat({ max: 2 }), { minLength: 1, maxLength: 20 }), (list, turns) => {
        const together = say(rules, HOMES, merge(list, turns))
        for (const [index, id] of HOMES.entries()) {
          const alone = list.map((one, other) => (other === index ? one : []))
          expect(together.get(id)).toEqual(say(rules, [id], merge(alone, [0])).get(id))
          transitions += together.get(id)?.length ?? 0
        }
      }),
      { numRuns: 100 },
    )
    // Streams of which nothing is said would show nothing.
    expect(transitions).toBeGreaterThan(1000)
  })

  it('say the same where the register lists the homes in another order', () => {
    fc.assert(
      fc.property(streams, fc.shuffledSubarray(HOMES, { minLength: 3 }), (list, order) => {
        const told = merge(list, [0])
        expect(new Map([...say(rules, order, told)].toSorted())).toEqual(say(rules, HOMES, told))
      }),
      { numRuns: 50 },
    )
  })
})
