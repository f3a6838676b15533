import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTimerQueue } from '../../hub/rules/timer-queue.ts'

type Step =
  | { readonly act: 'set'; readonly key: string; readonly due: number | undefined }
  | { readonly act: 'take'; readonly now: number }

const key = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const time = fc.integer({ min: 0, max: 20 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ act: fc.constant('set' as const), key, due: fc.option(time, { nil: undefined }) }),
  fc.record({ act: fc.constant('take' as const), now: time }),
)

/** The same, looked up in a plain list each time. */
function createNaiveQueue() {
  const due = new Map<string, number>()
  return {
    set(name: string, at: number | undefined): void {
      if (at === undefined) due.delete(name)
      else due.set(name, at)
    },
    take(now: number): { key: string; due: number } | undefined {
      const [first] = [...due]
        .map(([name, at]) => ({ key: name, due: at }))
        .toSorted((a, b) => a.due - b.due || (a.key < b.key ? -1 : 1))
      if (!first || first.due > now) return undefined
      due.delete(first.key)
      return first
    },
    next: () => (due.size === 0 ? undefined : Math.min(...due.values())),
    size: () => due.size,
  }
}

describe('createTimerQueue', () => {
  it('gives what a plain list gives, in order of due time, then key', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = createTimerQueue()
        const model = createNaiveQueue()
        for (const one of steps) {
          if (one.act === 'set') {
            queue.set(one.key, one.due)
            model.set(one.key, one.due)
          } else {
            expect(queue.take(one.now)).toEqual(model.take(one.now))
            // After a look, the next one known is never too late to wake up for.
            expect(queue.next() ?? Infinity).toBeLessThanOrEqual(model.next() ?? Infinity)
          }
          expect(queue.size).toBe(model.size())
        }
        for (let due = model.take(99); due; due = model.take(99)) expect(queue.take(99)).toEqual(due)
        expect(queue.take(99)).toBeUndefined()
        expect(queue.next()).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })

  it('knows the real next time after nothing was due, so that nobody wakes up for nothing twice', () => {
    const queue = createTimerQueue()
    queue.set('a', 10)
    queue.set('a', 50)
    expect(queue.take(10)).toBeUndefined()
    expect(queue.next()).toBe(50)
  })
})
