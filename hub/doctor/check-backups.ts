import { ageInWords } from '../backup/age-in-words.ts'
import { readLastBackup } from '../backup/last-backup.ts'
import { BACKUP_OLD } from '../watch/judge-system.ts'
import { findingsOf } from './finding.ts'
import type { Finding } from './finding.ts'

const TOO_OLD = 8 * 24 * 3_600_000

/** How old the newest backup is, as far as this machine knows. */
export async function checkBackups(folder: string, now: number): Promise<Finding> {
  const { ok, warn, fail } = findingsOf('backups')
  const last = await readLastBackup(folder)
  const todo = 'aal backup --config hub.yaml FOLDER --keep 30, every night: docs/operations.md, Backup'
  if (!last) return warn('No backup is known of.', todo)
  const age = now - last.madeAt
  const what = `The newest is ${ageInWords(age)} old: ${last.file}.`
  if (age >= TOO_OLD) return fail(what, todo)
  if (age >= BACKUP_OLD) return warn(what, todo)
  if (!last.isEncrypted) return warn(`${what} It is not encrypted.`, 'Leave --plain out, and delete it.')
  return ok(what)
}
