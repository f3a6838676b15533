import type { DatabaseSync } from 'node:sqlite'
import type { HomeNote, HomeNotes } from '../model/home-note.ts'

/** @param now ms since 1970 */
export function createHomeNotes(db: DatabaseSync, now: () => number): HomeNotes {
  const list = db.prepare(
    'SELECT id, at, written_by AS "by", text FROM home_note WHERE home = ? ORDER BY id DESC',
  )
  const put = db.prepare('INSERT INTO home_note (home, at, written_by, text) VALUES (?, ?, ?, ?)')
  const drop = db.prepare('DELETE FROM home_note WHERE home = ? AND id = ?')
  return {
    list: (home) => (list.all(home) as unknown as HomeNote[]).map((row) => ({ ...row })),
    write: ({ home, by, text }) => void put.run(home, now(), by, text),
    remove: (home, id) => drop.run(home, id).changes === 1,
  }
}
