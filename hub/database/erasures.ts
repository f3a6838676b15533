import type { DatabaseSync } from 'node:sqlite'
import type { Erasure, EraseStep } from '../model/erasure.ts'

/** The erasures that were asked for. They are kept: a backup of before may be restored. */
export interface ErasureStore {
  add(erasure: Omit<Erasure, 'id'>): Erasure
  put(erasure: Erasure): void
  remove(id: number): void
  /** Oldest first. */
  list(): readonly Erasure[]
  find(id: number): Erasure | undefined
}

interface Row {
  readonly id: number
  readonly home: string
  readonly resident: string | null
  readonly at: number
  readonly step: EraseStep
  readonly body: string
}

export function createErasureStore(db: DatabaseSync): ErasureStore {
  const insert = db.prepare(
    'INSERT INTO erasure (home, resident, at, step, body) VALUES (?, ?, ?, ?, ?) RETURNING id',
  )
  const update = db.prepare('UPDATE erasure SET step = ?, body = ? WHERE id = ?')
  const drop = db.prepare('DELETE FROM erasure WHERE id = ?')
  const all = db.prepare('SELECT id, home, resident, at, step, body FROM erasure ORDER BY id')
  const one = db.prepare('SELECT id, home, resident, at, step, body FROM erasure WHERE id = ?')
  return {
    add(erasure) {
      const { home, resident, at, step, ...body } = erasure
      const { id } = insert.get(home, resident ?? null, at, step, JSON.stringify(body)) as { id: number }
      return { ...erasure, id }
    },
    put({ id, home: _h, resident: _r, at: _a, step, ...body }) {
      update.run(step, JSON.stringify(body), id)
    },
    remove: (id) => void drop.run(id),
    list: () => (all.all() as unknown as Row[]).map(read),
    find(id) {
      const row = one.get(id) as unknown as Row | undefined
      return row && read(row)
    },
  }
}

function read({ body, resident, ...row }: Row): Erasure {
  type Body = Omit<Erasure, 'id' | 'home' | 'resident' | 'at' | 'step'>
  return { ...(JSON.parse(body) as Body), ...row, ...(resident !== null && { resident }) }
}
