import type { DatabaseSync } from 'node:sqlite'
import { MOST_PACKETS, PACKET_MEMORY } from '../core/recent-packets.ts'
import type { CoreStore, PacketsAt, SeenReading } from '../core/store.ts'
import type { Alert } from '../model/alert.ts'
import type { Home } from '../model/home.ts'
import type { RuleFile } from '../model/input.ts'
import type { Notification } from '../model/notification.ts'
import type { StaffFacts } from '../model/staff.ts'
import type { Row } from '../rules/state.ts'
import { ALIVE_NOTE, STATEMENTS, rowsOf } from './batch-rows.ts'
import { createBatchWriter } from './batch-writer.ts'
import { readPackets } from './packet-rows.ts'
import { readRestored } from './restored-note.ts'

/** The core's store on SQLite: one transaction a batch, on disk when `commit` returns. */
export function createSqliteStore(db: DatabaseSync): CoreStore {
  const write = createBatchWriter(db)
  const putNote = db.prepare(STATEMENTS.note)
  const getNote = db.prepare('SELECT value FROM note WHERE key = ?')
  const getReading = db.prepare(
    'SELECT content, at FROM seen_reading WHERE home = ? AND sensor = ? AND id = ?',
  )
  const getAlert = db.prepare('SELECT body FROM alert WHERE id = ?')
  const getNotification = db.prepare('SELECT body FROM notification WHERE id = ?')

  return {
    load() {
      const last = db.prepare('SELECT seq, now FROM journal ORDER BY seq DESC LIMIT 1').get() as
        | { seq: number; now: number }
        | undefined
      const rules = note<RuleFile[]>('rules')
      const restored = readRestored(db)
      return {
        lastSeq: last?.seq ?? 0,
        aliveAt: Math.max(last?.now ?? 0, note<number>(ALIVE_NOTE) ?? 0),
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
        packets: packets(),
        ...(restored && { restored }),
      }
    },
    commit: (batch) => write(rowsOf(batch)),
    seenReading(home, sensor, id) {
      const row = getReading.get(home, sensor, id) as { content: string; at: number } | undefined
      return row && ({ home, sensor, id, ...row } satisfies SeenReading)
    },
    alert: (id) => body<Alert>(getAlert.get(id)),
    notification: (id) => body<Notification>(getNotification.get(id)),
    noteAlive(now) {
      putNote.run(ALIVE_NOTE, JSON.stringify(now))
    },
  }

  /** Those that can still come again, and no more than are remembered. */
  function packets(): PacketsAt[] {
    const found: PacketsAt[] = []
    let left = MOST_PACKETS
    const rows = db.prepare('SELECT at, body FROM recent_packets ORDER BY id DESC').iterate()
    for (const { at, body: text } of rows as Iterable<{ at: number; body: string }>) {
      if ((found[0]?.at ?? at) - at > PACKET_MEMORY) break
      const packets = readPackets(text)
      left -= packets.marks.length
      if (left < 0) break
      found.push({ at, ...packets })
    }
    return found.toReversed()
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
