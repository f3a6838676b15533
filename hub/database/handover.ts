import type { DatabaseSync } from 'node:sqlite'
import type { HandoverNote, HandoverNotes } from '../model/handover.ts'
import type { Areas } from '../model/person.ts'

/** They are about shifts, and name people: after so long they have served. */
const KEPT = 30 * 24 * 3_600_000

interface Row {
  readonly id: number
  readonly at: number
  readonly by: string
  readonly areas: string
  readonly text: string
}

/** @param now ms since 1970 */
export function createHandoverNotes(db: DatabaseSync, now: () => number): HandoverNotes {
  const columns = 'id, at, written_by AS "by", areas, text'
  const newest = db.prepare(`SELECT ${columns} FROM handover WHERE at > ? ORDER BY id DESC LIMIT ?`)
  const one = db.prepare(`SELECT ${columns} FROM handover WHERE id = ? AND at > ?`)
  const readers = db.prepare('SELECT person, at FROM handover_read WHERE note = ? ORDER BY at, person')
  const put = db.prepare(
    'INSERT INTO handover (at, written_by, areas, text) VALUES (?, ?, ?, ?) RETURNING id',
  )
  const putReader = db.prepare('INSERT OR IGNORE INTO handover_read (note, person, at) VALUES (?, ?, ?)')
  const dropOld = db.prepare('DELETE FROM handover WHERE at <= ?')

  function find(id: number): HandoverNote | undefined {
    const row = one.get(id, now() - KEPT) as unknown as Row | undefined
    return row && read(row)
  }

  function read({ areas, ...row }: Row): HandoverNote {
    const readBy = readers.all(row.id) as { person: string; at: number }[]
    return { ...row, areas: JSON.parse(areas) as Areas, readBy: readBy.map((reader) => ({ ...reader })) }
  }

  return {
    list: (limit) => (newest.all(now() - KEPT, limit) as unknown as Row[]).map(read),
    find,
    write({ by, areas, text }) {
      dropOld.run(now() - KEPT)
      const { id } = put.get(now(), by, JSON.stringify(areas), text) as { id: number }
      return { id, at: now(), by, areas, text, readBy: [] }
    },
    markRead(id, person) {
      if (find(id)) putReader.run(id, person, now())
      return find(id)
    },
  }
}
