import { randomBytes } from 'node:crypto'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isOpenToAll } from '../source/open-to-all.ts'
import { makeFolders } from '../source/make-folders.ts'
import { CommandError } from './command-error.ts'

/**
 * The secrets that hub and neighbours share, and which programs read each. Every program has a folder of its own, so
 * that a container can be given its own and no other.
 */
const READERS: Readonly<Record<string, readonly string[]>> = {
  // The hub makes its database, retention and downsampling itself: on InfluxDB 1.x by its user, on 2.x by its token.
  'influxdb-hub': ['hub', 'influxdb'],
  'influxdb-token': ['hub', 'influxdb'],
  // Whoever may look at a dashboard can send any query: Grafana may read, no more.
  'influxdb-read': ['influxdb', 'grafana'],
  'grafana-admin': ['grafana'],
  'node-red-password': ['node-red'],
  'node-red-credential-secret': ['node-red'],
  'kannel-send': ['hub', 'kannel'],
  'kannel-reports': ['hub', 'kannel'],
  'kannel-status': ['hub', 'kannel'],
  'kannel-admin': ['kannel'],
}

/** The secrets that one program reads, of those that `aal init` makes. */
export function secretsFor(reader: string): readonly string[] {
  return Object.keys(READERS).filter((name) => READERS[name]?.includes(reader))
}

/** Whether the group may read them too: in containers, where each program has a user of its own. */
export type Readable = 'owner' | 'group'

/** What `aal init` found or made at one path. */
export interface Placed {
  readonly path: string
  readonly isNew: boolean
}

/**
 * Makes the secrets that are not there yet, one line each.
 * @throws CommandError when one is there and cannot be used
 */
export async function placeSecrets(folder: string, readable: Readable): Promise<readonly Placed[]> {
  const placed: Placed[] = []
  for (const [name, readers] of Object.entries(READERS)) {
    const paths = readers.map((reader) => join(folder, reader, name))
    const there = await Promise.all(paths.map((path) => readSecretLine(path)))
    const known = there.filter((value) => value !== undefined)
    if (new Set(known).size > 1) {
      throw new CommandError(
        `Cannot use ${paths.join(' and ')}: they differ, expected the same secret. Delete the wrong one and run "aal init" again.`,
      )
    }
    // 256 bits, in letters and digits: no program's settings or options read them as anything else.
    const value = known[0] ?? randomBytes(32).toString('hex')
    for (const path of paths) placed.push(await placeFile(path, `${value}\n`, readable))
  }
  return placed
}

/**
 * Writes a file where there is none.
 * @throws CommandError with the reason when it cannot
 */
export async function placeFile(path: string, text: string, readable: Readable): Promise<Placed> {
  await makeFolder(dirname(path), readable)
  const mode = readable === 'group' ? 0o440 : 0o600
  try {
    await writeFile(path, text, { mode, flag: 'wx' })
    // Whatever the umask took away.
    await chmod(path, mode)
    return { path, isNew: true }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return { path, isNew: false }
    throw await cannotWrite(path, cause as NodeJS.ErrnoException)
  }
}

/** @throws CommandError with the reason when it cannot */
export async function makeFolder(path: string, readable: Readable): Promise<void> {
  try {
    makeFolders(path, readable === 'group' ? 0o750 : 0o700)
  } catch (cause) {
    throw await cannotWrite(path, cause as NodeJS.ErrnoException)
  }
}

/** The files that others on this machine could read. */
export async function readableByAll(paths: readonly string[]): Promise<readonly string[]> {
  const modes = await Promise.all(paths.map(async (path) => (await stat(path)).mode))
  return paths.filter((_, index) => isOpenToAll(modes[index] ?? 0))
}

/** The first line of a secret's file; undefined where there is none. @throws CommandError when it cannot be used */
export async function readSecretLine(path: string): Promise<string | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    if (code === 'ENOTDIR') throw await cannotWrite(path, cause as NodeJS.ErrnoException)
    throw new CommandError(`Cannot read the secret ${path}: ${message}`)
  }
  const line = text.split('\n', 1)[0]?.trim() ?? ''
  if (line === '') {
    throw new CommandError(
      `Cannot use ${path}: it is empty, expected a secret in its first line. Delete it and run "aal init" again.`,
    )
  }
  return line
}

async function cannotWrite(path: string, cause: NodeJS.ErrnoException): Promise<CommandError> {
  switch (cause.code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return new CommandError(
        `Cannot make ${path}: a file is where a folder is wanted. Choose another folder: aal init DIR`,
      )
    case 'EACCES':
    case 'EPERM':
      return new CommandError(
        `Cannot write ${path}: ${await ownerOf(path)}. Choose another folder, or change its owner.`,
      )
    case 'EROFS':
      return new CommandError(
        `Cannot write ${path}: it can only be read there. Choose another folder: aal init DIR`,
      )
    default:
      return new CommandError(`Cannot write ${path}: ${cause.message}`)
  }
}

/** Of the first folder above that is there: what whoever runs the command can change. */
async function ownerOf(path: string): Promise<string> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const found = await stat(folder).catch(() => undefined)
    if (found) {
      return `${folder} belongs to uid ${found.uid}, and this runs as uid ${process.getuid?.() ?? '?'}`
    }
    if (folder === dirname(folder)) return 'there is no such folder'
  }
}
