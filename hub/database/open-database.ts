import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { MIGRATIONS } from './schema.ts'

/** Before it, a fault could lose what WAL mode had acknowledged. */
const OLDEST_SQLITE = '3.51.3'

/** The data folder cannot be used; the message says why and what to do. */
export class DataFolderError extends Error {
  /** Set when another process has it: commands can then go through that one. */
  readonly isLocked: boolean

  constructor(message: string, options?: ErrorOptions & { isLocked?: boolean }) {
    super(message, options)
    this.name = 'DataFolderError'
    this.isLocked = options?.isLocked ?? false
  }
}

export interface OpenDatabase {
  readonly db: DatabaseSync
  readonly folder: string
  close(): void
}

/**
 * Opens the database of a data folder, for this process alone, and brings its schema up to date.
 * @throws DataFolderError
 */
export function openDatabase(folder: string): OpenDatabase {
  prepareFolder(folder)
  const lock = takeLock(folder)
  try {
    const db = new DatabaseSync(join(folder, 'hub.db'))
    db.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 4000;
      PRAGMA cache_size = -65536;
      PRAGMA foreign_keys = ON;
    `)
    checkVersion(db)
    migrate(db, folder)
    return {
      db,
      folder,
      close() {
        db.close()
        lock.close()
      },
    }
  } catch (cause) {
    lock.close()
    if (cause instanceof DataFolderError) throw cause
    throw new DataFolderError(`Cannot open the database in ${folder}: ${messageOf(cause)}`, { cause })
  }
}

function prepareFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new DataFolderError(
      `Cannot write to the data folder ${folder}: ${messageOf(cause)}. Choose another with --data DIR, or change its owner.`,
      { cause },
    )
  }
}

/** A lock that goes with the process, however it ends. */
function takeLock(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, 'lock.db'), { timeout: 0 })
  try {
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock.close()
    if (/locked|busy/.test(messageOf(cause))) {
      throw new DataFolderError(
        `Cannot use the data folder ${folder}: another hub is using it. Stop that one, or choose another folder with --data DIR.`,
        { cause, isLocked: true },
      )
    }
    throw new DataFolderError(`Cannot lock the data folder ${folder}: ${messageOf(cause)}`, { cause })
  }
}

function checkVersion(db: DatabaseSync): void {
  const { version } = db.prepare('SELECT sqlite_version() AS version').get() as { version: string }
  if (version.localeCompare(OLDEST_SQLITE, 'en', { numeric: true }) < 0) {
    throw new DataFolderError(
      `Cannot use SQLite ${version}: expected ${OLDEST_SQLITE} or newer. Run the hub with the Node that npm ci installs.`,
    )
  }
}

function migrate(db: DatabaseSync, folder: string): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version > MIGRATIONS.length) {
    throw new DataFolderError(
      `Cannot open ${folder}: its schema is version ${version}, this hub knows ${MIGRATIONS.length}. Start a newer hub.`,
    )
  }
  MIGRATIONS.slice(version).forEach((step, index) => {
    db.exec(`BEGIN; ${step}; PRAGMA user_version = ${version + index + 1}; COMMIT`)
  })
}

/** Whether a data folder holds a hub's database. */
export function hasDatabase(folder: string): boolean {
  return existsSync(join(folder, 'hub.db'))
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
