import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib'
import { create, Parser } from 'tar'
import type { ReadEntry } from 'tar'
import { decrypt, encrypt, howClosed } from './cipher.ts'
import type { Closed, Key, Lock } from './cipher.ts'
import { BackupError, parseManifest } from './manifest.ts'
import type { Manifest, ManifestFile } from './manifest.ts'

export const MANIFEST = 'manifest.json'
const LARGEST_MANIFEST = 16 * 1024 * 1024
/** Enough for the header of age, which says who can open it. */
const HEAD = 2048

/** A tar of the files, packed by zstd and encrypted in the format of age: `age -d FILE | zstd -d | tar x` opens it. */
export async function packArchive(
  folder: string,
  paths: readonly string[],
  lock: Lock,
  onRead: (bytes: number) => void,
): Promise<Readable> {
  const tar = create({ cwd: folder, portable: true }, [MANIFEST, ...paths])
  const packed = createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } })
  // An error of either is one of what is read from here.
  pipeline(Readable.from(counted(tar, onRead)), packed).catch((cause: unknown) =>
    packed.destroy(cause as Error),
  )
  return await encrypt(packed, lock)
}

/** How a file is closed. @throws BackupError when it is no backup */
export async function readHow(file: string): Promise<Closed> {
  const handle = await open(file).catch((cause: unknown) => {
    throw new BackupError(`Cannot read ${file}: ${(cause as Error).message}`, { cause })
  })
  try {
    const head = Buffer.alloc(HEAD)
    const { bytesRead } = await handle.read(head, 0, HEAD, 0)
    return howClosed(head.subarray(0, bytesRead))
  } finally {
    await handle.close()
  }
}

export interface ReadOptions {
  readonly file: string
  readonly key: Key | undefined
  /** Called once, before any file; it may throw. */
  readonly onManifest?: (manifest: Manifest) => void | Promise<void>
  /** Takes what a file holds; its hash is checked whoever takes it. Not given: nobody does. */
  readonly keep?: (file: ManifestFile, content: Readable) => Promise<void>
  /** Bytes of the file on disk that were read. */
  readonly onRead?: (bytes: number) => void
}

/**
 * Reads a backup from its first byte to its last, and checks that every file is what the manifest says. Memory does not
 * grow with its size.
 * @throws BackupError
 */
export async function readArchive({ file, key, onManifest, keep, onRead }: ReadOptions): Promise<Manifest> {
  const raw = Readable.from(counted(createReadStream(file, { highWaterMark: 256 * 1024 }), onRead))
  const parser = new Parser({ strict: true })
  let manifest: Manifest | undefined
  let waiting: readonly ManifestFile[] = []

  async function take(entry: ReadEntry): Promise<void> {
    if (!manifest) {
      if (entry.path !== MANIFEST || entry.size > LARGEST_MANIFEST) {
        throw new BackupError('Cannot use the backup: it does not begin with a manifest')
      }
      manifest = parseManifest((await readAll(entry)).toString('utf8'))
      waiting = manifest.files
      await onManifest?.(manifest)
      return
    }
    const [expected, ...rest] = waiting
    if (entry.path !== expected?.path || entry.size !== expected.bytes || entry.type !== 'File') {
      throw new BackupError(`The backup is not whole: "${entry.path}" is not what its manifest says`)
    }
    waiting = rest
    const hash = createHash('sha256')
    const content = Readable.from(hashed(entry, hash))
    if (keep) await keep(expected, content)
    else await finished(content.resume())
    if (hash.digest('hex') !== expected.sha256) {
      throw new BackupError(`The backup is not whole: ${expected.path} was changed`)
    }
  }

  // One after another: an entry is over before the next one begins.
  let last = Promise.resolve()
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => {})
  parser.on('entry', (entry: ReadEntry) => {
    last = last.then(() => take(entry))
    last.catch(failed.reject)
  })
  try {
    const opened = await decrypt(raw, await readHow(file), key)
    const unpacked = createZstdDecompress()
    const moved = pipeline(opened, unpacked)
    moved.catch(() => {})
    for await (const part of unpacked) {
      if (!parser.write(part as Buffer)) await Promise.race([once(parser, 'drain'), failed.promise])
    }
    await moved
    parser.end()
    await last
  } catch (cause) {
    raw.destroy()
    if (cause instanceof BackupError) throw cause
    throw new BackupError(`The backup is not whole: ${(cause as Error).message}`, { cause })
  }
  if (!manifest) throw new BackupError('The backup is not whole: it is empty')
  if (waiting.length > 0) throw new BackupError(`The backup is not whole: ${waiting[0]?.path} is not in it`)
  return manifest
}

async function* counted(
  parts: AsyncIterable<Buffer>,
  onRead: ((bytes: number) => void) | undefined,
): AsyncGenerator<Buffer> {
  for await (const part of parts) {
    onRead?.(part.length)
    yield part
  }
}

async function readAll(entry: ReadEntry): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of entry) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

async function* hashed(entry: ReadEntry, hash: ReturnType<typeof createHash>): AsyncGenerator<Buffer> {
  for await (const part of entry) {
    hash.update(part as Buffer)
    yield part as Buffer
  }
}
