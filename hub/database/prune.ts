import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { createBatches, ROWS_AT_ONCE } from './batches.ts'
import type { BatchOptions } from './batches.ts'
import { inTransaction } from './in-transaction.ts'
import { createSeqAt } from './seq-at.ts'

/** So many entries of the journal are looked through at once. */
const LOOKED_AT_ONCE = 5000

/** Deletes what is older than its time, a few rows at a time. Times are ms; each gives how many rows went. */
export interface Pruner {
  /** @param upTo no entry behind this one, however old */
  readings(before: number, upTo: number): Promise<number>
  undecoded(before: number): Promise<number>
  /** Those that are over, with all that is of them. */
  alerts(before: number): Promise<number>
  /** Those that nothing more becomes of, and whose alert is not open. */
  messages(before: number): Promise<number>
  /** All but the newest of each home. */
  certificates(before: number): Promise<number>
  /** @param month the first that stays: `2025-11` */
  protectionMonths(month: string): Promise<number>
  /** @param seq the last row that goes: the note of where the log begins now must be kept before */
  audit(seq: number): Promise<number>
  /** Notes about a home. */
  homeNotes(home: string): Promise<number>
  /** When the state of a home was said last, as the journal has it. */
  closedAt(home: string): number | undefined
  handover(before: number): Promise<number>
  /** Up to when the hub was known to run before its newest start. */
  aliveBefore(): number | undefined
}

/** Who did what about alerts and messages: it goes with them. */
const ACTS = `'acknowledge', 'take-over', 'hand-on', 'comment', 'attend', 'resolve', 'show', 'answer', 'delivery', 'resend',
  'letter', 'status', 'notice', 'raise'`

