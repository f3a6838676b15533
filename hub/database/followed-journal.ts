import type { DatabaseSync } from 'node:sqlite'
import type { AlertEvent } from '../model/alert.ts'
import type { FollowedJournal, Restore } from '../model/followed.ts'
import type { ReadingInput } from '../model/input.ts'
import type { ReadingMarks } from '../model/reading.ts'
import { JOURNAL_ENDS, createSeqAt } from './seq-at.ts'

/** So many entries are looked through at once, of whatever sort: some 2 ms, in the thread that answers MQTT. */
const ENTRIES_AT_ONCE = 250
/** So many entries with something about alerts. */
const EVENTS_AT_ONCE = 50

/** Reads of the journal, stretch by stretch, for those who follow it. */
export function createFollowedJournal(db: DatabaseSync): FollowedJournal {
  const ends = db.prepare(JOURNAL_ENDS)
  const seqAt = createSeqAt(db)
  const nowOf = db.prepare('SELECT now FROM journal WHERE seq >= ? ORDER BY seq LIMIT 1')
  const readings = db.prepare(
    "SELECT seq, now, body FROM journal WHERE seq > ? AND seq <= ? AND type = 'reading' ORDER BY seq",
  )
  const places = db.prepare(
    'SELECT DISTINCT seq FROM alert_event WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?',
  )
  const events = db.prepare(
    'SELECT seq, body FROM alert_event WHERE seq > ? AND seq <= ? ORDER BY seq, rowid',
  )
  const restores = db.prepare(
    `SELECT seq, now AS at FROM journal
     WHERE type = 'start' AND type <> 'reading' AND json_extract(body, '$.restored') IS NOT NULL ORDER BY seq`,
  )
  const newest = (): number => (ends.get() as { last: number | null }).last ?? 0

  return {
    newest,
    seqAt,
    timeOf: (seq) => (nowOf.get(seq) as { now: number } | undefined)?.now,
    restores: () => (restores.all() as unknown as Restore[]).map(({ seq, at }) => ({ seq, at })),
    readings(after) {
      const upTo = Math.max(after, Math.min(newest(), after + ENTRIES_AT_ONCE))
      const rows = readings.all(after, upTo) as { seq: number; now: number; body: string }[]
      return {
        upTo,
        items: rows.map(({ seq, now, body }) => {
          const { reading, marks = {}, test } = JSON.parse(body) as ReadingInput & { marks?: ReadingMarks }
          return { seq, now, reading, marks, ...(test && { test }) }
        }),
      }
    },
    events(after) {
      const last = newest()
      const seqs = places.all(after, last, EVENTS_AT_ONCE) as { seq: number }[]
      const end = seqs.length < EVENTS_AT_ONCE ? last : (seqs.at(-1)?.seq ?? last)
      const upTo = Math.max(after, end)
      const rows = seqs.length === 0 ? [] : (events.all(after, upTo) as { seq: number; body: string }[])
      let [seq, n] = [0, 0]
      return {
        upTo,
        items: rows.map((row) => {
          n = row.seq === seq ? n + 1 : 1
          seq = row.seq
          return { seq, n, event: JSON.parse(row.body) as AlertEvent }
        }),
      }
    },
  }
}
