import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from './at-exit.ts'

/** A new empty folder; it goes when the test process does. */
export function tempDir(name = 'test'): string {
  const dir = mkdtempSync(join(tmpdir(), `aal-${name}-`))
  atExit(() => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }))
  return dir
}
