import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, SQLOutputValue } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import { MIGRATIONS } from '../../hub/database/schema.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const NOW = MIGRATIONS.length
const VERSIONS = Array.from({ length: NOW - 1 }, (_, index) => index + 1)

type Value = string | number | null
type Row = Readonly<Record<string, Value>>
interface Held {
  readonly version: number
  readonly schema: readonly string[]
  /** By table. */
  readonly rows: Readonly<Record<string, readonly Row[]>>
}

/** Bodies as hubs of the first version wrote them; those of later ones have what the steps until then add. */
const BODIES: Readonly<Record<string, object>> = {
  journal: { type: 'tick' },
  alert: {
    id: 'alert-id',
    home: 'h-1',
    rule: 'fall',
    scope: 'h-1',
    category: 'safety',
    severity: 'high',
    handling: 'new',
    condition: 'active',
    position: 1,
    step: 1,
  },
  alert_event: { alert: 'alert-id', what: 'raised', now: 1, text: 'high' },
  notification: { id: 'notification-id', alert: 'alert-id', contact: 'anne', template: 'alert', step: 1 },
}
/** What columns hold that something depends on. */
const COLUMNS: Readonly<Record<string, Value>> = {
  alert: 'alert-id',
  home: 'h-1',
  person: 'person-id',
  use: 'session',
  what: 'raised',
  state: 'queued',
  facts: '{"id":"h-1","sensors":[]}',
  personal: '{"id":"h-1"}',
  note: 1,
}

function tablesOf(db: DatabaseSync): string[] {
  const rows = db
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
    )
    .all() as { name: string }[]
  return rows.map(({ name }) => name)
}

/** A data folder as a hub of that schema left it, with something in every table. */
function folderOf(version: number): string {
  const folder = join(tempDir('older'), 'data')
  mkdirSync(folder)
  const db = new DatabaseSync(join(folder, 'hub.db'))
  db.exec('PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON')
  for (const step of MIGRATIONS.slice(0, version)) db.exec(`BEGIN; ${step}; COMMIT`)
  db.exec(`PRAGMA user_version = ${version}`)
  for (const table of tablesOf(db)) {
    const columns = db.prepare(`PRAGMA table_info(${table})`).all() as { name: string; type: string }[]
    const values = columns.map(({ name, type }): SQLInputValue => {
      if (name === 'id' && type === 'TEXT') return `${table}-id`
      if (name === 'body') return JSON.stringify(BODIES[table] ?? { of: table })
      if (type === 'BLOB') return Buffer.from(name)
      return COLUMNS[name] ?? (type === 'INTEGER' ? 1 : `"${table} ${name}"`)
    })
    db.prepare(`INSERT INTO ${table} VALUES (${values.map(() => '?').join(', ')})`).run(...values)
  }
  db.close()
  return folder
}

function read(file: string): Held {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
    const schema = db.prepare('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').all() as {
      sql: string
    }[]
    const rows = Object.fromEntries(
      tablesOf(db).map((table) => [table, db.prepare(`SELECT * FROM ${table}`).all().map(comparable)]),
    )
    return { version, schema: schema.map(({ sql }) => sql), rows }
  } finally {
    db.close()
  }
}

/** Bytes are the same where their digits are. */
function comparable(row: Readonly<Record<string, SQLOutputValue>>): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Uint8Array
        ? Buffer.from(value).toString('hex')
        : typeof value === 'bigint'
          ? Number(value)
          : value,
    ]),
  )
}

const inFolder = (folder: string): Held => read(join(folder, 'hub.db'))
const open = (folder: string): void => openDatabase(folder).close()

/** Steps may add to a body; what was in it stays, but for what no version since then knows. */
function isKept(before: Row, after: Row | undefined): boolean {
  return Object.entries(before).every(([name, value]) => {
    if (name !== 'body') return after?.[name] === value
    const { position: _position, ...had } = JSON.parse(String(value)) as Record<string, unknown>
    const has = JSON.parse(String(after?.['body'])) as Record<string, unknown>
    return Object.entries(had).every(([key, of]) => has[key] === of)
  })
}

