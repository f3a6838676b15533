import type { DatabaseSync } from 'node:sqlite'

/** @throws what `work` throws; then nothing of it is kept */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const done = work()
    db.exec('COMMIT')
    return done
  } catch (cause) {
    // On a full disk SQLite has rolled back by itself, and says so when it is asked to again.
    if (db.isTransaction) db.exec('ROLLBACK')
    throw cause
  }
}
