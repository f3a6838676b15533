import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import type { SchemaCopy } from '../../hub/database/copy-before-migration.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import { MIGRATIONS } from '../../hub/database/schema.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const NOW = MIGRATIONS.length

/** A data folder as a hub of before left it, with something in its journal. */
function folderOf(version: number, entries = 3): string {
  const folder = join(tempDir('older'), 'data')
  mkdirSync(folder)
  const db = new DatabaseSync(join(folder, 'hub.db'))
  db.exec('PRAGMA journal_mode = WAL')
  for (const step of MIGRATIONS.slice(0, version)) db.exec(`BEGIN; ${step}; COMMIT`)
  db.exec(`PRAGMA user_version = ${version}`)
  const put = db.prepare("INSERT INTO journal (seq, now, type, body) VALUES (?, 1, 'tick', '{}')")
  for (let seq = 1; seq <= entries; seq++) put.run(seq)
  db.close()
  return folder
}

function open(folder: string): SchemaCopy | undefined {
  let copy: SchemaCopy | undefined
  openDatabase(folder, { onMigrated: (made) => (copy = made) }).close()
  return copy
}

function read(file: string): { version: number; entries: number; tables: string[] } {
  const db = new DatabaseSync(file, { readOnly: true })
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  const { n: entries } = db.prepare('SELECT count(*) AS n FROM journal').get() as { n: number }
  const tables = db.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').all() as {
    sql: string
  }[]
  db.close()
  return { version, entries, tables: tables.map(({ sql }) => sql) }
}

describe('a database that a newer hub brings up to date', () => {
  it('is copied before, as it was, for its owner alone', () => {
    const folder = folderOf(NOW - 1)
    const before = read(join(folder, 'hub.db'))
    const file = join(folder, 'backups', `before-${NOW}.db`)
    expect(open(folder)).toEqual({ file, from: NOW - 1, to: NOW })
    expect(read(file)).toEqual(before)
    expect(statSync(join(folder, 'backups')).mode & 0o777).toBe(0o700)
    expect(read(join(folder, 'hub.db')).version).toBe(NOW)
  })

  it('can be put back: it is what the hub of before left, and can be brought up to date again', () => {
    const folder = folderOf(NOW - 1)
    const before = read(join(folder, 'hub.db'))
    open(folder)
    // docs/operations.md, Going back
    for (const part of ['', '-wal', '-shm']) rmSync(join(folder, `hub.db${part}`), { force: true })
    copyFileSync(join(folder, 'backups', `before-${NOW}.db`), join(folder, 'hub.db'))
    expect(read(join(folder, 'hub.db'))).toEqual(before)
    expect(open(folder)).toMatchObject({ from: NOW - 1, to: NOW })
    expect(read(join(folder, 'hub.db'))).toMatchObject({ version: NOW, entries: 3 })
  })

  it('leaves the two newest copies, and what is no such copy', () => {
    const folder = folderOf(NOW - 1)
    mkdirSync(join(folder, 'backups'))
    for (const name of ['before-02.db', 'before-09.db', 'before-09.db.mine', 'last.json']) {
      writeFileSync(join(folder, 'backups', name), '')
    }
    open(folder)
    expect(readdirSync(join(folder, 'backups')).toSorted()).toEqual(
      ['before-09.db', 'before-09.db.mine', `before-${NOW}.db`, 'last.json'].toSorted(),
    )
  })

  it('is not copied when it is new, or of this version', () => {
    const folder = join(tempDir('new'), 'data')
    expect(open(folder)).toBeUndefined()
    expect(open(folder)).toBeUndefined()
    expect(readdirSync(folder)).not.toContain('backups')
  })

  it('is not changed when it cannot be copied', () => {
    const folder = folderOf(NOW - 1)
    writeFileSync(join(folder, 'backups'), 'a file is in the way')
    expect(() => open(folder)).toThrow(/Cannot copy the database .* It was not changed/)
    expect(read(join(folder, 'hub.db')).version).toBe(NOW - 1)
  })
})
