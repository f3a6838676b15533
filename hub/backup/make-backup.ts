import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, rm, stat, statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import packageJson from '../../package.json' with { type: 'json' }
import { BACKUPS } from '../database/backups-folder.ts'
import { copyDatabase } from '../database/copy-database.ts'
import { readCopyFacts } from '../database/copy-facts.ts'
import { DataFolderError } from '../database/data-folder-error.ts'
import { hasDatabase, lockFolder } from '../database/open-database.ts'
import { makeFolders } from '../source/make-folders.ts'
import { whyNotRead } from '../source/why-not-read.ts'
import { packArchive, MANIFEST } from './archive.ts'
import { checkOwner } from './check-owner.ts'
import { checkRecipient } from './cipher.ts'
import type { Lock } from './cipher.ts'
import { listDataFiles } from './data-files.ts'
import { ERASED_LIST, erasedIn, writeErasedList } from './erased-list.ts'
import { noteLastBackup } from './last-backup.ts'
import { BackupError, FORMAT } from './manifest.ts'
import type { Manifest, ManifestFile } from './manifest.ts'
import { dropLeftDrafts } from './name.ts'
import { listSettings } from './settings-files.ts'
import type { SettingsFrom } from './settings-files.ts'
import { draftOf, writeWhole } from './write-whole.ts'

/** The hub must be able to go on writing beside the copy. */
const ROOM_LEFT = 500 * 1024 * 1024
const WORK = 'work-'
/** Whoever made a work folder has locked it by then, ms. */
const LOCKED_BY = 60_000

export type Phase = 'copy' | 'check' | 'hash' | 'write'

export interface MakeOptions {
  /** The data folder. */
  readonly folder: string
  readonly settings: SettingsFrom
  /** The backup: it must not be there yet. */
  readonly file: string
  readonly lock: Lock
  /** Where the copy of the database lies meanwhile, unencrypted; in the data folder when not given. */
  readonly work?: string
  readonly onProgress?: (phase: Phase, done: number, of: number) => void
  /** Told of what is there meanwhile, and must not stay when this process is ended. */
  readonly onDraft?: (path: string) => void
  readonly now: () => number
}

export interface MadeBackup {
  readonly file: string
  readonly bytes: number
  readonly manifest: Manifest
}

/**
 * Makes a backup of a data folder, whether or not a hub uses it.
 * @throws BackupError or DataFolderError; then there is no file, and no old one is gone
 */
export async function makeBackup(options: MakeOptions): Promise<MadeBackup> {
  const { folder, file, lock, onProgress = () => {}, onDraft } = options
  if (!hasDatabase(folder)) throw new BackupError(`Cannot find a hub's data in ${folder}: there is no hub.db`)
  await checkOwner(join(folder, 'hub.db'), `Cannot back up ${folder}`, 'backup')
  await refuseExisting(file)
  const draft = draftOf(file)
  await refuseUnwritable(draft)
  await dropLeftDrafts(dirname(file), options.now())
  if (lock.type === 'recipients') lock.recipients.forEach((one) => checkRecipient(one))
  const work = await makeWorkFolder(options.work ?? join(folder, BACKUPS))
  onDraft?.(work)
  const held = lockFolder(work)
  try {
    await checkRoom(folder, work)
    const madeAt = options.now()
    const { paths, left, settings } = await gather(options, work)
    onProgress('check', 0, 1)
    const { schema, sqlite, ...database } = readCopyFacts(join(work, 'data', 'hub.db'))
    onProgress('check', 1, 1)
    const files = await hashAll(work, paths, onProgress)
    const manifest: Manifest = {
      format: FORMAT,
      madeAt,
      versions: { hub: packageJson.version, node: process.versions.node, sqlite, schema },
      database,
      settings,
      left: [...left],
      files: [...files],
    }
    await writeFile(join(work, MANIFEST), `${JSON.stringify(manifest, undefined, 2)}\n`)
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
    let done = 0
    const packed = await packArchive(work, paths, lock, (bytes) => {
      done += bytes
      onProgress('write', Math.min(done, total), total)
    })
    onDraft?.(draft)
    await writeWhole(file, packed, draft).catch((cause: unknown) => {
      throw new BackupError(`Cannot write ${file}: ${whyNotRead(cause)}. There is no new backup.`, {
        cause,
      })
    })
    const { size: bytes } = await stat(file)
    // Whoever restores it later has to know who was erased since: each newer backup writes it anew.
    const erased = erasedIn(join(work, 'data', 'hub.db'))
    if (erased.length > 0) await writeErasedList(join(dirname(file), ERASED_LIST), erased)
    await noteLastBackup(folder, { madeAt, file, bytes, isEncrypted: lock.type !== 'plain' })
    return { file, bytes, manifest }
  } finally {
    held.close()
    await rm(work, { recursive: true, force: true })
  }
}

