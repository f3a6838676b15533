import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createAuditStore } from '../database/audit.ts'
import { readCopyFacts, readOpenThen } from '../database/copy-facts.ts'
import type { OpenThen } from '../database/copy-facts.ts'
import type { SchemaCopy } from '../database/copy-before-migration.ts'
import { DataFolderError } from '../database/data-folder-error.ts'
import { ASIDE, lockFolder, openDatabase } from '../database/open-database.ts'
import { noteRestored } from '../database/restored-note.ts'
import { MIGRATIONS } from '../database/schema.ts'
import { createAudit } from '../people/create-audit.ts'
import { makeFolders } from '../source/make-folders.ts'
import { readArchive } from './archive.ts'
import { checkOwner } from './check-owner.ts'
import { eraseAgain } from './erase-again.ts'
import { ERASED_LIST, readErasedList } from './erased-list.ts'
import type { Erased } from './erased-list.ts'
import type { Key } from './cipher.ts'
import { BackupError } from './manifest.ts'
import type { Manifest } from './manifest.ts'
import { timeInName } from './name.ts'
import { syncFolder } from './write-whole.ts'

export interface RestoreOptions {
  readonly file: string
  readonly key: Key | undefined
  /** The data folder to be: empty, or not there. */
  readonly folder: string
  /** What is in the folder is moved aside, below it. */
  readonly force?: boolean
  /** So long after its start the hub tells nobody of what was open then, ms. */
  readonly quiet: number
  /** A list of who was erased, kept elsewhere; those beside the backup and in the folder are read anyway. */
  readonly erasures?: string
  readonly now: () => number
  readonly onProgress?: (bytes: number) => void
}

export interface RestoredBackup {
  readonly manifest: Manifest
  /** What was open when the backup was made. */
  readonly open: readonly OpenThen[]
  /** Where what was in the folder lies now. */
  readonly aside?: string
  /** Where `hub.yaml`, rules and the files it names lie now; not given: the backup has none. */
  readonly settings?: string
  /** Who was erased since the backup was made, and has been erased again. */
  readonly erased: readonly Erased[]
  /** The database was of an older hub, and was brought up to date. */
  readonly migrated?: SchemaCopy
}

/**
 * Restores a backup into a folder; there is nothing in it before all was checked.
 * @throws BackupError or DataFolderError
 */
