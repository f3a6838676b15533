import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Writes a file that only its owner may read: all of it, on the disk, or nothing.
 * @param draft what it is until it is whole
 */
export async function writeWhole(
  file: string,
  content: string | AsyncIterable<Buffer | Uint8Array>,
  draft = draftOf(file),
): Promise<void> {
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(content)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, file)
  } catch (cause) {
    await rm(draft, { force: true })
    throw cause
  }
  await syncFolder(dirname(file))
}

/** A name beside it that nobody else takes: in each container the number of the process is 1. */
export function draftOf(file: string): string {
  return `${file}.part-${randomUUID().slice(0, 8)}`
}

/** Of which file it is a draft; undefined when it is none. */
export function fileOfDraft(name: string): string | undefined {
  return /^(.+)\.part-[0-9a-f]{8}$/.exec(name)?.[1]
}

/** What was renamed in it stays so. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
