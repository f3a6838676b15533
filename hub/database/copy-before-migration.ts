import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { makeFolders } from '../source/make-folders.ts'
import { BACKUPS } from './backups-folder.ts'
import { DataFolderError } from './data-folder-error.ts'

const NAME = /^before-(\d+)\.db$/
/** Older ones than these go. */
const KEPT = 2

/** The database as it was before a newer hub brought it up to date: what to go back to. */
export interface SchemaCopy {
  readonly file: string
  readonly from: number
  readonly to: number
}

/**
 * Copies a database that is about to be changed: `backups/before-17.db` is one for hubs whose schema is older than 17.
 * Nobody is connected yet, so it may take its time.
 * @throws DataFolderError when there is no room for it: a migration without a way back is none
 */
export function copyBeforeMigration(db: DatabaseSync, folder: string, from: number, to: number): SchemaCopy {
  const copies = join(folder, BACKUPS)
  const file = schemaCopyOf(folder, from)
  const draft = `${file}.part`
  try {
    makeFolders(copies, 0o700)
    rmSync(draft, { force: true })
    checkRoom(folder, copies)
    db.prepare('VACUUM INTO ?').run(draft)
    checkCopy(draft, from)
    sync(draft)
    renameSync(draft, file)
    sync(copies)
  } catch (cause) {
    if (existsSync(draft)) rmSync(draft)
    throw new DataFolderError(
      `Cannot copy the database of ${folder} before bringing it from version ${from} to ${to}: ${(cause as Error).message}. It was not changed.`,
      { cause },
    )
  }
  for (const old of copiesIn(copies).slice(KEPT)) rmSync(join(copies, old))
  return { file, from, to }
}

/** The copy that a hub can use whose schema is of this version. */
export function schemaCopyOf(folder: string, version: number): string {
  return join(folder, BACKUPS, `before-${String(version + 1).padStart(2, '0')}.db`)
}

function checkRoom(folder: string, copies: string): void {
  const disk = statfsSync(copies)
  const needed = statSync(join(folder, 'hub.db')).size
  if (disk.bavail * disk.bsize > needed) return
  throw new Error(`it needs ${Math.ceil(needed / 1e6)} MB in ${copies}: make room`)
}

function checkCopy(file: string, version: number): void {
  const copy = new DatabaseSync(file)
  try {
    const { quick_check: found } = copy.prepare('PRAGMA quick_check').get() as { quick_check: string }
    if (found !== 'ok') throw new Error(found)
    // VACUUM INTO keeps it: this is the way back, so it is looked at.
    const { user_version: is } = copy.prepare('PRAGMA user_version').get() as { user_version: number }
    if (is !== version) throw new Error(`its copy has version ${is}`)
  } finally {
    copy.close()
  }
}

/** Newest schema first. */
function copiesIn(folder: string): readonly string[] {
  const versionOf = (name: string): number => Number(NAME.exec(name)?.[1])
  return readdirSync(folder)
    .filter((name) => NAME.test(name))
    .toSorted((a, b) => versionOf(b) - versionOf(a))
}

function sync(path: string): void {
  const opened = openSync(path, 'r')
  fsyncSync(opened)
  closeSync(opened)
}
