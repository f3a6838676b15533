import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createEraser } from '../../hub/database/erase.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import { createPace } from '../../hub/database/pace.ts'
import { createPruner } from '../../hub/database/prune.ts'
import { tempDir } from '../helpers/temp-dir.ts'

/** A pace of which each batch takes 7 ms, and what happened with it. */
function watched() {
  const course: string[] = []
  let now = 0
  const pace = createPace(
    () => now,
    async (ms) => void course.push(`rest ${ms}`),
  )
  const work = <T>(batch: () => T): T =>
    pace.work(() => {
      course.push('batch')
      now += 7
      return batch()
    })
  return { course, pace: { ...pace, work }, pass: (ms: number) => (now += ms) }
}

describe('createPace', () => {
  it('rests for as long as the batches took, and a little after none', async () => {
    const { course, pace, pass } = watched()
    pace.work(() => {})
    expect(() =>
      pace.work(() => {
        throw new Error('full')
      }),
    ).toThrow('full')
    pass(1000)
    await pace.rest()
    await pace.rest()
    expect(course).toEqual(['batch', 'batch', 'rest 14', 'rest 2'])
  })

  it('is kept by what deletes batch by batch', async () => {
    const { db, close } = openDatabase(join(tempDir('pace'), 'data'))
    const put = db.prepare("INSERT INTO journal (now, type, home, body) VALUES (1, 'reading', 'h-1', '{}')")
    for (let n = 0; n < 600; n++) put.run()
    for (let n = 0; n < 300; n++) {
      db.prepare("INSERT INTO notification VALUES (?, NULL, 'delivered', 1, '{}')").run(`m-${n}`)
    }
    const pruning = watched()
    const pruner = createPruner(db, pruning)
    expect(await pruner.messages(2)).toBe(300)
    expect(await pruner.readings(2, 1000)).toBe(599)
    expect(pruning.course).toEqual(Array.from({ length: 6 }, () => ['batch', 'rest 7']).flat())
    put.run()
    const seen = db.prepare(
      "INSERT INTO seen_reading (home, sensor, id, content, at) VALUES ('h-1', 'a', ?, '', 1)",
    )
    for (let n = 0; n < 300; n++) seen.run(`r-${n}`)
    const erasing = watched()
    await createEraser(db, erasing).erase({ home: 'h-1', sensors: [] })
    expect(erasing.course.slice(0, 2)).toEqual(['batch', 'rest 7'])
    // Of the stretch of the journal, and of each batch of ids that changed something.
    expect(erasing.course.filter((one) => one.startsWith('rest') && one !== 'rest 2').length).toBeGreaterThan(
      2,
    )
    close()
  })
})
