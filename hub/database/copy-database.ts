import { closeSync, fdatasyncSync, openSync } from 'node:fs'
import { backup } from 'node:sqlite'
import { DataFolderError } from './data-folder-error.ts'
import { hasDatabase } from './open-database.ts'
import { openReadOnly } from './open-read-only.ts'

/** 4 MB, which go to the disk before the next: a hub that waits for its own fsync never waits behind more than that. */
const PAGES_AT_ONCE = 1024

export interface CopyProgress {
  readonly done: number
  readonly of: number
}

/**
 * Copies the database of a data folder as it is at one instant, whether or not a hub uses it. The copy reads beside the
 * hub, which goes on writing; meanwhile the write-ahead log grows. VACUUM INTO and a copy in one step hold the hub's
 * own writes up: docs/decisions/0025-backup.md has the figures.
 * @param to a file that is not there yet
 * @throws DataFolderError
 */
export async function copyDatabase(
  folder: string,
  to: string,
  onProgress: (progress: CopyProgress) => void = () => {},
): Promise<void> {
  if (!hasDatabase(folder)) {
    throw new DataFolderError(`Cannot find a hub's data in ${folder}: there is no hub.db`)
  }
  const source = openReadOnly(folder)
  let copy: number | undefined
  try {
    // Within one transaction of the source it stays what it was, or every write of the hub would begin it anew.
    source.exec('BEGIN')
    source.prepare('SELECT count(*) FROM sqlite_schema').get()
    await backup(source, to, {
      rate: PAGES_AT_ONCE,
      progress({ totalPages, remainingPages }) {
        copy ??= openSync(to, 'r+')
        fdatasyncSync(copy)
        onProgress({ done: totalPages - remainingPages, of: totalPages })
      },
    })
    source.exec('COMMIT')
  } catch (cause) {
    throw new DataFolderError(`Cannot copy the database in ${folder}: ${(cause as Error).message}`, { cause })
  } finally {
    if (copy !== undefined) closeSync(copy)
    source.close()
  }
}
