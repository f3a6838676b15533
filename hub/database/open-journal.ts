import type { DatabaseSync } from 'node:sqlite'
import { createJournalReader } from './journal.ts'
import type { KeptEntry } from '../model/kept-entry.ts'
import { DataFolderError } from './data-folder-error.ts'
import { hasDatabase } from './open-database.ts'
import { openReadOnly } from './open-read-only.ts'
import { MIGRATIONS } from './schema.ts'

const PAGE = 2000

/** The journal of a data folder, for reading only. */
export interface OpenJournal {
  /** The newest seq; 0 when empty. */
  newest(): number
  /** Everything up to the newest entry of now, oldest first. */
  entries(): Generator<KeptEntry>
  close(): void
}

/**
 * Opens the database of a data folder beside the hub that may be using it, for reading only.
 * @throws DataFolderError
 */
export function openToRead(folder: string): DatabaseSync {
  if (!hasDatabase(folder)) {
    throw new DataFolderError(`Cannot find a hub's data in ${folder}: there is no hub.db`)
  }
  try {
    const db = openReadOnly(folder)
    const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
    if (version === MIGRATIONS.length) return db
    db.close()
    throw new DataFolderError(
      `Cannot read the journal in ${folder}: its schema is version ${version}, expected ${MIGRATIONS.length}. Start its hub with this version once, or use the version that wrote it.`,
    )
  } catch (cause) {
    if (cause instanceof DataFolderError) throw cause
    throw new DataFolderError(`Cannot read the journal in ${folder}: ${(cause as Error).message}`, { cause })
  }
}

/**
 * Opens the journal of a data folder beside the hub that may be using it. Nothing is changed, and the hub never waits:
 * each page is read by itself.
 * @throws DataFolderError
 */
export function openJournal(folder: string): OpenJournal {
  const db = openToRead(folder)
  const reader = createJournalReader(db)
  return {
    newest: reader.newest,
    *entries() {
      const newest = reader.newest()
      for (let seq = 0; seq < newest;) {
        const page = reader.after(seq, Math.min(PAGE, newest - seq))
        yield* page
        const last = page.at(-1)
        if (!last) return
        seq = last.seq
      }
    },
    close: () => db.close(),
  }
}
