import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Writes a file that only its owner may read: all of it, on the disk, or nothing. */
export async function writeWhole(
  file: string,
  content: string | AsyncIterable<Buffer | Uint8Array>,
): Promise<void> {
  const draft = draftOf(file)
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

/** What it is until it is whole. */
export function draftOf(file: string): string {
  return `${file}.part-${process.pid}`
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
