import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { BACKUPS } from '../database/backups-folder.ts'
import { writeWhole } from './write-whole.ts'

const lastSchema = z.object({
  madeAt: z.number(),
  file: z.string(),
  bytes: z.number(),
  isEncrypted: z.boolean(),
})

/** The newest backup that was made of a data folder: where it was written, as far as this machine knows. */
export type LastBackup = z.output<typeof lastSchema>

export async function readLastBackup(folder: string): Promise<LastBackup | undefined> {
  const text = await readFile(join(folder, BACKUPS, 'last.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return lastSchema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

export async function noteLastBackup(folder: string, last: LastBackup): Promise<void> {
  await writeWhole(join(folder, BACKUPS, 'last.json'), `${JSON.stringify(last)}\n`)
}
