import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DataFolderError } from './data-folder-error.ts'
import { whyNotRead } from '../source/why-not-read.ts'

const FILE = 'link.key'
const BYTES = 32

/**
 * The secret that links and codes are made with, of 256 random bits; made at the first start. It lies beside the
 * database, not in it: whoever gets hold of a copy of the database can make no link from it.
 * @throws DataFolderError
 */
export function loadLinkKey(folder: string): Buffer {
  const path = join(folder, FILE)
  const known = read(path)
  if (known) return known
  // Whole or not at all: half a key, left by a crash, would be refused from then on.
  const draft = `${path}.new`
  try {
    rmSync(draft, { force: true })
    writeFileSync(draft, `${randomBytes(BYTES).toString('base64url')}\n`, {
      mode: 0o600,
      flag: 'wx',
      flush: true,
    })
    linkSync(draft, path)
    rmSync(draft)
  } catch (cause) {
    throw new DataFolderError(`Cannot write ${path}: ${whyNotRead(cause)}`, { cause })
  }
  const made = read(path)
  if (!made) throw new DataFolderError(`Cannot read ${path}: it was written a moment ago and is gone`)
  return made
}

function read(path: string): Buffer | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new DataFolderError(`Cannot read ${path}: ${whyNotRead(cause)}`, { cause })
  }
  const key = Buffer.from(text.trim(), 'base64url')
  if (key.length === BYTES) return key
  throw new DataFolderError(
    `Cannot use ${path}: it holds ${key.length} bytes, expected ${BYTES}. Put it back from a backup, or remove it: links that were sent still work, messages sent from then on carry others.`,
  )
}
