import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { MIGRATIONS } from '../../hub/database/schema.ts'
import { launchHub, startHubProcess } from '../helpers/hub-process.ts'
import { serverMissing } from '../helpers/servers.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { recordFault } from './fault-row.ts'
import { atSync } from './strace.ts'
import { SHARE } from './thorough.ts'

const NOW = MIGRATIONS.length
const BEFORE = NOW - 4
const ENTRIES = 5_000
/** Of the starts that bring the database up to date; more than one start has when nothing kills it. */
const SYNCS = SHARE === 1 ? [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14] : [8, 9, 10]

/** As a hub of before left it. */
function olderFolder(): string {
  const folder = join(tempDir('older'), 'data')
  mkdirSync(folder)
  const db = new DatabaseSync(join(folder, 'hub.db'))
  db.exec('PRAGMA journal_mode = WAL')
  for (const step of MIGRATIONS.slice(0, BEFORE)) db.exec(`BEGIN; ${step}; COMMIT`)
  db.exec(`PRAGMA user_version = ${BEFORE}; BEGIN`)
  const put = db.prepare("INSERT INTO journal (seq, now, type, body) VALUES (?, 1, 'tick', ?)")
  for (let seq = 1; seq <= ENTRIES; seq++) put.run(seq, '{"type":"tick"}')
  db.exec('COMMIT')
  db.close()
  return folder
}

function look(file: string): { version: unknown; entries: unknown; integrity: unknown } {
  const db = new DatabaseSync(file, { readOnly: true })
  const one = (sql: string): unknown => Object.values(db.prepare(sql).get() ?? {})[0]
  const found = {
    version: one('PRAGMA user_version'),
    entries: one('SELECT count(*) FROM journal WHERE seq <= 5000'),
    integrity: one('PRAGMA integrity_check'),
  }
  db.close()
  return found
}

it.skipIf(serverMissing('strace'))(
  'killed again and again while it brings a database up to date, the hub loses nothing, and the copy to go back to is that of before',
  { timeout: 300_000 },
  async ({ task }) => {
    const data = olderFolder()
    let kills = 0
    for (const n of SYNCS) {
      const strace = atSync(n, 'signal=KILL')
      const hub = launchHub({ data, through: strace.through })
      // Past the last sync of its start nothing kills it.
      const how = await Promise.race([hub.ended, waitFor('its start', async () => hub.started)])
      if (strace.hit() === undefined) await hub.kill('SIGKILL')
      else kills++
      expect(how).toBeDefined()
      const { version, entries, integrity } = look(join(data, 'hub.db'))
      expect({ entries, integrity }, `killed at sync ${n}`).toEqual({ entries: ENTRIES, integrity: 'ok' })
      expect([BEFORE, NOW], `killed at sync ${n}`).toContain(version)
    }
    const launchedAt = performance.now()
    const last = await startHubProcess({ data })
    const recovery = [performance.now() - launchedAt]
    await last.kill('SIGTERM')
    recordFault(task, {
      fault: 'kill -9 while a database is brought up to date',
      times: kills,
      readings: ENTRIES,
      alarms: 0,
      lost: 0,
      doubled: 0,
      recovery,
    })
    expect(look(join(data, 'hub.db'))).toEqual({ version: NOW, entries: ENTRIES, integrity: 'ok' })
    const copy = `before-${String(BEFORE + 1).padStart(2, '0')}.db`
    expect(readdirSync(join(data, 'backups'))).toEqual([copy])
    expect(look(join(data, 'backups', copy))).toEqual({ version: BEFORE, entries: ENTRIES, integrity: 'ok' })
    expect(kills).toBeGreaterThan(1)
  },
)
