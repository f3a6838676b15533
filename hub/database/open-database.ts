import { accessSync, constants, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeFolders } from '../source/make-folders.ts'
import { copyBeforeMigration, schemaCopyOf } from './copy-before-migration.ts'
import type { SchemaCopy } from './copy-before-migration.ts'
import { DataFolderError } from './data-folder-error.ts'
import { isDiskFull } from '../core/write-failure.ts'
import { MIGRATIONS } from './schema.ts'
import { beginShut, shutDatabase } from './shut-database.ts'
import type { OpenToOthers } from './shut-database.ts'

/** Before it, a fault could lose what WAL mode had acknowledged. */
const OLDEST_SQLITE = '3.51.3'

/** A program that replicates the database holds its writing up for moments (docs/operations.md): no reason to end, ms. */
const PATIENCE = 5000

/** How names of folders begin that a restore makes in the data folder: for what it unpacks, and for what was there. */
export const ASIDE = 'before-restore-'

export interface OpenDatabase {
  readonly db: DatabaseSync
  readonly folder: string
  close(): void
}

export interface OpenOptions {
  /** Before it was brought up to date it was copied to this file. */
  readonly onMigrated?: (copy: SchemaCopy) => void
  /** Others on this machine could read or write these files of the folder. */
  readonly onOpenToOthers?: (files: readonly OpenToOthers[]) => void
}

/**
 * Opens the database of a data folder, for this process alone, and brings its schema up to date.
 * @throws DataFolderError
 */
export function openDatabase(folder: string, { onMigrated, onOpenToOthers }: OpenOptions = {}): OpenDatabase {
  prepareFolder(folder)
  refuseHalfRestored(folder)
  const lock = lockFolder(folder)
  try {
    const open = shutDatabase(folder)
    if (open.length > 0) onOpenToOthers?.(open)
    const db = connectTo(folder)
    checkVersion(db)
    const copy = migrate(db, folder)
    if (copy) onMigrated?.(copy)
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
    throw new DataFolderError(`Cannot open the database in ${folder}: ${whyNot(cause)}`, { cause })
  }
}

/** Another connection for writing, of a thread of the process that has opened the database. */
export function connectTo(folder: string): DatabaseSync {
  const db = new DatabaseSync(join(folder, 'hub.db'), { timeout: PATIENCE })
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 4000;
    PRAGMA cache_size = -65536;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
  `)
  return db
}

function prepareFolder(folder: string): void {
  try {
    makeFolders(folder, 0o700)
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new DataFolderError(
      `Cannot write to the data folder ${folder}: ${messageOf(cause)}. Choose another with --data DIR, or change its owner.`,
      { cause },
    )
  }
}

/** On an empty database a hub would watch over nobody, and look well. */
function refuseHalfRestored(folder: string): void {
  if (hasDatabase(folder)) return
  const aside = readdirSync(folder).find((name) => name.startsWith(ASIDE))
  if (aside === undefined) return
  throw new DataFolderError(
    `Cannot use the data folder ${folder}: a restore into it was cut off, and it has no database. Run aal restore with --force again; what was there before lies in ${aside} or beside it.`,
  )
}

/**
 * A lock that goes with the process, however it ends.
 * @throws DataFolderError; its `isLocked` says that another one has it
 */
export function lockFolder(folder: string): { close(): void } {
  const file = join(folder, 'lock.db')
  beginShut(file)
  const lock = new DatabaseSync(file, { timeout: 0 })
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
    throw new DataFolderError(`Cannot lock the data folder ${folder}: ${whyNot(cause)}`, { cause })
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

function migrate(db: DatabaseSync, folder: string): SchemaCopy | undefined {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version > MIGRATIONS.length) {
    const copy = schemaCopyOf(folder, MIGRATIONS.length)
    const back = existsSync(copy)
      ? `; or go back to ${copy}: docs/operations.md, Updates and going back.`
      : '.'
    throw new DataFolderError(
      `Cannot open ${folder}: its schema is version ${version}, this hub knows ${MIGRATIONS.length}. Start a newer hub${back}`,
    )
  }
  if (version === MIGRATIONS.length) return undefined
  // A new folder has nothing to copy.
  const copy = version === 0 ? undefined : copyBeforeMigration(db, folder, version, MIGRATIONS.length)
  // All or nothing: a start that is killed in between leaves what the copy is of. A state between two versions would be
  // copied at the next start, and push out the copy that a hub of before can go back to.
  db.exec(`BEGIN; ${MIGRATIONS.slice(version).join(';')}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`)
  return copy
}

/** Whether a data folder holds a hub's database. */
export function hasDatabase(folder: string): boolean {
  return existsSync(join(folder, 'hub.db'))
}

function whyNot(cause: unknown): string {
  if (!isDiskFull(cause)) return messageOf(cause)
  return `${messageOf(cause)}. Make room on its disk (docs/operations.md, When the disk fills up)`
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
