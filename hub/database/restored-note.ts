import type { DatabaseSync } from 'node:sqlite'
import type { Restored } from '../model/input.ts'

/** With the start it goes: batch-rows.ts. */
export const RESTORED_NOTE = 'restored'

/** Says to the next start that this database is one of before; with the start it goes. */
export function noteRestored(db: DatabaseSync, restored: Restored): void {
  db.prepare(
    'INSERT INTO note (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  ).run(RESTORED_NOTE, JSON.stringify(restored))
}

export function readRestored(db: DatabaseSync): Restored | undefined {
  const row = db.prepare('SELECT value FROM note WHERE key = ?').get(RESTORED_NOTE) as
    | { value: string }
    | undefined
  return row && (JSON.parse(row.value) as Restored)
}
