import { crc32 } from 'node:zlib'
import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Transition } from '../../hub/model/alert.ts'
import type { Input, RuleFile } from '../../hub/model/input.ts'
import type { Value } from '../../hub/model/reading.ts'
import { loadRuleFiles } from '../../hub/rules/load-rule-files.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { RULES, startCore, stopCores } from './bench.ts'

afterEach(stopCores)

type What = readonly [string, Value]

/** A message of its own, and after how many further ones (if at all) it is sent again. Times in s. */
interface Message {
  readonly wait: number
  readonly sensor: string
  readonly what: What
  readonly ago: number
  /** Has an id of its own; else it is known again as a packet only. */
  readonly hasId: boolean
  readonly again: readonly number[]
}

const EVENTS: readonly What[] = [
  ['fall', 'detected'],
  ['sos', 'pressed'],
  ['medication', 'missed'],
]
const STATES: readonly What[] = [
  ['spo2', 82],
  ['spo2', 97],
  ['heart_rate', 150],
  ['heart_rate', 70],
  ['door', 'open'],
  ['door', 'closed'],
  ['motion', true],
  ['smoke', true],
  ['smoke', false],
]
const message = fc.record({
  wait: fc.constantFrom(0, 1, 30, 60, 120, 300),
  sensor: fc.constantFrom('a', 'b'),
  what: fc.constantFrom(...EVENTS, ...STATES),
  ago: fc.constantFrom(0, 0, 0, 30, 90, 3600, 86_400),
  hasId: fc.boolean(),
  again: fc.array(fc.nat({ max: 6 }), { maxLength: 3 }),
})
const story = fc.array(message, { minLength: 1, maxLength: 30 })

/** What is told at one moment after another; `undefined`: nothing, time only passes. */
interface Step {
  readonly wait: number
  readonly input: ((now: number) => Input) | undefined
}

const PACKET_MEMORY = 600

/** Each message with its repetitions at the places where they come. @param repeats else only their time passes */
function stepsOf(list: readonly Message[], repeats: boolean): Step[] {
  const steps: Step[] = []
  let now = 0
  const sentAt = list.map(({ wait }) => (now += wait))
  for (const [index, one] of list.entries()) {
    const at = (sentAt[index] ?? 0) - one.ago
    steps.push({ wait: one.wait, input: (zero) => inputOf(one, index, zero + at * 1000, false) })
    for (const [before, earlier] of list.slice(0, index + 1).entries()) {
      const age = (sentAt[index] ?? 0) - (sentAt[before] ?? 0)
      const isKnown = earlier.hasId || age <= PACKET_MEMORY
      if (!isKnown || !earlier.again.includes(index - before)) continue
      const then = (sentAt[before] ?? 0) - earlier.ago
      const repeat = (zero: number): Input => inputOf(earlier, before, zero + then * 1000, true)
      steps.push({ wait: 0, input: repeats ? repeat : undefined })
    }
  }
  return steps
}

function inputOf({ sensor, what, hasId }: Message, index: number, at: number, dup: boolean): Input {
  const [kind, value] = what
  // With an id it may come in another packet, as out of a store that was sent anew.
  const packet = { client: 'gw', packetId: hasId && dup ? 1000 + index : index + 1, dup, inputs: 1 }
  const reading = { home: 'h1', sensor, kind, value, at, receivedAt: at, ...(hasId && { id: `m${index}` }) }
  return {
    type: 'reading',
    reading,
    packet: { ...packet, digest: crc32(`${sensor}${kind}${String(value)}`) },
  }
}

async function tell(files: readonly RuleFile[], steps: readonly Step[]) {
  const store = createMemoryStore()
  const bench = await startCore(store)
  const transitions: Transition[] = []
  bench.core.onCommit((commit) => transitions.push(...commit.transitions))
  await bench.take({ type: 'rules', files })
  const zero = bench.clock.wall()
  for (const { wait, input } of steps) {
    bench.clock.pass(wait * 1000)
    const now = bench.core.now()
    const one = input?.(zero)
    if (one?.type === 'reading') {
      await bench.take({ ...one, reading: { ...one.reading, receivedAt: now } })
    }
    // What is due now happens in either case.
    await bench.take({ type: 'tick' })
  }
  await bench.pass(86_400_000)
  bench.core.stop()
  return { store, transitions }
}

describe.each([
  ['a small set', RULES, 60],
  // Fewer: each story reads and compiles them all.
  ['the shipped rules', await loadRuleFiles('rules'), 12],
] as const)('createCore with late and repeated readings: %s', (name, files, numRuns) => {
  it('raises nothing for what is sent again, and keeps nothing of it', async () => {
    let repeats = 0
    await fc.assert(
      fc.asyncProperty(story, async (list) => {
        const once = await tell(files, stepsOf(list, false))
        const repeated = await tell(files, stepsOf(list, true))
        repeats += stepsOf(list, true).length - list.length
        expect(repeated.transitions).toEqual(once.transitions)
        expect(repeated.store.journal()).toEqual(once.store.journal())
        expect(repeated.store.events()).toEqual(once.store.events())
        expect(repeated.store.notifications()).toEqual(once.store.notifications())
        expect(repeated.store.rows()).toEqual(once.store.rows())
      }),
      { numRuns },
    )
    expect(repeats).toBeGreaterThan(2 * numRuns)
  })

  it('raises each fall once, however late and in whatever order it comes', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (list) => {
        const { transitions } = await tell(files, stepsOf(list, true))
        const said = transitions.filter(
          ({ rule, to }) => rule === 'fall' && (to === 'firing' || to === 'again'),
        )
        const falls = list.flatMap(({ what: [kind] }, index) => (kind === 'fall' ? [index] : []))
        expect(said.length).toBe(falls.length)
      }),
      { numRuns },
    )
  })

  it('raises nothing for a state older than the newest of its kind', async () => {
    let stale = 0
    await fc.assert(
      fc.asyncProperty(
        story,
        fc.array(fc.constantFrom(...STATES), { minLength: 30, maxLength: 30 }),
        async (list, more) => {
          const fresh = stepsOf(list, false)
          const seen = new Set<string>()
          const mixed = fresh.flatMap((step, index): Step[] => {
            const input = step.input?.(0)
            if (input?.type === 'reading') seen.add(`${input.reading.sensor} ${input.reading.kind}`)
            const [kind, value] = more[index % more.length] ?? ['spo2', 82]
            const after: Step = { wait: 0, input: undefined }
            if (!seen.has(`a ${kind}`)) return [step, after]
            stale++
            // Two days: older than any in the story.
            const reading = { home: 'h1', sensor: 'a', kind, value, receivedAt: 0 }
            return [
              step,
              {
                wait: 0,
                input: (zero) => ({ type: 'reading', reading: { ...reading, at: zero - 2 * 86_400_000 } }),
              },
            ]
          })
          const plain = mixed.map((step, index) => (index % 2 === 1 ? { ...step, input: undefined } : step))
          const withStale = await tell(files, mixed)
          expect(withStale.transitions).toEqual((await tell(files, plain)).transitions)
        },
      ),
      { numRuns },
    )
    expect(stale, name).toBeGreaterThan(2 * numRuns)
  })
})
