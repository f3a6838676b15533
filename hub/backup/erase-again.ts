import { join } from 'node:path'
import { createAuditStore } from '../database/audit.ts'
import { createEraser } from '../database/erase.ts'
import { createErasureStore } from '../database/erasures.ts'
import { eraseFromTables } from '../database/erase-from-tables.ts'
import { openDatabase } from '../database/open-database.ts'
import { createAudit } from '../people/create-audit.ts'
import type { Erasure } from '../model/erasure.ts'
import { ERASED_LIST, writeErasedList } from './erased-list.ts'
import type { Erased } from './erased-list.ts'

/**
 * Erases in a database that was just restored who was erased since it was copied. No hub has started on it.
 * @returns those who were in it
 */
export async function eraseAgain(
  data: string,
  erasures: readonly Erased[],
  now: () => number,
): Promise<readonly Erased[]> {
  if (erasures.length === 0) return []
  const { db, close } = openDatabase(data)
  try {
    const eraser = createEraser(db, { vacuum: true })
    const store = createErasureStore(db)
    const audit = createAudit(createAuditStore(db), now)
    const done: Erased[] = []
    const added: Erasure[] = []
    for (const erased of erasures) {
      const words = eraseFromTables(db, erased)
      if (words) {
        await eraser.scrub(words)
        done.push(erased)
      }
      const counts = await eraser.erase(erased)
      const { seq } = db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM journal').get() as { seq: number }
      // InfluxDB may have been filled again meanwhile, from what was restored.
      added.push(store.add({ ...erased, step: 'tidy', by: 'hub', counts, upTo: seq, restored: true }))
      await audit.write({
        who: 'hub',
        what: 'resident.erased',
        whose: `home:${erased.home}`,
        why: 'a backup had brought them back',
        from: 'socket',
      })
    }
    await eraser.tidy()
    // Where somebody reads the database, the hub goes on with that when it runs.
    if (await eraser.emptyLog()) for (const erasure of added) store.put({ ...erasure, step: 'history' })
    await writeErasedList(join(data, ERASED_LIST), store.list())
    return done
  } finally {
    close()
  }
}
