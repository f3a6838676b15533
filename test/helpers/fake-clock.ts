import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { requireServer } from './servers.ts'
import { tempDir } from './temp-dir.ts'

/** The wall clock of a process, which the test sets; how fast time goes by (timers, time-outs) stays as it is. */
export interface FakeClock {
  /** For `through` of a hub. */
  readonly through: readonly string[]
  /** From now on it shows so much more than the machine's, ms. */
  shift(ms: number): void
  /** From now on it stands still at this time, ms since 1970. */
  stand(at: number): void
}

export function createFakeClock(): FakeClock {
  const dir = tempDir('clock')
  const file = join(dir, 'faketime')
  // The process reads it each time it looks at the clock: it must find a whole line.
  const write = (line: string): void => {
    writeFileSync(`${file}.new`, `${line}\n`)
    renameSync(`${file}.new`, file)
  }
  write('+0')
  return {
    through: [
      '/usr/bin/env',
      `LD_PRELOAD=${requireServer('libfaketime')}`,
      'FAKETIME_DONT_FAKE_MONOTONIC=1',
      'FAKETIME_NO_CACHE=1',
      `FAKETIME_TIMESTAMP_FILE=${file}`,
    ],
    shift: (ms) => write(`${ms < 0 ? '-' : '+'}${Math.abs(ms / 1000)}`),
    // Without a zone it is by the TZ of the process, which is UTC.
    stand: (at) => write(new Date(at).toISOString().slice(0, 19).replace('T', ' ')),
  }
}
