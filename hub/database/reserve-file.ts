import { randomFillSync } from 'node:crypto'
import { statSync, truncateSync, unlinkSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** In the data folder: whole, and while it is being made. */
const NAME = 'reserve'
const DRAFT = `${NAME}.part`
export const RESERVE_FILES: readonly string[] = [NAME, DRAFT]
/** Goes to the disk before the next part: the hub's own syncs wait for no more than that. */
const PART = 4 * 1024 * 1024

/** A file that holds room on the disk beside the database, to be given up for alarms. */
export interface ReserveFile {
  /** How much room it takes, bytes. */
  held(): number
  /** Takes room until it is so large. One at a time. @throws Error when there is none, and then takes none */
  take(size: number): Promise<void>
  /** Gives all of it back, at once. @returns whether there was any */
  release(): boolean
}

export function createReserveFile(folder: string): ReserveFile {
  const file = join(folder, NAME)
  const draft = join(folder, DRAFT)
  let making = new AbortController()
  return {
    // One that is being made takes room already.
    held: () => blocksOf(file) + blocksOf(draft),
    async take(size) {
      making = new AbortController()
      const { signal } = making
      try {
        const handle = await open(draft, 'w', 0o600)
        try {
          // Zeros may take no room, and neither may what is the same again.
          for (let written = 0; written < size && !signal.aborted; written += PART) {
            await handle.write(randomFillSync(Buffer.allocUnsafe(Math.min(PART, size - written))))
            await handle.datasync()
          }
        } finally {
          await handle.close()
        }
        if (signal.aborted) await rm(draft, { force: true })
        else await rename(draft, file)
      } catch (cause) {
        await rm(draft, { force: true })
        throw new Error(`Cannot take room for alarms in ${folder}: ${(cause as Error).message}`, { cause })
      }
    },
    release() {
      making.abort()
      return [file, draft].map(giveUp).includes(true)
    },
  }
}

function giveUp(file: string): boolean {
  if (blocksOf(file) === 0) return false
  // Some file systems cannot delete when they are full, but cut.
  truncateSync(file)
  unlinkSync(file)
  return true
}

/** Sparse files are large and take no room. */
function blocksOf(file: string): number {
  const facts = statSync(file, { throwIfNoEntry: false })
  return facts ? Math.min(facts.size, facts.blocks * 512) : 0
}
