import type { SQLInputValue } from 'node:sqlite'
import type { Applied, Batch } from '../core/store.ts'
import { textOf } from './packet-rows.ts'
import { RESTORED_NOTE } from './restored-note.ts'

/** What a batch writes, in this order. */
export const STATEMENTS = {
  entry: 'INSERT INTO journal (seq, now, type, home, sensor, kind, at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  event: 'INSERT INTO alert_event (seq, alert, what, body) VALUES (?, ?, ?, ?)',
  state:
    'INSERT INTO state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  dropState: 'DELETE FROM state WHERE key = ?',
  alert: `INSERT INTO alert (id, home, is_open, opened_at, body) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET is_open = excluded.is_open, body = excluded.body`,
  notification: `INSERT INTO notification (id, alert, state, queued_at, body) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body`,
  home: 'INSERT INTO home (id, facts) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET facts = excluded.facts',
  homePersonal: 'UPDATE home SET personal = ? WHERE id = ?',
  certificate:
    'INSERT INTO certificate (id, home, at, due, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  packets: 'INSERT INTO recent_packets (at, body) VALUES (?, ?)',
  reading: `INSERT INTO seen_reading (home, sensor, id, content, at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (home, sensor, id) DO UPDATE SET content = excluded.content, at = excluded.at`,
  // Whoever left leaves nothing behind.
  dropStaff: 'DELETE FROM staff WHERE id NOT IN (SELECT value FROM json_each(?))',
  staff: 'INSERT INTO staff (id, facts) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET facts = excluded.facts',
  staffPersonal: 'UPDATE staff SET personal = ? WHERE id = ?',
  note: 'INSERT INTO note (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  dropNote: 'DELETE FROM note WHERE key = ?',
} as const

/** When the hub was alive last, as JSON. */
export const ALIVE_NOTE = 'alive'

export type StatementName = keyof typeof STATEMENTS

/** The values for each statement, those of one row after those of the other: a flat list is quick between threads. */
export interface BatchRows {
  /** Of the newest entry, ms. */
  readonly now: number
  readonly values: Readonly<Partial<Record<StatementName, SQLInputValue[]>>>
}

export function rowsOf(batch: Batch): BatchRows {
  const values: Partial<Record<StatementName, SQLInputValue[]>> = {}
  const put = (name: StatementName, ...row: SQLInputValue[]): void => {
    ;(values[name] ??= []).push(...row)
  }
  const entries: SQLInputValue[] = []
  for (const applied of batch.applied) {
    putEntry(entries, applied)
    const { entry, events } = applied
    for (const event of events) put('event', entry.seq, event.alert, event.what, JSON.stringify(event))
    if (entry.input.type === 'start' && entry.input.restored) put('dropNote', RESTORED_NOTE)
  }
  if (entries.length > 0) values.entry = entries
  for (const [key, row] of batch.rows) {
    if (row) put('state', key, JSON.stringify(row))
    else put('dropState', key)
  }
  for (const alert of batch.alerts) {
    const isOpen = alert.handling === 'resolved' ? 0 : 1
    put('alert', alert.id, alert.home ?? null, isOpen, alert.openedAt, JSON.stringify(alert))
  }
  for (const one of batch.notifications) {
    put('notification', one.id, one.alert ?? null, one.state, one.queuedAt, JSON.stringify(one))
  }
  for (const home of batch.homes) put('home', home.id, JSON.stringify(home))
  for (const personal of batch.personal) put('homePersonal', JSON.stringify(personal), personal.id)
  for (const one of batch.certificates ?? []) {
    put('certificate', one.id, one.home, one.at, one.due, JSON.stringify(one))
  }
  for (const packets of batch.packets) put('packets', packets.at, textOf(packets))
  for (const { home, sensor, id, content, at } of batch.readings) {
    put('reading', home, sensor, id, content, at)
  }
  if (batch.staff) {
    put('dropStaff', JSON.stringify(batch.staff.map(({ id }) => id)))
    for (const one of batch.staff) put('staff', one.id, JSON.stringify(one))
  }
  for (const one of batch.staffPersonal ?? []) put('staffPersonal', JSON.stringify(one), one.id)
  if (batch.rules) put('note', 'rules', JSON.stringify(batch.rules))
  return { now: batch.applied.at(-1)?.entry.now ?? 0, values }
}

function putEntry(to: SQLInputValue[], { entry, marks }: Applied): void {
  const { seq, now, input } = entry
  const reading = input.type === 'reading' ? input.reading : undefined
  const home =
    reading?.home ?? ('home' in input ? (typeof input.home === 'string' ? input.home : input.home.id) : null)
  const body = marks && Object.keys(marks).length > 0 ? { ...input, marks } : input
  // A repeated or empty status is no point of the history, and neither is what the hub said itself.
  const isPoint = input.type === 'reading' && input.reading.value !== null && !marks?.repeat && !input.test
  to.push(
    seq,
    now,
    input.type,
    home,
    reading?.sensor ?? null,
    isPoint && reading ? reading.kind : null,
    isPoint && reading ? (marks?.claimedAt === undefined ? reading.at : now) : null,
    JSON.stringify(body),
  )
}
