import type { DatabaseSync } from 'node:sqlite'
import type { Requests } from '../model/request.ts'

const KEPT = 24 * 3_600_000

/** Which requests were answered, for a day. */
export function createRequests(db: DatabaseSync, now: () => number): Requests {
  const find = db.prepare('SELECT asked, status, outcome FROM request WHERE key = ? AND at >= ?')
  const put = db.prepare(
    `INSERT INTO request (key, asked, status, outcome, at) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET asked = excluded.asked, status = excluded.status,
        outcome = excluded.outcome, at = excluded.at`,
  )
  const forget = db.prepare('DELETE FROM request WHERE at < ?')
  return {
    find(key) {
      const row = find.get(key, now() - KEPT) as
        | { asked: string; status: number; outcome: string }
        | undefined
      return row && { asked: row.asked, status: row.status, outcome: JSON.parse(row.outcome) as object }
    },
    keep(key, { asked, status, outcome }) {
      forget.run(now() - KEPT)
      put.run(key, asked, status, JSON.stringify(outcome), now())
    },
  }
}
