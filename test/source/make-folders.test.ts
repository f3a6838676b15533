import { statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeFolders } from '../../hub/source/make-folders.ts'
import { tempDir } from '../helpers/temp-dir.ts'

describe('makeFolders', () => {
  it('makes each that is not there, and leaves those that are', () => {
    const root = tempDir('folders')
    const before = statSync(root).mode
    makeFolders(join(root, 'a/b'), 0o700)
    makeFolders(join(root, 'a/b'), 0o755)
    expect([statSync(join(root, 'a')).mode & 0o777, statSync(join(root, 'a/b')).mode & 0o777]).toEqual([
      0o700, 0o700,
    ])
    expect(statSync(root).mode).toBe(before)
  })

  it('makes none where a file is, or a link to nowhere', () => {
    const root = tempDir('folders')
    writeFileSync(join(root, 'file'), '')
    symlinkSync(join(root, 'nowhere'), join(root, 'link'))
    for (const path of ['file', 'file/below', 'link']) {
      expect(() => makeFolders(join(root, path)), path).toThrow(/^(EEXIST|ENOTDIR)/)
    }
  })

  // Node's own goes on for ever there.
  it.runIf(process.platform === 'linux')('ends where the system takes no folder', () => {
    expect(() => makeFolders('/proc/aal/data')).toThrow('no folder can be made in /proc')
  })
})