export function createPruner(db: DatabaseSync, options: BatchOptions = {}): Pruner {
  const seqAt = createSeqAt(db)
  const { inBatches: repeat, inStretches, onBatch } = createBatches(db, options)

  /** Again and again, until it deletes nothing more. */
  function inBatches(sql: string, ...values: SQLInputValue[]): Promise<number> {
    const statement = db.prepare(sql)
    return repeat(() => Number(statement.run(...values).changes))
  }

  /** Entries of the journal before a seq, of which `which` holds; the newest of all is never among them. */
  async function entries(end: number, which: string): Promise<number> {
    const select = db.prepare(
      `SELECT seq FROM journal WHERE seq > ? AND seq <= ? AND ${which} ORDER BY seq LIMIT ${ROWS_AT_ONCE}`,
    )
    const remove = db.prepare('DELETE FROM journal WHERE seq = ?')
    const { first, newest } = db
      .prepare('SELECT (SELECT min(seq) FROM journal) AS first, (SELECT max(seq) FROM journal) AS newest')
      .get() as { first: number | null; newest: number | null }
    const last = Math.min(end, newest ?? 0) - 1
    let sum = 0
    await inStretches((first ?? 1) - 1, last, LOOKED_AT_ONCE, (from, to) => {
      const found = select.all(from, to) as { seq: number }[]
      if (found.length === 0) return found
      inTransaction(db, () => {
        for (const { seq } of found) remove.run(seq)
      })
      onBatch(found.length)
      sum += found.length
      return found
    })
    return sum
  }

  function oldAlerts(before: number): string[] {
    // By when they were opened there is an index; when they were over stands in them.
    const rows = db
      .prepare(
        `SELECT id FROM alert WHERE is_open = 0 AND opened_at < ?1
         AND coalesce(json_extract(body, '$.handledAt'), 0) < ?1 AND coalesce(json_extract(body, '$.lastAt'), 0) < ?1
         ORDER BY opened_at LIMIT ${ROWS_AT_ONCE}`,
      )
      .all(before) as { id: string }[]
    return rows.map(({ id }) => id)
  }

  return {
    async readings(before, upTo) {
      const end = Math.min(seqAt(before), upTo + 1)
      // When the hub started, no gateway was connected: nobody asks what links were before that.
      const { seq: started } = db
        .prepare("SELECT max(seq) AS seq FROM journal WHERE type = 'start' AND type <> 'reading' AND seq < ?")
        .get(end) as { seq: number | null }
      const links = `(type = 'gateway' AND seq < ${started ?? 0})`
      return entries(end, `(type IN ('reading', 'tick', 'announced', 'violation', 'boards') OR ${links})`)
    },
    undecoded: (before) => entries(seqAt(before), "type = 'undecoded'"),
    async alerts(before) {
      let sum = 0
      for (;;) {
        const ids = oldAlerts(before)
        for (const id of ids) {
          for (const [table, key, which] of [
            ['alert_event', 'rowid', 'alert = ?'],
            ['notification', 'id', 'alert = ?'],
          ] as const) {
            await inBatches(
              `DELETE FROM ${table} WHERE ${key} IN (SELECT ${key} FROM ${table} WHERE ${which} LIMIT ${ROWS_AT_ONCE})`,
              id,
            )
          }
          sum += await inBatches('DELETE FROM alert WHERE id = ? AND is_open = 0', id)
        }
        if (ids.length === 0) break
      }
      // Those that were taken back: no other is made for what is there no more. A home's own stay.
      await inBatches(
        `DELETE FROM link WHERE hash IN (SELECT hash FROM link WHERE expires_at < ?
         AND json_extract(purpose, '$[0]') <> 'status' LIMIT ${ROWS_AT_ONCE})`,
        before,
      )
      await entries(
        seqAt(before),
        `type IN (${ACTS})
         AND coalesce(json_extract(body, '$.alert'), json_extract(body, '$.link'), '') NOT IN (SELECT id FROM alert)
         AND coalesce(json_extract(body, '$.notification'), '') NOT IN (SELECT id FROM notification)`,
      )
      return sum
    },
    messages: (before) =>
      inBatches(
        `DELETE FROM notification WHERE id IN (SELECT id FROM notification WHERE queued_at < ?
         AND state NOT IN ('queued', 'gathered') AND coalesce(alert, '') NOT IN (SELECT id FROM alert WHERE is_open = 1)
         LIMIT ${ROWS_AT_ONCE})`,
        before,
      ),
    certificates: (before) =>
      inBatches(
        `DELETE FROM certificate WHERE id IN (SELECT id FROM certificate AS one WHERE at < ? AND EXISTS (
           SELECT 1 FROM certificate AS newer WHERE newer.home = one.home AND newer.at > one.at)
         LIMIT ${ROWS_AT_ONCE})`,
        before,
      ),
    protectionMonths: (month) =>
      inBatches(
        `DELETE FROM unprotected_month WHERE (home, month) IN (
           SELECT home, month FROM unprotected_month WHERE month < ? LIMIT ${ROWS_AT_ONCE})`,
        month,
      ),
    audit: (seq) =>
      inBatches(
        `DELETE FROM audit WHERE seq IN (SELECT seq FROM audit WHERE seq <= ? ORDER BY seq LIMIT ${ROWS_AT_ONCE})`,
        seq,
      ),
    homeNotes: (home) =>
      inBatches(
        `DELETE FROM home_note WHERE id IN (SELECT id FROM home_note WHERE home = ? LIMIT ${ROWS_AT_ONCE})`,
        home,
      ),
    closedAt(home) {
      const { at } = db
        .prepare(
          "SELECT max(now) AS at FROM journal WHERE type IN ('home', 'service') AND type <> 'reading' AND home = ?",
        )
        .get(home) as { at: number | null }
      return at ?? undefined
    },
    aliveBefore() {
      const row = db
        .prepare(
          "SELECT json_extract(body, '$.aliveUntil') AS at FROM journal WHERE type = 'start' AND type <> 'reading' ORDER BY seq DESC LIMIT 1",
        )
        .get() as { at: number | null } | undefined
      return row?.at ?? undefined
    },
    handover: (before) =>
      inBatches(
        `DELETE FROM handover WHERE id IN (SELECT id FROM handover WHERE at < ? LIMIT ${ROWS_AT_ONCE})`,
        before,
      ),
  }
}
