import { describe, expect, it } from 'vitest'
import { BackupError, parseManifest } from '../../hub/backup/manifest.ts'

const manifest = (path: string): string =>
  JSON.stringify({
    format: 1,
    madeAt: 0,
    versions: { hub: '0.1.0', node: '24', sqlite: '3', schema: 1 },
    database: { aliveAt: 0, counts: {}, audit: null },
    settings: {},
    left: [],
    files: [{ path, bytes: 1, sha256: '0'.repeat(64) }],
  })

/** Whoever knows a public key can make a backup that it opens: what is in one is not believed. */
describe('parseManifest', () => {
  it.each([
    '../hub.db',
    'data/../../etc/cron.d/x',
    'data/..',
    'data/./x',
    '/etc/passwd',
    'data//etc/passwd',
    'data',
    'data/a\\..\\..\\x',
    'data/a\0b',
    'elsewhere/x',
    '',
  ])('refuses a file that would lie elsewhere than below: %j', (path) => {
    expect(() => parseManifest(manifest(path))).toThrow(BackupError)
  })

  it('takes one below', () => {
    expect(parseManifest(manifest('data/certificates/..hidden/ca.pem')).files).toHaveLength(1)
  })
})
