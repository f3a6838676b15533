import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'

/** What is known of the database itself. */
export interface DatabaseFacts {
  readonly sqlite: string
  readonly schema: number
  /** How many inputs the journal has. */
  entries(): number
  /** What it takes on the disk. */
  bytes(): Promise<number>
}

export function createDatabaseFacts(db: DatabaseSync, folder: string): DatabaseFacts {
  const newest = db.prepare('SELECT max(seq) AS seq FROM journal')
  const { version: sqlite } = db.prepare('SELECT sqlite_version() AS version').get() as { version: string }
  const { user_version: schema } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  return {
    sqlite,
    schema,
    entries: () => (newest.get() as { seq: number | null }).seq ?? 0,
    async bytes() {
      const sizes = await Promise.all(
        ['hub.db', 'hub.db-wal'].map((name) =>
          stat(join(folder, name)).then(
            ({ size }) => size,
            () => 0,
          ),
        ),
      )
      return sizes.reduce((a, b) => a + b, 0)
    },
  }
}