/** Lays everything out in the work folder as it is in the archive. */
async function gather({ folder, settings: from, onProgress = () => {} }: MakeOptions, work: string) {
  await mkdir(join(work, 'data'))
  await copyDatabase(folder, join(work, 'data', 'hub.db'), ({ done, of }) => onProgress('copy', done, of))
  const { files, left } = await listDataFiles(folder)
  const paths = ['data/hub.db']
  const missing: string[] = []
  for (const name of files) {
    if (await lay(join(folder, name), join(work, 'data', name))) paths.push(`data/${name}`)
    else missing.push(name)
  }
  const settings: Record<string, string> = {}
  for (const one of await listSettings(from)) {
    const to = `settings/${one.to}`
    if (!(await lay(one.from, join(work, to)))) {
      missing.push(one.from)
      continue
    }
    paths.push(to)
    settings[to] = one.from
  }
  return { paths, left: [...left, ...missing], settings }
}

/** @returns whether it could be read: what went meanwhile, or is not ours to read, is said and is no reason to stop */
async function lay(from: string, to: string): Promise<boolean> {
  await mkdir(dirname(to), { recursive: true })
  return copyFile(from, to).then(
    () => true,
    (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT' || cause.code === 'EACCES') return false
      throw cause
    },
  )
}

async function hashAll(
  work: string,
  paths: readonly string[],
  onProgress: NonNullable<MakeOptions['onProgress']>,
): Promise<readonly ManifestFile[]> {
  const sizes = await Promise.all(paths.map(async (path) => (await stat(join(work, path))).size))
  const total = sizes.reduce((a, b) => a + b, 0)
  let done = 0
  const files: ManifestFile[] = []
  for (const [index, path] of paths.entries()) {
    const hash = createHash('sha256')
    const content = createReadStream(join(work, path), { highWaterMark: 1024 * 1024 })
    content.on('data', (part) => onProgress('hash', (done += part.length), total))
    await pipeline(content, hash)
    files.push({ path, bytes: sizes[index] ?? 0, sha256: hash.digest('hex') })
  }
  return files
}

async function refuseExisting(file: string): Promise<void> {
  const facts = await stat(file).catch(() => undefined)
  if (facts)
    throw new BackupError(`Cannot write ${file}: it is there already. Choose another name, or a folder.`)
  await stat(dirname(file)).catch((cause: unknown) => {
    throw new BackupError(`Cannot write ${file}: there is no folder ${dirname(file)}`, { cause })
  })
}

/** Before the long copy. */
async function refuseUnwritable(draft: string): Promise<void> {
  try {
    await writeFile(draft, '', { mode: 0o600, flag: 'wx' })
    await rm(draft)
  } catch (cause) {
    const isOdd = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    throw new BackupError(
      `Cannot write a backup into the folder ${dirname(draft)}: ${isOdd ? 'no file can be made there' : whyNotRead(cause)}. Name a folder that you may write to.`,
      { cause },
    )
  }
}

async function checkRoom(folder: string, work: string): Promise<void> {
  const [{ size }, disk] = await Promise.all([stat(join(folder, 'hub.db')), statfs(work)])
  const [needed, free] = [size + ROOM_LEFT, disk.bavail * disk.bsize]
  if (free >= needed) return
  throw new BackupError(
    `Cannot make the backup: the copy of the database needs ${mb(needed)} MB in ${dirname(work)}, and ${mb(free)} MB are free. Make room, or name another folder with --work DIR: the copy lies there unencrypted until the backup is made.`,
  )
}

function mb(bytes: number): number {
  return Math.round(bytes / 1e6)
}

/** One for this process alone. What others left that were killed goes. */
async function makeWorkFolder(parent: string): Promise<string> {
  try {
    makeFolders(parent, 0o700)
  } catch (cause) {
    throw new BackupError(
      `Cannot make the backup: its copy of the database cannot lie in ${parent}: ${(cause as Error).message}. Choose another folder with --work DIR.`,
      { cause },
    )
  }
  for (const name of await readdir(parent)) {
    const other = join(parent, name)
    if (name.startsWith(WORK) && (await isLeft(other))) await rm(other, { recursive: true, force: true })
  }
  return await mkdtemp(join(parent, WORK))
}

/** The lock is the kernel's: it goes with the process, which may have the number of this one in another container. */
async function isLeft(work: string): Promise<boolean> {
  const facts = await stat(work).catch(() => undefined)
  if (!facts?.isDirectory() || Date.now() - facts.mtimeMs < LOCKED_BY) return false
  try {
    lockFolder(work).close()
    return true
  } catch (cause) {
    if (cause instanceof DataFolderError) return false
    throw cause
  }
}
