import { stat } from 'node:fs/promises'
import { BackupError } from './manifest.ts'

/**
 * What another user puts into a data folder, root as well, the hub could not read or write.
 * @param path whose owner it has to be
 * @param cannot what cannot be done then: `Cannot back up data`
 * @param command what the owner may run
 * @throws BackupError
 */
export async function checkOwner(path: string, cannot: string, command: string): Promise<void> {
  const [{ uid }, own] = [await stat(path), process.getuid?.()]
  if (own === undefined || own === uid) return
  throw new BackupError(
    `${cannot}: it belongs to user ${uid}, this is user ${own}. Run it as its owner, such as: sudo -u aal aal ${command} …`,
  )
}
