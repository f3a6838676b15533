import type { DatabaseSync } from 'node:sqlite'
import type { Certificate, LastProof } from '../model/visit.ts'

/** What visits proved. They are written by the core, with the input that finishes the visit. */
export interface Certificates {
  /** Newest first. */
  list(home: string): readonly Certificate[]
  find(home: string, id: string): Certificate | undefined
  last(home: string): LastProof | undefined
}

export function createCertificates(db: DatabaseSync): Certificates {
  const list = db.prepare('SELECT body FROM certificate WHERE home = ? ORDER BY at DESC, id DESC')
  const find = db.prepare('SELECT body FROM certificate WHERE home = ? AND id = ?')
  const last = db.prepare(
    'SELECT at, due, id AS certificate FROM certificate WHERE home = ? ORDER BY at DESC, id DESC LIMIT 1',
  )
  const read = (row: unknown): Certificate => JSON.parse((row as { body: string }).body) as Certificate
  return {
    list: (home) => list.all(home).map(read),
    find(home, id) {
      const row = find.get(home, id)
      return row && read(row)
    },
    last(home) {
      const row = last.get(home) as LastProof | undefined
      return row && { ...row }
    },
  }
}
