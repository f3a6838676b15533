import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** The database of a data folder, of whatever schema, beside the hub that may be using it. */
export function openReadOnly(folder: string): DatabaseSync {
  return new DatabaseSync(join(folder, 'hub.db'), { readOnly: true, timeout: 5000 })
}
