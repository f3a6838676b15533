import { access, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolders } from '../source/make-folders.ts'
import { CommandError } from './command-error.ts'

/**
 * Writes files that only their owner may read.
 * @throws CommandError when one of them is there already, or there can be no such folder: then none is written
 */
export async function writeSecrets(
  folder: string,
  files: Readonly<Record<string, string>>,
  force = false,
): Promise<readonly string[]> {
  const paths = Object.keys(files).map((name) => join(folder, name))
  if (!force) await refuseExisting(folder, Object.keys(files))
  try {
    makeFolders(folder, 0o700)
  } catch (cause) {
    throw new CommandError(
      `Cannot make the folder ${folder}: ${(cause as Error).message}. Choose another one.`,
    )
  }
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text, { mode: 0o600, flag: force ? 'w' : 'wx' })
  }
  return paths
}

/** Before something is made that is shown once: afterwards is too late. */
export async function refuseExisting(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const path = join(folder, name)
    const isThere = await access(path).then(
      () => true,
      () => false,
    )
    if (isThere) {
      throw new CommandError(
        `Cannot write ${path}: it is there already. Choose another folder with --out DIR.`,
      )
    }
  }
}
