import { DatabaseSync } from 'node:sqlite'
import * as fc from 'fast-check'
import { afterEach, expect, it } from 'vitest'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { createJournalReader } from '../../hub/database/journal.ts'
import { MIGRATIONS } from '../../hub/database/schema.ts'
import { pointsOf } from '../../hub/history/points.ts'
import type { Point } from '../../hub/history/points.ts'
import type { Notification } from '../../hub/model/notification.ts'
import { startCore, stopCores } from '../core/bench.ts'
import { story, tell } from '../core/story.ts'
import type { StoryStore } from '../core/story.ts'
import { openIn, openOf } from './open-alerts.ts'

afterEach(stopCores)

/** The hub's own store, with its journal, in memory. */
function createStore() {
  const db = new DatabaseSync(':memory:')
  for (const step of MIGRATIONS) db.exec(step)
  const journal = createJournalReader(db)
  const all = db.prepare('SELECT body FROM notification ORDER BY id')
  const store: StoryStore = {
    ...createSqliteStore(db),
    notifications: () =>
      (all.all() as { body: string }[]).map(({ body }) => JSON.parse(body) as Notification),
  }
  const pointsAfter = (seq: number): Point[] =>
    journal.after(seq, 1_000_000).flatMap((entry) => pointsOf(entry, () => undefined).points)
  return { db, store, journal, pointsAfter }
}

it('the alerts that are open by their points are those that are open in the hub, after every input', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (list) => {
      const { store, journal, pointsAfter } = createStore()
      const points: Point[] = []
      let seen = 0
      await tell(list, store, {
        crashes: true,
        after({ core }) {
          points.push(...pointsAfter(seen))
          seen = journal.newest()
          expect(openIn(points)).toEqual(openOf(core.openAlerts()))
        },
      })
      // Read again, long after: a rebuild writes the same points.
      points.push(...pointsAfter(seen))
      expect(pointsAfter(0)).toEqual(points)
    }),
    { numRuns: 100 },
  )
})

it('a fall heard late, from before the last one was resolved, is open', async () => {
  const { store, pointsAfter } = createStore()
  const bench = await startCore(store)
  await bench.say('a', 'fall', 'detected')
  bench.clock.pass(60_000)
  const { id } = bench.alert('fall')
  await bench.take({ type: 'resolve', alert: id, by: 'operator:siv', via: 'cli', cause: 'false' })
  expect(openIn(pointsAfter(0))).toEqual([])
  await bench.say('b', 'fall', 'detected', { at: bench.core.now() - 50_000 })
  expect(openIn(pointsAfter(0))).toEqual(openOf([bench.alert('fall')]))
})

it('a database of before gets what its alerts were after each change, as if it had been written then', async () => {
  const step = MIGRATIONS.find((text) => text.includes("'$.after'"))
  await fc.assert(
    fc.asyncProperty(story, async (list) => {
      const { db, store, pointsAfter } = createStore()
      await tell(list, store, { crashes: true })
      const written = pointsAfter(0)
      db.exec("UPDATE alert_event SET body = json_remove(body, '$.after')")
      db.exec(step ?? '')
      expect(pointsAfter(0)).toEqual(written)
    }),
    { numRuns: 30 },
  )
})
