import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeKeys } from '../../hub/backup/cipher.ts'
import type { Key, Lock } from '../../hub/backup/cipher.ts'
import { eraseAgain } from '../../hub/backup/erase-again.ts'
import { ERASED_LIST, readErasedList, writeErasedList } from '../../hub/backup/erased-list.ts'
import { makeBackup } from '../../hub/backup/make-backup.ts'
import { restoreBackup } from '../../hub/backup/restore-backup.ts'
import { createAuditStore } from '../../hub/database/audit.ts'
import { createErasureStore } from '../../hub/database/erasures.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { dataFolder } from './data-folder.ts'

const NOW = Date.UTC(2026, 10, 22, 13, 45)
let lock: Lock
let key: Key

/** A data folder with two homes, of each a reading, an open alert and names. */
function withHomes(): string {
  const folder = dataFolder(10)
  const { db, close } = openDatabase(folder)
  for (const [index, id] of ['h-1', 'h-2'].entries()) {
    const facts = { id, timezone: 'UTC', gateways: [], residents: [{ id: 'r1' }], sensors: [], contacts: [] }
    const personal = {
      id,
      label: `Lerkeveien ${id}`,
      residents: [{ id: 'r1', name: 'Kari Lerke' }],
      contacts: [],
    }
    db.prepare('INSERT INTO home VALUES (?, ?, ?)').run(id, JSON.stringify(facts), JSON.stringify(personal))
    db.prepare("INSERT INTO journal (seq, now, type, home, body) VALUES (?, 20, 'reading', ?, '{}')").run(
      20 + index,
      id,
    )
    const alert = { id: `a-${id}`, home: id, title: { en: 'Fall' }, scope: id, detail: {}, openedAt: 1 }
    db.prepare('INSERT INTO alert VALUES (?, ?, 1, 1, ?)').run(alert.id, id, JSON.stringify(alert))
  }
  close()
  return folder
}

beforeAll(async () => {
  const { identity, recipient } = await makeKeys()
  lock = { type: 'recipients', recipients: [recipient] }
  key = { type: 'identities', identities: [identity] }
})

async function make(folder: string, now: number): Promise<string> {
  const file = join(tempDir('made'), 'a.age')
  return (await makeBackup({ folder, settings: {}, file, lock, now: () => now })).file
}

const restore = (file: string, more: { erasures?: string; folder?: string; force?: boolean } = {}) =>
  restoreBackup({ file, key, folder: join(tempDir('to'), 'data'), quiet: 0, now: () => NOW + 2, ...more })

describe('a backup of before an erasure', () => {
  it('brings nobody back: the list beside it, in the folder, or given, is applied', async () => {
    const file = await make(withHomes(), NOW)
    const list = [
      { home: 'h-1', sensors: [], at: NOW + 1 },
      // Of before the backup: it is in it already.
      { home: 'h-2', sensors: [], at: NOW - 1 },
    ]
    const given = join(tempDir('list'), 'list.json')
    const target = withHomes()
    await writeErasedList(given, list)
    await writeErasedList(join(target, ERASED_LIST), list)
    const folder = join(tempDir('one'), 'data')
    expect(await restore(file, { folder, erasures: given })).toMatchObject({
      erased: [{ home: 'h-1' }],
      open: [{ alert: 'a-h-2' }],
    })
    expect(await restore(file, { folder: target, force: true })).toMatchObject({ erased: [{ home: 'h-1' }] })
    await writeErasedList(join(dirname(file), ERASED_LIST), list)
    expect(await restore(file)).toMatchObject({ erased: [{ home: 'h-1' }] })

    for (const data of [folder, target]) {
      expect(readFileSync(join(data, 'hub.db')).includes('Lerkeveien h-1')).toBe(false)
      expect(readFileSync(join(data, 'hub.db')).includes('Lerkeveien h-2')).toBe(true)
      const { db, close } = openDatabase(data)
      const home = db.prepare("SELECT facts FROM home WHERE id = 'h-1'").get() as { facts: string }
      expect(JSON.parse(home.facts)).toMatchObject({
        erased: NOW + 1,
        state: { is: 'closed' },
        residents: [],
      })
      expect(db.prepare("SELECT count(*) AS n FROM journal WHERE home = 'h-1'").get()).toEqual({ n: 0 })
      // InfluxDB is asked again when the hub runs.
      expect(createErasureStore(db).list()).toMatchObject([{ home: 'h-1', step: 'history', restored: true }])
      const log = createAuditStore(db).before(99, 9, {})
      expect(log.map(({ what }) => what)).toEqual(['resident.erased', 'hub.restore'])
      close()
    }
  })

  it('says nothing of done while a reader keeps the log of the database, and the hub goes on with it', async () => {
    const folder = withHomes()
    const reader = new DatabaseSync(join(folder, 'hub.db'))
    reader.exec('BEGIN; SELECT count(*) FROM journal')
    await eraseAgain(folder, [{ home: 'h-1', sensors: [], at: NOW + 1 }], () => NOW)
    expect(createErasureStore(reader).list()).toEqual([])
    reader.exec('COMMIT')
    expect(createErasureStore(reader).list()).toMatchObject([{ home: 'h-1', step: 'tidy' }])
    reader.close()
  })

  it('is refused with a list that is none, and nothing is there', async () => {
    const file = await make(withHomes(), NOW)
    const bad = join(tempDir('bad'), 'list.json')
    await expect(restore(file, { erasures: bad })).rejects.toThrow('no such file')
    await writeErasedList(bad, [])
    const { folder } = { folder: join(tempDir('none'), 'data') }
    expect(await restore(file, { folder, erasures: bad })).toMatchObject({ erased: [] })
  })

  it('has the list written beside it by every newer one', async () => {
    const folder = withHomes()
    const before = await make(folder, NOW)
    expect(existsSync(join(dirname(before), ERASED_LIST))).toBe(false)
    const { db, close } = openDatabase(folder)
    const erasure = {
      home: 'h-1',
      sensors: [],
      at: NOW,
      step: 'done',
      by: 'operator:siv',
      counts: {},
      upTo: 1,
    }
    createErasureStore(db).add({ ...erasure, step: 'done' })
    close()
    const after = await make(folder, NOW + 1)
    const list = await readErasedList(join(dirname(after), ERASED_LIST))
    expect(list).toEqual([{ home: 'h-1', sensors: [], at: NOW }])
    expect(readFileSync(join(dirname(after), ERASED_LIST), 'utf8')).not.toContain('siv')
  })
})