export async function restoreBackup(options: RestoreOptions): Promise<RestoredBackup> {
  const { file, key, folder, force = false, now, onProgress } = options
  try {
    makeFolders(folder, 0o700)
  } catch (cause) {
    throw new BackupError(
      `Cannot restore into ${folder}: ${(cause as Error).message}. Choose another folder with --data DIR.`,
      { cause },
    )
  }
  await checkOwner(folder, `Cannot restore into ${folder}`, 'restore')
  const before = (await readdir(folder)).filter((name) => name !== 'lost+found')
  if (before.length > 0) refuseUsed(folder, before, force)
  const work = await mkdtemp(join(folder, `${ASIDE}work-`))
  try {
    const manifest = await readArchive({
      file,
      key,
      onManifest: checkVersion,
      async keep({ path }, content) {
        const to = join(work, path)
        await mkdir(dirname(to), { recursive: true, mode: 0o700 })
        await pipeline(content, createWriteStream(to, { mode: 0o600, flags: 'wx', flush: true }))
      },
      ...(onProgress && { onRead: onProgress }),
    })
    const data = join(work, 'data')
    checkCounts(manifest, join(data, 'hub.db'))
    const migrated = await bringUpToDate(data, manifest, options)
    const since = await erasedSince(manifest.madeAt, options)
    const erased = await eraseAgain(data, since, now)
    // The copy of before has them still.
    if (erased.length > 0 && migrated) await rm(migrated.file)
    const open = readOpenThen(join(data, 'hub.db'))
    const aside = before.length === 0 ? undefined : join(folder, `${ASIDE}${timeInName(now())}`)
    if (aside !== undefined) await moveAll(folder, before, aside)
    const settings = Object.keys(manifest.settings).length > 0 ? join(folder, 'restored') : undefined
    if (settings !== undefined) await rename(join(work, 'settings'), settings)
    // The database comes last: a hub starts on no folder that has what was moved aside, and no database.
    const names = (await readdir(data)).filter((name) => !name.startsWith('lock.db'))
    for (const name of names.toSorted((a, b) => Number(isDatabase(a)) - Number(isDatabase(b)))) {
      await rename(join(data, name), join(folder, name))
    }
    await syncFolder(folder)
    return {
      manifest,
      open,
      erased,
      ...(aside !== undefined && { aside }),
      ...(settings !== undefined && { settings }),
      ...(migrated && { migrated: { ...migrated, file: join(folder, relative(data, migrated.file)) } }),
    }
  } catch (cause) {
    if (cause instanceof BackupError || cause instanceof DataFolderError) throw cause
    throw new BackupError(`Cannot restore into ${folder}: ${(cause as Error).message}`, { cause })
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

function isDatabase(name: string): boolean {
  return name.startsWith('hub.db')
}

function refuseUsed(folder: string, names: readonly string[], force: boolean): void {
  if (!force) {
    throw new BackupError(
      `Cannot restore into ${folder}: it is not empty. Choose another with --data DIR, or move what is in it aside with --force.`,
    )
  }
  if (names.includes('lock.db')) lockFolder(folder).close()
}

function checkVersion({ versions }: Manifest): void {
  if (versions.schema <= MIGRATIONS.length) return
  throw new BackupError(
    `Cannot restore the backup: its schema is version ${versions.schema}, this hub knows ${MIGRATIONS.length}. Restore it with hub ${versions.hub} or newer.`,
  )
}

function checkCounts({ versions, database }: Manifest, file: string): void {
  const { schema, counts } = readCopyFacts(file)
  const other = Object.entries(counts).find(([name, count]) => database.counts[name] !== count)
  if (schema === versions.schema && !other) return
  throw new BackupError('The backup is not whole: its database is not what its manifest says')
}

/** Opens it once, as a hub would; and notes for its first start, and for whoever asks, that it was restored. */
async function bringUpToDate(
  data: string,
  { madeAt }: Manifest,
  { quiet, now }: RestoreOptions,
): Promise<SchemaCopy | undefined> {
  let migrated: SchemaCopy | undefined
  const { db, close } = openDatabase(data, { onMigrated: (copy) => (migrated = copy) })
  try {
    noteRestored(db, { madeAt, quiet })
    const why = `of ${new Date(madeAt).toISOString()}`
    await createAudit(createAuditStore(db), now).write({
      who: 'hub',
      what: 'hub.restore',
      why,
      from: 'socket',
    })
  } finally {
    close()
  }
  return migrated
}

/** From the folder that is replaced, from beside the backup, and from where somebody says. */
async function erasedSince(madeAt: number, { folder, file, erasures }: RestoreOptions): Promise<Erased[]> {
  const files = [join(folder, ERASED_LIST), join(dirname(file), ERASED_LIST), ...(erasures ? [erasures] : [])]
  const all = (await Promise.all(files.map((one) => readErasedList(one)))).flat()
  if (erasures !== undefined && all.length === 0) await stat(erasures)
  const one = new Map(
    all.filter(({ at }) => at > madeAt).map((erased) => [`${erased.home}|${erased.resident ?? ''}`, erased]),
  )
  return [...one.values()].toSorted((a, b) => a.at - b.at)
}

async function moveAll(folder: string, names: readonly string[], to: string): Promise<void> {
  await mkdir(to, { mode: 0o700 })
  for (const name of names) {
    // What was moved aside before stays where it is.
    if (!name.startsWith(ASIDE)) await rename(join(folder, name), join(to, name))
  }
}
