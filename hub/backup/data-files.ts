import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { RESERVE_FILES } from '../database/reserve-file.ts'
import { isBackupName } from './name.ts'

/** Of the process that runs, copied in another way, made anew, or from an earlier restore. */
const NOT_TAKEN =
  /^(hub\.db(-wal|-shm|-journal)?|lock\.db(-journal)?|admin\.sock|backups|restored|before-restore-.*)$/

export interface DataFiles {
  /** Paths below the data folder, with `/`. */
  readonly files: readonly string[]
  /** What is no plain file. */
  readonly left: readonly string[]
}

/**
 * What lies beside the database and belongs to it: the key of links, the certificate authority, and whatever a later hub
 * or a program beside it keeps there.
 */
export async function listDataFiles(folder: string): Promise<DataFiles> {
  const files: string[] = []
  const left: string[] = []
  await walk('')
  return { files: files.toSorted(), left: left.toSorted() }

  async function walk(below: string): Promise<void> {
    for (const name of await readdir(join(folder, below))) {
      if (below === '' && (NOT_TAKEN.test(name) || RESERVE_FILES.includes(name))) continue
      // Where they are written into the data folder, each would hold all those before it.
      if (isBackupName(name)) continue
      const path = below === '' ? name : `${below}/${name}`
      const facts = await lstat(join(folder, path)).catch(() => undefined)
      if (facts?.isDirectory()) await walk(path)
      else if (facts?.isFile() && !/[\\\0]/.test(name)) files.push(path)
      else if (facts) left.push(path)
    }
  }
}
