import type { DatabaseSync } from 'node:sqlite'
import { alertChangeOf } from '../alerts/alert-change.ts'
import type { AlertEvent, Alert } from '../model/alert.ts'
import type { Input, JournalEntry, ReadingInput, RulesInput, UndecodedInput } from '../model/input.ts'
import type { KeptEntry } from '../model/kept-entry.ts'
import type { AlertNotification, Notification } from '../model/notification.ts'
import type { ReadingMarks } from '../model/reading.ts'
import type { SeriesPoint, SeriesQuery } from '../model/series.ts'

/** Reads of what is kept; none changes anything. */
export interface JournalReader {
  /** The entries after `seq`, oldest first. */
  after(seq: number, limit: number): readonly KeptEntry[]
  /** The newest seq; 0 when empty. */
  newest(): number
  /** As the history, from the journal itself. */
  series(query: SeriesQuery): SeriesPoint[]
  /** Newest first, those before a `seq`. */
  undecoded(
    limit: number,
    before?: number,
  ): {
    seq: number
    now: number
    home: string
    sensor?: string
    topic: string
    payload: string
    reason: string
  }[]
  /** The newest changes of rules, newest first. */
  ruleChanges(
    limit: number,
  ): { seq: number; now: number; files: RulesInput['files']; change?: NonNullable<RulesInput['change']> }[]
  /** The newest times at which the hub started, or had stood still, newest first. */
  starts(limit: number): JournalEntry[]
  /** Newest first. */
  alerts(query: { all: boolean; limit: number }): Alert[]
  /** Newest first, those before a place. */
  resolvedAlerts(query: { limit: number; before?: { openedAt: number; id: string } }): Alert[]
  alertEvents(alert: string): AlertEvent[]
  notificationsOf(alert: string): AlertNotification[]
  /** Newest first, those before a place. */
  newestNotifications(limit: number, before?: { queuedAt: number; id: string }): Notification[]
  failedNotifications(limit: number, before?: { queuedAt: number; id: string }): Notification[]
  notification(id: string): Notification | undefined
  queuedNotifications(): Notification[]
}

