import { stat } from 'node:fs/promises'
import { listSettings } from '../backup/settings-files.ts'
import { isOpenToAll } from '../source/open-to-all.ts'
import { findingsOf } from './finding.ts'
import type { Finding } from './finding.ts'

/** Whether files with secrets can be read by everybody on the machine. The configuration itself was read already. */
export async function checkConfig(file: string | undefined): Promise<readonly Finding[]> {
  const { ok, warn } = findingsOf('configuration')
  if (file === undefined) return [ok('No file: everything has its default. Name one with --config FILE.')]
  const open: string[] = []
  for (const { from } of await listSettings({ config: file })) {
    // A certificate is there to be shown.
    if (/\.(crt|cer)$|(cert|chain|ca)\.pem$/.test(from)) continue
    const { mode } = await stat(from)
    if (isOpenToAll(mode)) open.push(from)
  }
  return open.length === 0
    ? [ok(`${file} can be used, and its secrets can be read by nobody else.`)]
    : [
        warn(
          `Everybody on this machine can read ${open.join(', ')}.`,
          `chmod o-rwx ${open.join(' ')}; change secrets that others may have seen.`,
        ),
      ]
}
