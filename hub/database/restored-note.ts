import type { DatabaseSync } from 'node:sqlite'
import type { Restored } from '../model/input.ts'

/** With the start it goes: batch-rows.ts. */
export const RESTORED_NOTE = 'restored'
/** Of which time the backup is (ms), until InfluxDB shows what the hub has; then empty. */
export const HISTORY_KEY = 'restored-history'

/** Says to the next start that this database is one of before; with the start it goes. */
export function noteRestored(db: DatabaseSync, restored: Restored): void {
  const put = db.prepare(
    'INSERT INTO note (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  )
  put.run(RESTORED_NOTE, JSON.stringify(restored))
  put.run(HISTORY_KEY, String(restored.madeAt))
}

export function readRestored(db: DatabaseSync): Restored | undefined {
  const row = db.prepare('SELECT value FROM note WHERE key = ?').get(RESTORED_NOTE) as
    | { value: string }
    | undefined
  return row && (JSON.parse(row.value) as Restored)
}
