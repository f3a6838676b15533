import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made: string[] = []
process.on('exit', () => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
})

/** A new empty folder; it goes when the test process does. */
export function tempDir(name = 'test'): string {
  const dir = mkdtempSync(join(tmpdir(), `aal-${name}-`))
  made.push(dir)
  return dir
}
