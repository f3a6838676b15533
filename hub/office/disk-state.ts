import { statfsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import type { ReserveFile } from '../database/reserve-file.ts'
import { diskLimits, judgeDisk } from '../watch/judge-disk.ts'
import type { DiskFacts, DiskJudgement, DiskLimits } from '../watch/judge-disk.ts'
import type { DiskStage } from '../model/system.ts'

/** What the disk of a folder is, and what follows from it. Sizes in bytes. */
export interface LookedAtDisk extends DiskFacts, DiskJudgement {
  readonly limits: DiskLimits
}

/** How a disk is judged. */
export interface DiskOptions {
  readonly folder: string
  /** Where the configuration says nothing, the size of the disk decides. */
  readonly wanted: Readonly<Partial<DiskLimits>>
  readonly reserve: Pick<ReserveFile, 'held'>
}

/** @returns undefined where the machine does not say */
export async function lookAtDisk(
  options: DiskOptions,
  before?: DiskStage,
): Promise<LookedAtDisk | undefined> {
  const facts = await statfs(options.folder).catch(() => undefined)
  return facts && judged(options, facts, before)
}

/** The same, at once: before a database is opened, and when a commit found no room. */
export function lookAtDiskNow(options: DiskOptions, before?: DiskStage): LookedAtDisk | undefined {
  try {
    return judged(options, statfsSync(options.folder), before)
  } catch {
    return undefined
  }
}

function judged(
  { wanted, reserve }: DiskOptions,
  { blocks, bavail, bsize }: { readonly blocks: number; readonly bavail: number; readonly bsize: number },
  before: DiskStage | undefined,
): LookedAtDisk | undefined {
  // Some file systems do not say.
  if (blocks === 0) return undefined
  const facts = { free: bavail * bsize, total: blocks * bsize, held: reserve.held() }
  const limits = diskLimits(wanted, facts.total)
  return { ...facts, limits, ...judgeDisk(facts, limits, before) }
}