describe.each(VERSIONS)('a database of schema %i', (version) => {
  const folder = folderOf(version)
  const before = inFolder(folder)
  open(folder)
  const after = inFolder(folder)
  const copy = join(folder, 'backups', `before-${String(version + 1).padStart(2, '0')}.db`)

  it('becomes what a new one is, with every row that it had', () => {
    const fresh = join(tempDir('new'), 'data')
    open(fresh)
    expect(after.version).toBe(NOW)
    expect(after.schema).toEqual(inFolder(fresh).schema)
    const missing = Object.entries(before.rows)
      // One became three others, which the next test looks at; the other holds for ten minutes.
      .filter(([table]) => table !== 'person_token' && table !== 'seen_packet')
      .flatMap(([table, rows]) => rows.filter((row, index) => !isKept(row, after.rows[table]?.[index])))
    expect(missing).toEqual([])
    expect(Object.values(before.rows).flat().length).toBeGreaterThanOrEqual(10)
  })

  it('is one that the hub goes on with: who signed in, what is open, whom it tells', () => {
    expect(after.rows['person']).toMatchObject([{ id: 'person-id' }])
    expect(after.rows['session']).toMatchObject([{ person: 'person-id' }])
    const { db, close } = openDatabase(folder)
    const saved = createSqliteStore(db).load()
    close()
    expect(saved).toMatchObject({
      lastSeq: 1,
      homes: [{ id: 'h-1' }],
      openAlerts: [{ id: 'alert-id', home: 'h-1' }],
      notifications: [{ id: 'notification-id' }],
    })
    // Nobody is left out, and nobody is told again for it.
    if (version < 3) expect(saved.openAlerts[0]?.progress).toMatchObject({ told: ['contact:anne'] })
  })

  it('can be gone back to as the docs say, with nothing of the newer hub in it', () => {
    expect(read(copy)).toEqual(before)
    const back = join(tempDir('back'), 'data')
    cpSync(folder, back, { recursive: true })
    const docs = readFileSync(join(import.meta.dirname, '../../docs/operations.md'), 'utf8')
    const [steps = ''] =
      /^cd \/var\/lib\/aal && mkdir newer[\s\S]*?hub\.db {2,}# as the hub's own user$/m.exec(docs) ?? []
    expect(steps).toContain('cp backups/before-18.db hub.db')
    const script = steps
      .replace('/var/lib/aal', back)
      .replace('before-18.db', `before-${String(version + 1).padStart(2, '0')}.db`)
    execFileSync('bash', ['-ec', script])
    expect(inFolder(back)).toEqual(before)
    expect(read(join(back, 'newer/hub.db'))).toEqual(after)
    // And forward again.
    open(back)
    expect(inFolder(back)).toEqual(after)
  })
})

describe('a hub that meets the database of a newer one', () => {
  function newer(): string {
    const folder = folderOf(NOW)
    const db = new DatabaseSync(join(folder, 'hub.db'))
    db.exec(`PRAGMA user_version = ${NOW + 2}`)
    db.close()
    return folder
  }

  it('refuses it, changes nothing, and says what to do', () => {
    const folder = newer()
    const before = inFolder(folder)
    expect(() => open(folder)).toThrow(
      `Cannot open ${folder}: its schema is version ${NOW + 2}, this hub knows ${NOW}. Start a newer hub.`,
    )
    expect(inFolder(folder)).toEqual(before)
    expect(existsSync(join(folder, 'backups'))).toBe(false)
  })

  it('names the copy of before, where there is one', () => {
    const folder = newer()
    const copy = join(folder, 'backups', `before-${NOW + 1}.db`)
    mkdirSync(join(folder, 'backups'))
    cpSync(join(folder, 'hub.db'), copy)
    expect(() => open(folder)).toThrow(
      `Start a newer hub; or go back to ${copy}: docs/operations.md, Updates and going back.`,
    )
  })
})
