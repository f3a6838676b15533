import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { DataFolderError } from '../../hub/database/data-folder-error.ts'
import { hasDatabase, openDatabase } from '../../hub/database/open-database.ts'
import { createPersonStore } from '../../hub/database/people.ts'
import { createSessionStore } from '../../hub/database/sessions.ts'
import { MIGRATIONS } from '../../hub/database/schema.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const newFolder = (): string => join(tempDir('database'), 'data')

function failure(folder: string): DataFolderError {
  try {
    openDatabase(folder).close()
  } catch (error) {
    if (error instanceof DataFolderError) return error
    throw error
  }
  throw new Error('It opened')
}

describe('openDatabase', () => {
  it('makes a folder that only its owner can read, and a database that waits for the disk', () => {
    const folder = newFolder()
    expect(hasDatabase(folder)).toBe(false)
    const { db, close } = openDatabase(folder)
    expect((statSync(folder).mode & 0o777).toString(8)).toBe('700')
    const pragma = (name: string): unknown => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]
    expect(pragma('journal_mode')).toBe('wal')
    // 2 is FULL: the commit returns after the sync.
    expect(pragma('synchronous')).toBe(2)
    expect(pragma('user_version')).toBe(MIGRATIONS.length)
    close()
    expect(hasDatabase(folder)).toBe(true)
  })

  it('keeps its files to their owner in a folder that is open to all, and says which were not', () => {
    const folder = newFolder()
    mkdirSync(folder, { mode: 0o755 })
    const told: unknown[] = []
    const open = () =>
      openDatabase(folder, {
        onOpenToOthers: (files) => told.push(files.map(({ file, isShut }) => [basename(file), isShut])),
      })
    const modes = () =>
      ['hub.db', 'hub.db-wal', 'hub.db-shm', 'lock.db'].map(
        (name) => statSync(join(folder, name)).mode & 0o777,
      )
    const first = open()
    first.db.exec("INSERT INTO note (key, value) VALUES ('x', '1')")
    expect(modes()).toEqual([0o600, 0o600, 0o600, 0o600])
    expect(told).toEqual([])
    first.close()
    chmodSync(join(folder, 'hub.db'), 0o644)
    const second = open()
    expect(told).toEqual([[['hub.db', true]]])
    expect(modes()).toEqual([0o600, 0o600, 0o600, 0o600])
    second.close()
  })

  it('keeps what is there when it opens again', () => {
    const folder = newFolder()
    const first = openDatabase(folder)
    first.db.exec("INSERT INTO note (key, value) VALUES ('x', '1')")
    first.close()
    const second = openDatabase(folder)
    expect(second.db.prepare("SELECT value FROM note WHERE key = 'x'").get()).toEqual({ value: '1' })
    second.close()
  })

  it('takes a database of the first schema over, with its alerts, and an alert may then be without a home', () => {
    const folder = newFolder()
    mkdirSync(folder)
    const old = new DatabaseSync(join(folder, 'hub.db'))
    old.exec(`${MIGRATIONS[0]}; PRAGMA user_version = 1`)
    old.exec(`INSERT INTO alert (id, home, is_open, opened_at, body) VALUES
      ('a1', 'h1', 1, 5, '{"id":"a1","home":"h1"}'), ('a2', 'h2', 0, 4, '{"id":"a2","home":"h2"}')`)
    old.close()
    const { db, close } = openDatabase(folder)
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: MIGRATIONS.length })
    expect(
      db.prepare('SELECT id, home, is_open, opened_at, body FROM alert ORDER BY id').all(),
    ).toMatchObject([
      { id: 'a1', home: 'h1', is_open: 1, opened_at: 5, body: expect.stringContaining('"home":"h1"') },
      { id: 'a2', home: 'h2', is_open: 0, opened_at: 4, body: expect.stringContaining('"home":"h2"') },
    ])
    expect(db.prepare("SELECT name FROM sqlite_master WHERE name = 'alert_open'").get()).toBeDefined()
    db.exec("INSERT INTO alert (id, home, is_open, opened_at, body) VALUES ('a3', NULL, 1, 6, '{}')")
    close()
    openDatabase(folder).close()
  })

  it('knows of an alert of before who was told since it was reopened, so that nobody is skipped', () => {
    const folder = newFolder()
    mkdirSync(folder)
    const old = new DatabaseSync(join(folder, 'hub.db'))
    old.exec(`${MIGRATIONS.slice(0, 2).join(';')}; PRAGMA user_version = 2`)
    old.exec(`INSERT INTO alert (id, home, is_open, opened_at, body) VALUES
      ('a1', 'h1', 1, 5, '{"id":"a1","home":"h1","position":2,"step":7}')`)
    const event = old.prepare('INSERT INTO alert_event (seq, alert, what, body) VALUES (?, ?, ?, ?)')
    event.run(3, 'a1', 'reopened', '{"now":1000}')
    const told = old.prepare(
      'INSERT INTO notification (id, alert, state, queued_at, body) VALUES (?, ?, ?, ?, ?)',
    )
    for (const [step, contact, template, at] of [
      [1, 'carl', 'alert', 500],
      [5, 'anne', 'alert', 1000],
      [6, 'berit', 'alert', 2000],
      [7, 'anne', 'unclear', 3000],
    ] as const) {
      told.run(`n${step}`, 'a1', 'queued', at, JSON.stringify({ contact, template, step }))
    }
    old.close()
    const { db, close } = openDatabase(folder)
    const { body } = db.prepare('SELECT body FROM alert').get() as { body: string }
    expect(JSON.parse(body)).toEqual({
      id: 'a1',
      home: 'h1',
      step: 7,
      progress: { round: 0, told: ['contact:anne', 'contact:berit'], asked: ['contact:berit'] },
    })
    close()
  })

  it("takes open alerts of before about safety for alarms, which nobody's quiet hours hold back", () => {
    const folder = newFolder()
    mkdirSync(folder)
    const old = new DatabaseSync(join(folder, 'hub.db'))
    old.exec(`${MIGRATIONS.slice(0, 4).join(';')}; PRAGMA user_version = 4`)
    old.exec(`INSERT INTO alert (id, home, is_open, opened_at, body) VALUES
      ('a1', 'h1', 1, 5, '{"id":"a1","category":"safety"}'),
      ('a2', 'h1', 1, 5, '{"id":"a2","category":"health"}'),
      ('a3', 'h1', 0, 5, '{"id":"a3","category":"safety"}')`)
    old.close()
    const { db, close } = openDatabase(folder)
    const rows = db.prepare('SELECT body FROM alert ORDER BY id').all() as { body: string }[]
    expect(rows.map(({ body }) => (JSON.parse(body) as { alarm?: true }).alarm)).toEqual([
      true,
      undefined,
      undefined,
    ])
    close()
  })

  it('makes people of the names in links and sessions of before, and keeps them signed in', () => {
    const folder = newFolder()
    mkdirSync(folder)
    const old = new DatabaseSync(join(folder, 'hub.db'))
    const before = MIGRATIONS.findIndex((step) => step.includes('CREATE TABLE person ('))
    old.exec(`${MIGRATIONS.slice(0, before).join(';')}; PRAGMA user_version = ${before}`)
    const token = old.prepare('INSERT INTO person_token (hash, use, person, expires_at) VALUES (?, ?, ?, ?)')
    const hashed = (text: string) => createHash('sha256').update(text).digest('hex')
    token.run(hashed('session of siv'), 'session', 'siv', 60_000_000)
    token.run(hashed('link of siv'), 'sign-in', 'siv', 90_000_000)
    token.run(hashed('first link'), 'sign-in', 'operator', 90_000_000)
    old.close()
    const { db, close } = openDatabase(folder)
    const people = createPersonStore(db)
    expect(people.find('siv')).toMatchObject({
      roles: ['operator', 'installer'],
      areas: 'all',
      state: 'active',
    })
    expect(people.find('operator')).toMatchObject({ roles: ['operator', 'installer', 'admin'] })
    const sessions = createSessionStore(db, () => 50_000_000)
    expect(sessions.session('session of siv')).toMatchObject({ person: 'siv', expiresAt: 60_000_000 })
    expect(sessions.takeLink('link of siv')).toBe('siv')
    expect(sessions.takeLink('first link')).toBe('operator')
    close()
  })

  it('is for one at a time, until it is closed', () => {
    const folder = newFolder()
    const first = openDatabase(folder)
    const second = failure(folder)
    expect(second.isLocked).toBe(true)
    expect(second.message).toContain(`${folder}: another hub is using it`)
    first.close()
    openDatabase(folder).close()
  })

  it('waits for whoever holds its writing up for a moment, as a program that replicates it does', async () => {
    const folder = newFolder()
    const { db, close } = openDatabase(folder)
    const held = `
      const { DatabaseSync } = require('node:sqlite')
      const db = new DatabaseSync(process.argv[1])
      db.exec('BEGIN IMMEDIATE')
      console.log('held')
      setTimeout(() => db.exec('COMMIT'), 200)
    `
    const other = spawn(process.execPath, ['-e', held, join(folder, 'hub.db')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(other.stdout, 'data')
    db.exec("INSERT INTO note (key, value) VALUES ('a', '1')")
    await once(other, 'close')
    expect(db.prepare('SELECT value FROM note').all()).toEqual([{ value: '1' }])
    close()
  })

  it('refuses the database of a newer hub and leaves it as it is', () => {
    const folder = newFolder()
    openDatabase(folder).close()
    const file = join(folder, 'hub.db')
    const db = new DatabaseSync(file)
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`)
    db.close()
    expect(failure(folder).message).toMatch(/schema is version \d+, this hub knows \d+\. Start a newer hub/)
    // Nor does it stay locked.
    expect(failure(folder).isLocked).toBe(false)
  })

  it('refuses what is no database, and a folder that is a file', () => {
    const folder = newFolder()
    mkdirSync(folder)
    writeFileSync(join(folder, 'hub.db'), 'no database at all, but long enough to be read as one'.repeat(50))
    expect(failure(folder).message).toBe(`Cannot open the database in ${folder}: file is not a database`)
    const file = join(tempDir('database'), 'file')
    writeFileSync(file, '')
    expect(failure(file).message).toMatch(/^Cannot write to the data folder .*--data DIR/)
  })

  it.runIf(process.platform === 'linux')('ends where the system takes no folder', () => {
    expect(failure('/proc/aal/data').message).toMatch(
      /^Cannot write to the data folder .proc.aal.data: no folder can be made in \/proc\. .*--data DIR/,
    )
  })
})