export function createJournalReader(db: DatabaseSync): JournalReader {
  // The index of what is rare is used only where its own condition (`type <> 'reading'`) stands in the query.
  const entries = db.prepare('SELECT seq, now, body FROM journal WHERE seq > ? ORDER BY seq LIMIT ?')
  const newest = db.prepare('SELECT max(seq) AS seq FROM journal')
  const events = db.prepare(
    `SELECT e.seq, e.body, a.body AS alert FROM alert_event e JOIN alert a ON a.id = e.alert
     WHERE e.seq BETWEEN ? AND ? ORDER BY e.seq, e.rowid`,
  )
  const series = db.prepare(
    `SELECT at, body FROM journal WHERE home = ? AND kind = ? AND at BETWEEN ? AND ?
     AND (?5 IS NULL OR sensor = ?5) ORDER BY at DESC, seq DESC LIMIT ?6`,
  )
  const undecoded = db.prepare(
    "SELECT seq, now, body FROM journal WHERE type = 'undecoded' AND type <> 'reading' AND seq < ? ORDER BY seq DESC LIMIT ?",
  )
  const ruleChanges = db.prepare(
    "SELECT seq, now, body FROM journal WHERE type = 'rules' AND type <> 'reading' ORDER BY seq DESC LIMIT ?",
  )
  const starts = db.prepare(
    "SELECT seq, now, body FROM journal WHERE type IN ('start', 'pause') AND type <> 'reading' ORDER BY seq DESC LIMIT ?",
  )
  const openAlerts = db.prepare('SELECT body FROM alert WHERE is_open = 1 ORDER BY opened_at DESC LIMIT ?')
  const allAlerts = db.prepare('SELECT body FROM alert ORDER BY opened_at DESC LIMIT ?')
  const resolvedAlerts = db.prepare(
    `SELECT body FROM alert WHERE is_open = 0 AND (opened_at, id) < (?, ?)
     ORDER BY opened_at DESC, id DESC LIMIT ?`,
  )
  const eventsOf = db.prepare('SELECT body FROM alert_event WHERE alert = ? ORDER BY seq, rowid')
  const notificationsOf = db.prepare('SELECT body FROM notification WHERE alert = ? ORDER BY queued_at, id')
  const newestNotifications = db.prepare(
    'SELECT body FROM notification WHERE (queued_at, id) < (?, ?) ORDER BY queued_at DESC, id DESC LIMIT ?',
  )
  const failed = db.prepare(
    // Of those that were told in one message only that message is one.
    `SELECT body FROM notification WHERE state = 'failed' AND json_extract(body, '$.digest') IS NULL
     AND (queued_at, id) < (?, ?) ORDER BY queued_at DESC, id DESC LIMIT ?`,
  )
  const notification = db.prepare('SELECT body FROM notification WHERE id = ?')
  const queued = db.prepare("SELECT body FROM notification WHERE state = 'queued' ORDER BY queued_at, id")

  return {
    after(seq, limit) {
      const rows = entries.all(seq, limit) as { seq: number; now: number; body: string }[]
      const changes = Map.groupBy(
        (events.all(seq + 1, rows.at(-1)?.seq ?? seq) as { seq: number; body: string; alert: string }[]).map(
          (row) => ({
            seq: row.seq,
            event: JSON.parse(row.body) as AlertEvent,
            alert: JSON.parse(row.alert) as Alert,
          }),
        ),
        (row) => row.seq,
      )
      return rows.map((row) => {
        const { marks, ...input } = JSON.parse(row.body) as Input & { marks?: ReadingMarks }
        return {
          seq: row.seq,
          now: row.now,
          input: marks?.claimedAt === undefined ? input : believe(input, row.now),
          ...(marks && { marks }),
          alertChanges: (changes.get(row.seq) ?? []).flatMap(
            ({ event, alert }) => alertChangeOf(event, alert) ?? [],
          ),
        }
      })
    },
    newest: () => (newest.get() as { seq: number | null }).seq ?? 0,
    series({ home, sensor, kind, from, to, limit }) {
      const rows = series.all(home, kind, from, to, sensor ?? null, limit) as { at: number; body: string }[]
      return rows.toReversed().flatMap(({ at, body }) => {
        const { value } = (JSON.parse(body) as ReadingInput).reading
        return value === null ? [] : [{ at, value }]
      })
    },
    undecoded: (limit, before = Number.MAX_SAFE_INTEGER) =>
      (undecoded.all(before, limit) as { seq: number; now: number; body: string }[]).map(
        ({ seq, now, body }) => {
          const { home, sensor, topic, payload, reason } = JSON.parse(body) as UndecodedInput
          return { seq, now, home, topic, payload, reason, ...(sensor !== undefined && { sensor }) }
        },
      ),
    ruleChanges: (limit) =>
      (ruleChanges.all(limit) as { seq: number; now: number; body: string }[]).map(({ seq, now, body }) => {
        const { files, change } = JSON.parse(body) as RulesInput
        return { seq, now, files, ...(change && { change }) }
      }),
    starts: (limit) =>
      (starts.all(limit) as { seq: number; now: number; body: string }[]).map(({ seq, now, body }) => ({
        seq,
        now,
        input: JSON.parse(body) as Input,
      })),
    alerts: ({ all, limit }) => parse<Alert>((all ? allAlerts : openAlerts).all(limit)),
    resolvedAlerts: ({ limit, before }) =>
      parse<Alert>(resolvedAlerts.all(before?.openedAt ?? Number.MAX_SAFE_INTEGER, before?.id ?? '', limit)),
    alertEvents: (alert) => parse<AlertEvent>(eventsOf.all(alert)),
    notificationsOf: (alert) => parse<AlertNotification>(notificationsOf.all(alert)),
    failedNotifications: (limit, before) =>
      parse<Notification>(failed.all(before?.queuedAt ?? Number.MAX_SAFE_INTEGER, before?.id ?? '', limit)),
    notification: (id) => parse<Notification>(notification.all(id))[0],
    newestNotifications: (limit, before) =>
      parse<Notification>(
        newestNotifications.all(before?.queuedAt ?? Number.MAX_SAFE_INTEGER, before?.id ?? '', limit),
      ),
    queuedNotifications: () => parse<Notification>(queued.all()),
  }
}

/** A time that was not believed is not passed on either: the arrival counts. */
export function believe(input: Input, now: number): Input {
  return input.type === 'reading' ? { ...input, reading: { ...input.reading, at: now } } : input
}

function parse<T>(rows: unknown[]): T[] {
  return (rows as { body: string }[]).map(({ body }) => JSON.parse(body) as T)
}
