import { plainListeners } from '../settings/http-settings.ts'
import type { Config } from '../config.ts'
import { findingsOf } from './finding.ts'
import type { Finding } from './finding.ts'

/** What listens without TLS where others reach it: allowed by the settings, and said each time. */
export function checkPlain(config: Pick<Config, 'mqtt' | 'http'>): readonly Finding[] {
  const { ok, warn } = findingsOf('encryption')
  const plain = plainListeners(config)
  if (plain.length === 0) return [ok('What others than this machine reach is encrypted (TLS).')]
  return plain.map(({ setting, host }) =>
    warn(
      `${setting} listens on ${host} without TLS: whoever is on that network can read passwords and readings.`,
      `Set ${setting === 'http' ? 'http' : 'mqtt'}.tls, or let it listen on loopback only (docs/operations.md, Certificates).`,
    ),
  )
}
