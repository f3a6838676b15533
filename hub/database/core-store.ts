import type { DatabaseSync } from 'node:sqlite'
import type { Applied, Batch, CoreStore, SeenPacket, SeenReading } from '../core/store.ts'
import type { Alert } from '../model/alert.ts'
import type { Home } from '../model/home.ts'
import type { RuleFile } from '../model/input.ts'
import type { Notification } from '../model/notification.ts'
import type { StaffFacts } from '../model/staff.ts'
import type { Row } from '../rules/state.ts'
import { forgetRestored, readRestored } from './restored-note.ts'

/** How often rows that only serve to recognise repetitions are thinned out: once in so many commits. */
const FORGET_EVERY = 200
/** The same for packets, which are few for each connection, and are looked through whole. */
const FORGET_PACKETS_EVERY = 50_000
const PACKET_MEMORY = 60 * 60_000
const READING_ID_MEMORY = 8 * 24 * 3_600_000

/** The core's store on SQLite: one transaction a batch, on disk when `commit` returns. */
export function createSqliteStore(db: DatabaseSync): CoreStore {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const end = db.prepare('COMMIT')
  const insertEntry = db.prepare(
    'INSERT INTO journal (seq, now, type, home, sensor, kind, at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const putState = db.prepare(
    'INSERT INTO state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  const dropState = db.prepare('DELETE FROM state WHERE key = ?')
  const putAlert = db.prepare(
    `INSERT INTO alert (id, home, is_open, opened_at, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET is_open = excluded.is_open, body = excluded.body`,
  )
  const insertEvent = db.prepare('INSERT INTO alert_event (seq, alert, what, body) VALUES (?, ?, ?, ?)')
  const putNotification = db.prepare(
    `INSERT INTO notification (id, alert, state, queued_at, body) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, body = excluded.body`,
  )
  const putHome = db.prepare(
    'INSERT INTO home (id, facts) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET facts = excluded.facts',
  )
  const putPersonal = db.prepare('UPDATE home SET personal = ? WHERE id = ?')
  const putStaff = db.prepare(
    'INSERT INTO staff (id, facts) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET facts = excluded.facts',
  )
  const putStaffPersonal = db.prepare('UPDATE staff SET personal = ? WHERE id = ?')
  const dropStaff = db.prepare('DELETE FROM staff WHERE id NOT IN (SELECT value FROM json_each(?))')
  const putPacket = db.prepare(
    `INSERT INTO seen_packet (client, packet_id, digest, at) VALUES (?, ?, ?, ?)
     ON CONFLICT (client, packet_id) DO UPDATE SET digest = excluded.digest, at = excluded.at`,
  )
  const putReading = db.prepare(
    `INSERT INTO seen_reading (home, sensor, id, content, at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (home, sensor, id) DO UPDATE SET content = excluded.content, at = excluded.at`,
  )
  const putNote = db.prepare(
    'INSERT INTO note (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  const getNote = db.prepare('SELECT value FROM note WHERE key = ?')
  const getPacket = db.prepare('SELECT digest, at FROM seen_packet WHERE client = ? AND packet_id = ?')
  const getReading = db.prepare(
    'SELECT content, at FROM seen_reading WHERE home = ? AND sensor = ? AND id = ?',
  )
  const getAlert = db.prepare('SELECT body FROM alert WHERE id = ?')
  const getNotification = db.prepare('SELECT body FROM notification WHERE id = ?')
  const forgetPackets = db.prepare('DELETE FROM seen_packet WHERE at < ?')
  const forgetReadings = db.prepare(
    'DELETE FROM seen_reading WHERE (home, sensor, id) IN (SELECT home, sensor, id FROM seen_reading WHERE at < ? LIMIT 2000)',
  )
  const putCertificate = db.prepare(
    'INSERT INTO certificate (id, home, at, due, body) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  )
  let commits = 0

  function writeEntry({ entry, marks, events }: Applied): void {
    const { seq, now, input } = entry
    const reading = input.type === 'reading' ? input.reading : undefined
    const home =
      reading?.home ??
      ('home' in input ? (typeof input.home === 'string' ? input.home : input.home.id) : null)
    const body = marks && Object.keys(marks).length > 0 ? { ...input, marks } : input
    // A repeated or empty status is no point of the history, and neither is what the hub said itself.
    const isPoint = input.type === 'reading' && input.reading.value !== null && !marks?.repeat && !input.test
    insertEntry.run(
      seq,
      now,
      input.type,
      home,
      reading?.sensor ?? null,
      isPoint && reading ? reading.kind : null,
      isPoint && reading ? (marks?.claimedAt === undefined ? reading.at : now) : null,
      JSON.stringify(body),
    )
    for (const event of events) insertEvent.run(seq, event.alert, event.what, JSON.stringify(event))
    if (input.type === 'start' && input.restored) forgetRestored(db)
  }

  function write(batch: Batch): void {
    for (const applied of batch.applied) writeEntry(applied)
    for (const [key, row] of batch.rows) {
      if (row) putState.run(key, JSON.stringify(row))
      else dropState.run(key)
    }
    for (const alert of batch.alerts) {
      const isOpen = alert.handling === 'resolved' ? 0 : 1
      putAlert.run(alert.id, alert.home ?? null, isOpen, alert.openedAt, JSON.stringify(alert))
    }
    for (const one of batch.notifications) {
      putNotification.run(one.id, one.alert ?? null, one.state, one.queuedAt, JSON.stringify(one))
    }
    for (const home of batch.homes) putHome.run(home.id, JSON.stringify(home))
    for (const personal of batch.personal) putPersonal.run(JSON.stringify(personal), personal.id)
    for (const one of batch.certificates ?? []) {
      putCertificate.run(one.id, one.home, one.at, one.due, JSON.stringify(one))
    }
    for (const { client, packetId, digest, at } of batch.packets) putPacket.run(client, packetId, digest, at)
    for (const { home, sensor, id, content, at } of batch.readings) {
      putReading.run(home, sensor, id, content, at)
    }
    if (batch.staff) {
      // Whoever left leaves nothing behind.
      dropStaff.run(JSON.stringify(batch.staff.map(({ id }) => id)))
      for (const one of batch.staff) putStaff.run(one.id, JSON.stringify(one))
    }
    for (const one of batch.staffPersonal ?? []) putStaffPersonal.run(JSON.stringify(one), one.id)
    if (batch.rules) putNote.run('rules', JSON.stringify(batch.rules))
  }

  return {
    load() {
      const last = db.prepare('SELECT seq, now FROM journal ORDER BY seq DESC LIMIT 1').get() as
        | { seq: number; now: number }
        | undefined
      const rules = note<RuleFile[]>('rules')
      const restored = readRestored(db)
      return {
        lastSeq: last?.seq ?? 0,
        aliveAt: Math.max(last?.now ?? 0, note<number>('alive') ?? 0),
        homes: bodies<Home>('SELECT facts AS body FROM home ORDER BY id'),
        rows: new Map(
          (db.prepare('SELECT key, value FROM state').all() as { key: string; value: string }[]).map(
            ({ key, value }) => [key, JSON.parse(value) as Row],
          ),
        ),
        openAlerts: bodies<Alert>('SELECT body FROM alert WHERE is_open = 1 ORDER BY opened_at, id'),
        notifications: bodies<Notification>(
          `SELECT body FROM notification WHERE state = 'queued' OR alert IN (SELECT id FROM alert WHERE is_open = 1)
           ORDER BY queued_at, id`,
        ),
        rules,
        staff: bodies<StaffFacts>('SELECT facts AS body FROM staff ORDER BY id'),
        ...(restored && { restored }),
      }
    },
    commit(batch) {
      begin.run()
      try {
        write(batch)
        commits++
        const now = batch.applied.at(-1)?.entry.now ?? 0
        if (commits % FORGET_EVERY === 0) forgetReadings.run(now - READING_ID_MEMORY)
        if (commits % FORGET_PACKETS_EVERY === 0) forgetPackets.run(now - PACKET_MEMORY)
        end.run()
      } catch (cause) {
        if (db.isTransaction) db.exec('ROLLBACK')
        throw cause
      }
    },
    seenPacket(client, packetId) {
      const row = getPacket.get(client, packetId) as Omit<SeenPacket, 'client' | 'packetId'> | undefined
      return row && { client, packetId, ...row }
    },
    seenReading(home, sensor, id) {
      const row = getReading.get(home, sensor, id) as { content: string; at: number } | undefined
      return row && ({ home, sensor, id, ...row } satisfies SeenReading)
    },
    alert: (id) => body<Alert>(getAlert.get(id)),
    notification: (id) => body<Notification>(getNotification.get(id)),
    noteAlive(now) {
      putNote.run('alive', JSON.stringify(now))
    },
  }

  function bodies<T>(sql: string): T[] {
    return (db.prepare(sql).all() as { body: string }[]).map((row) => JSON.parse(row.body) as T)
  }

  function note<T>(key: string): T | undefined {
    const row = getNote.get(key) as { value: string } | undefined
    return row && (JSON.parse(row.value) as T)
  }
}

function body<T>(row: unknown): T | undefined {
  return row === undefined ? undefined : (JSON.parse((row as { body: string }).body) as T)
}
