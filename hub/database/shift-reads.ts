import type { DatabaseSync } from 'node:sqlite'
import type { Alert } from '../model/alert.ts'
import type { Order } from '../model/shift.ts'
import { createSeqAt } from './seq-at.ts'

/** However wild a shift was, so many events are looked at: the hub must not stand still for a page. */
const MOST_EVENTS = 20_000

/** Reads of what happened since a time. */
export interface ShiftReads {
  /** The alerts to which anything happened since then, as they are now; whose newest event is newest comes first. */
  alertsSince(from: number, limit: number): { readonly alerts: readonly Alert[]; readonly more: boolean }
  /** Modes, holds and states of service that were set or ended since then, oldest first. */
  ordersSince(from: number): readonly Order[]
}

export function createShiftReads(db: DatabaseSync): ShiftReads {
  const seqAt = createSeqAt(db)
  const touched = db.prepare(
    `SELECT a.body FROM
       (SELECT alert, max(seq) AS newest FROM
         (SELECT alert, seq FROM alert_event WHERE seq >= ? ORDER BY seq DESC LIMIT ${MOST_EVENTS})
       GROUP BY alert ORDER BY newest DESC LIMIT ?) t
     JOIN alert a ON a.id = t.alert ORDER BY t.newest DESC`,
  )
  const events = db.prepare(
    `SELECT count(*) AS count FROM (SELECT 1 FROM alert_event WHERE seq >= ? LIMIT ${MOST_EVENTS})`,
  )
  // The index of what is rare is used only where its own condition stands in the query.
  const orders = db.prepare(
    "SELECT now, body FROM journal WHERE type IN ('mode', 'hold', 'service') AND type <> 'reading' AND seq >= ? ORDER BY seq",
  )
  return {
    alertsSince(from, limit) {
      const first = seqAt(from)
      const rows = touched.all(first, limit + 1) as { body: string }[]
      const { count } = events.get(first) as { count: number }
      return {
        alerts: rows.slice(0, limit).map(({ body }) => JSON.parse(body) as Alert),
        more: rows.length > limit || count === MOST_EVENTS,
      }
    },
    ordersSince: (from) =>
      (orders.all(seqAt(from)) as { now: number; body: string }[]).map(({ now, body }) => ({
        at: now,
        input: JSON.parse(body) as Order['input'],
      })),
  }
}
