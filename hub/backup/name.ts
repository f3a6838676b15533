import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileOfDraft } from './write-whole.ts'

const NAME = /^aal-(\d{8}T\d{6}Z)\.tar\.zst(\.age)?$/
/** Whoever writes one has written to it by then, ms. */
const WRITTEN_BY = 24 * 3_600_000

/** `aal-20261122T134500Z.tar.zst.age`: in the order of their names they are in the order of their times. */
export function backupName(madeAt: number, isPlain: boolean): string {
  return `aal-${timeInName(madeAt)}.tar.zst${isPlain ? '' : '.age'}`
}

/** `20261122T134500Z` */
export function timeInName(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '')
}

/** Has it the name of a backup? Others may lie where people put them. */
export function isBackupName(name: string): boolean {
  return NAME.test(name)
}

/**
 * Deletes all but the newest backups of a folder, those that have the names the hub gives.
 * @param made the one of now: it stays whatever the clock says
 * @returns which went
 */
export async function keepNewest(folder: string, keep: number, made: string): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => isBackupName(name) && name !== made)
  const old = names
    .toSorted()
    .toReversed()
    .slice(keep - 1)
  for (const name of old) await rm(join(folder, name))
  return old
}

/** Deletes what a process that was killed left of its backups, as large as they are. Where it cannot, the next one may. */
export async function dropLeftDrafts(folder: string, now: number): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names.filter((one) => isBackupName(fileOfDraft(one) ?? ''))) {
    const path = join(folder, name)
    const found = await stat(path).catch(() => undefined)
    if (found && now - found.mtimeMs > WRITTEN_BY) await rm(path, { force: true }).catch(() => {})
  }
}
