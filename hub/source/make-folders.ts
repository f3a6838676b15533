import { mkdirSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/**
 * Makes a folder and those above it that are not there. `mkdir` of Node with `recursive` never ends where the system
 * takes no folder in one that is there, as in /proc.
 * @param mode of each that it makes
 * @throws Error of the file system
 */
export function makeFolders(path: string, mode = 0o777): void {
  const missing: string[] = []
  for (let at = resolve(path); !isFolder(at); at = dirname(at)) missing.push(at)
  for (const folder of missing.toReversed()) makeFolder(folder, mode)
}

function makeFolder(folder: string, mode: number): void {
  try {
    mkdirSync(folder, { mode })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    // Another one was faster.
    if (code === 'EEXIST' && isFolder(folder)) return
    if (code !== 'ENOENT') throw cause
    const error = new Error(`no folder can be made in ${dirname(folder)}`, { cause })
    throw Object.assign(error, { code })
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}
