import { chmodSync, closeSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Who holds a lock of the last could keep the hub from starting. */
const FILES = ['hub.db', 'hub.db-wal', 'hub.db-shm', 'lock.db']
const OTHERS = 0o077

/** A file that its group or all could read or write. */
export interface OpenToOthers {
  readonly file: string
  /** Now only its owner can; else it is not ours to change. */
  readonly isShut: boolean
}

/**
 * Gives the database to its owner alone, also in a folder that is open to all; one that is not there yet begins so.
 * SQLite gives its other files the mode of the database.
 * @returns what was open
 */
export function shutDatabase(folder: string): readonly OpenToOthers[] {
  beginShut(join(folder, 'hub.db'))
  return FILES.map((name) => join(folder, name)).flatMap((file): OpenToOthers[] => {
    const facts = statSync(file, { throwIfNoEntry: false })
    if (!facts || (facts.mode & OTHERS) === 0) return []
    try {
      chmodSync(file, 0o600)
      return [{ file, isShut: true }]
    } catch {
      return [{ file, isShut: false }]
    }
  })
}

/** Makes an empty database that is its owner's alone, where there is none. */
export function beginShut(database: string): void {
  try {
    // Only when it is new: whoever closes a file in use gives up SQLite's locks on it.
    closeSync(openSync(database, 'wx', 0o600))
  } catch {
    // SQLite says what is wrong, if anything is.
  }
}
