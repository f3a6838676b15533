import type { DatabaseSync } from 'node:sqlite'
import type { AuditRow } from '../model/audit.ts'
import { inTransaction } from './in-transaction.ts'

export interface ChainHead {
  readonly seq: number
  readonly hash: string
}

export interface AuditFilter {
  readonly whose?: string
  readonly who?: string
}

/** The rows of the audit log, as they are. The database itself refuses to change or delete one. */
export interface AuditStore {
  newest(): ChainHead | undefined
  /** What was noted beside the log as its end: rows cut off there would be missed by nothing else. */
  noted(): ChainHead | undefined
  /** The last row that was removed after its time: the log begins behind it. */
  cut(): ChainHead | undefined
  setCut(last: ChainHead): void
  /** All of them or none. */
  append(rows: readonly AuditRow[]): void
  /** Oldest first, after `seq`. */
  after(seq: number, limit: number): readonly AuditRow[]
  /** Newest first, those before `seq`; of one `whose` (of a home also what was about several), or by one `who`, when given. */
  before(seq: number, limit: number, of: AuditFilter): readonly AuditRow[]
}

interface Row {
  readonly seq: number
  readonly at: number
  readonly who: string
  readonly what: string
  readonly whose: string | null
  readonly why: string | null
  readonly from: string
  readonly hash: string
}

/** `?1`: `home:h-0001`; also what was about several homes at once, or about all (`homes:h-0001,h-0002`, `homes:all`). */
const OF = `(whose = ?1 OR (?1 LIKE 'home:%' AND whose >= 'homes:' AND whose < 'homes;'
  AND (whose = 'homes:all' OR instr(',' || substr(whose, 7) || ',', ',' || substr(?1, 6) || ',') > 0)))`
const COLUMNS = 'seq, at, who, what, whose, why, origin AS "from", hash'

export function createAuditStore(db: DatabaseSync): AuditStore {
  const newest = db.prepare('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1')
  const put = db.prepare(
    'INSERT INTO audit (seq, at, who, what, whose, why, origin, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const after = db.prepare(`SELECT ${COLUMNS} FROM audit WHERE seq > ? ORDER BY seq LIMIT ?`)
  const before = db.prepare(`SELECT ${COLUMNS} FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?`)
  const beforeOf = db.prepare(
    `SELECT ${COLUMNS} FROM audit WHERE ${OF} AND seq < ? ORDER BY seq DESC LIMIT ?`,
  )
  const beforeBy = db.prepare(
    `SELECT ${COLUMNS} FROM audit WHERE who = ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
  )
  const beforeOfBy = db.prepare(
    `SELECT ${COLUMNS} FROM audit WHERE ${OF} AND who = ? AND seq < ? ORDER BY seq DESC LIMIT ?`,
  )
  const getNote = db.prepare("SELECT value FROM note WHERE key = 'audit-head'")
  const putNote = db.prepare(
    "INSERT INTO note (key, value) VALUES ('audit-head', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  )
  const getCut = db.prepare("SELECT value FROM note WHERE key = 'audit-cut'")
  const putCut = db.prepare(
    "INSERT INTO note (key, value) VALUES ('audit-cut', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
  )
  return {
    newest: () => newest.get() as ChainHead | undefined,
    noted() {
      const note = getNote.get() as { value: string } | undefined
      return note && (JSON.parse(note.value) as ChainHead)
    },
    cut() {
      const note = getCut.get() as { value: string } | undefined
      return note && (JSON.parse(note.value) as ChainHead)
    },
    setCut: (last) => void putCut.run(JSON.stringify(last)),
    append(rows) {
      inTransaction(db, () => {
        for (const { seq, at, who, what, whose, why, from, hash } of rows) {
          put.run(seq, at, who, what, whose ?? null, why ?? null, from, hash)
        }
        const last = rows.at(-1)
        if (last) putNote.run(JSON.stringify({ seq: last.seq, hash: last.hash }))
      })
    },
    after: (seq, limit) => (after.all(seq, limit) as unknown as Row[]).map(readRow),
    before(seq, limit, { whose, who }) {
      const rows =
        whose === undefined
          ? who === undefined
            ? before.all(seq, limit)
            : beforeBy.all(who, seq, limit)
          : who === undefined
            ? beforeOf.all(whose, seq, limit)
            : beforeOfBy.all(whose, who, seq, limit)
      return (rows as unknown as Row[]).map(readRow)
    },
  }
}

function readRow({ whose, why, ...row }: Row): AuditRow {
  return { ...row, ...(whose !== null && { whose }), ...(why !== null && { why }) }
}
