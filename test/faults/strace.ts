import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireServer } from '../helpers/servers.ts'
import { tempDir } from '../helpers/temp-dir.ts'

export interface Strace {
  /** The command that runs the hub. */
  readonly through: readonly string[]
  /** The file whose sync was hit, such as `hub.db-wal`; undefined while none was. */
  hit(): string | undefined
}

/** Makes the kernel end the hub when strace dies: being traced, it would go on alone. */
const WITH_STRACE = ['/usr/bin/setpriv', '--pdeathsig', 'KILL', '--']

/**
 * Lets the process run until the n-th fsync or fdatasync of one of its threads, and there does this: `signal=KILL`
 * before anything of it has happened, `error=EIO` instead of it.
 * @param file counts only the syncs of this one
 */
export function atSync(n: number, what: 'signal=KILL' | 'error=EIO', file?: string): Strace {
  const log = join(tempDir('strace'), 'log')
  return {
    through: [
      requireServer('strace'),
      '-f',
      // Stops at these calls only, which is quicker; but then strace 6.1 injects no signals.
      ...(what === 'error=EIO' ? ['--seccomp-bpf'] : []),
      '-y',
      '-o',
      log,
      '-e',
      'trace=fsync,fdatasync',
      '-e',
      `inject=fsync,fdatasync:${what}:when=${n}`,
      ...(file === undefined ? [] : ['-P', file]),
      ...(existsSync(WITH_STRACE[0] ?? '') ? WITH_STRACE : []),
    ],
    hit() {
      if (!existsSync(log)) return undefined
      const lines = readFileSync(log, 'utf8').split('\n')
      const synced = lines.filter((line) => /f(?:data)?sync\(/.test(line))
      // Each thread counts for itself: where it was killed, that was the last.
      const killed = synced.length >= n ? synced.at(-1) : undefined
      const line = what === 'error=EIO' ? synced.find((one) => one.includes('INJECTED')) : killed
      return line && (/<.*\/([^/>]+)>/.exec(line)?.[1] ?? 'unknown')
    },
  }
}
