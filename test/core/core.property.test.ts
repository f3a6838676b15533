import * as fc from 'fast-check'
import { afterEach, expect, it } from 'vitest'
import { createMemoryStore } from '../helpers/memory-store.ts'
import type { MemoryStore } from '../helpers/memory-store.ts'
import { createCoreBench, createManualClock, START, startCore, stopCores } from './bench.ts'
import { story, tell } from './story.ts'

afterEach(stopCores)

/** Everything that is on disk. */
function contentsOf(store: MemoryStore): string {
  return JSON.stringify({
    journal: store.journal(),
    events: store.events(),
    alerts: store.alerts(),
    notifications: store.notifications(),
    rows: store.rows(),
  })
}

it('how inputs are batched into commits changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(
      story,
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 60, maxLength: 60 }),
      async (list, sizes) => {
        const { store, told } = await tell(list, createMemoryStore(), { crashes: false })
        const other = createMemoryStore()
        const bench = await startCore(other)
        let queue = [...told]
        for (const size of sizes) {
          const [first] = queue
          if (!first) break
          // Only what happened at one time can share a commit.
          const together = queue.slice(0, size).filter(({ at }) => at === first.at)
          queue = queue.slice(together.length)
          bench.clock.set(first.at)
          await Promise.all(together.map(({ input }) => bench.take(input)))
        }
        expect(contentsOf(other)).toBe(contentsOf(store))
      },
    ),
    { numRuns: 100 },
  )
})

it('the same journal gives the same alerts, messages and rows, to the byte, also where the hub crashed', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (list) => {
      const { store } = await tell(list, createMemoryStore(), { crashes: true })
      const replayed = createMemoryStore()
      const bench = createCoreBench(replayed, createManualClock(START))
      for (const { entry } of store.journal()) {
        bench.clock.set(entry.now)
        expect(await bench.take(entry.input)).toEqual({ taken: true, seq: entry.seq })
      }
      expect(contentsOf(replayed)).toBe(contentsOf(store))
    }),
    { numRuns: 100 },
  )
})

it('there is one open alert per rule and scope, every code is another, and nothing about a person ends by itself', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (list) => {
      const { store } = await tell(list, createMemoryStore(), { crashes: true })
      const open = store.alerts().filter(({ handling }) => handling !== 'resolved')
      expect(new Set(open.map(({ rule, scope }) => `${rule}|${scope}`)).size).toBe(open.length)
      expect(new Set(open.map(({ code }) => code)).size).toBe(open.length)
      const people = new Set(
        store
          .alerts()
          .filter(({ category }) => category === 'safety' || category === 'health')
          .map(({ id }) => id),
      )
      const endedByHub = store
        .events()
        .filter(({ what, by, alert }) => what === 'resolved' && by === 'hub' && people.has(alert))
      expect(endedByHub).toEqual([])
      for (const alert of open) {
        // Somebody is told next, unless a human has it, nobody can be told, or it is for the board.
        const isPending = alert.nextStepAt !== undefined
        if (alert.handling === 'acknowledged') expect(isPending).toBe(false)
      }
    }),
    { numRuns: 100 },
  )
})

it('nobody is told of an alert while its rule is held, and somebody is of each that still waits after that', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (list) => {
      const { store } = await tell(list, createMemoryStore(), { crashes: true })
      const bench = createCoreBench(
        store,
        createManualClock(Math.max(START, ...store.journal().map(({ entry }) => entry.now))),
      )
      const held = new Set(bench.core.holds().map(({ rule }) => rule))
      for (const alert of bench.core.openAlerts()) {
        const isNew = alert.handling === 'new'
        if (isNew && held.has(alert.rule)) expect(alert).toMatchObject({ held: true })
        if (alert.held && isNew) {
          expect(alert.nextStepAt).toBeUndefined()
          expect(held.has(alert.rule) || alert.condition === 'cleared').toBe(true)
        }
        const queued = store
          .notifications()
          .filter((one) => one.alert === alert.id && one.state === 'queued' && one.template === 'alert')
        if (alert.held) expect(queued).toEqual([])
      }
    }),
    { numRuns: 100 },
  )
})
