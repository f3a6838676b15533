import { spawnSync } from 'node:child_process'
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { startServer } from '../helpers/server-process.ts'
import { tempDir } from '../helpers/temp-dir.ts'

/** A file system of its own, as small as is wanted, that goes when the test does. */
export interface SmallDisk {
  /** For a hub that has its data folder on it. */
  readonly hub: { readonly data: string; readonly dataHere: string; readonly through: readonly string[] }
  /** Writes a file until no more than so many bytes are left. */
  fill(left: number): void
  /** Takes the file away again. */
  empty(): void
  stop(): Promise<void>
}

/**
 * For `describe.skipIf(cannotMount())`. Says so on stderr.
 * @throws Error when CI=true: there a test that did not run is a failure
 */
export function cannotMount(): boolean {
  if (process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0) return false
  if (process.env['CI'] === 'true') throw new Error('Cannot mount: the tests of a full disk must run as root')
  console.warn('Cannot mount without being root: the tests of a full disk are skipped.')
  return true
}

/** @param size bytes */
export async function startSmallDisk(size: number): Promise<SmallDisk> {
  const folder = tempDir('small-disk')
  let isMounted = false
  // What is mounted goes with the last process that sees it.
  const keeper = await startServer({
    name: 'the small disk',
    command: 'unshare',
    args: [
      '-m',
      'sh',
      '-c',
      `mount -t tmpfs -o size=${size} tmpfs "$1" && echo mounted && exec sleep 3600`,
      'sh',
      folder,
    ],
    onLine: (line) => (isMounted ||= line === 'mounted'),
    ready: () => isMounted,
  })
  const here = `/proc/${keeper.pid}/root${folder}`
  const ballast = join(here, 'ballast')
  return {
    hub: {
      data: join(folder, 'data'),
      dataHere: join(here, 'data'),
      through: ['nsenter', `--mount=/proc/${keeper.pid}/ns/mnt`, '--'],
    },
    fill(left) {
      const file = openSync(ballast, 'a')
      try {
        for (;;) {
          const { bavail, bsize } = statfsSync(here)
          const more = Math.min(bavail * bsize - left, 1024 * 1024)
          if (more <= 0) return
          writeSync(file, Buffer.alloc(more))
        }
      } catch (cause) {
        // Somebody else took the rest.
        if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause
      } finally {
        closeSync(file)
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    stop: () => keeper.stop('SIGKILL'),
  }
}
