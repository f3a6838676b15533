import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { lostCommits } from '../../hub/database/lost-commits.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { OpenDatabase } from '../../hub/database/open-database.ts'
import { startCore, stopCores } from '../core/bench.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const FALLS = 12
/** After this one was acknowledged the machine lost power: what is behind it in the log may be anything. */
const LAST = 7

describe('a write-ahead log that is damaged', () => {
  let open: OpenDatabase
  /** How long the log was when the database was new, and when each fall had been acknowledged. */
  const lengths: number[] = []
  let wal: Buffer

  beforeAll(async () => {
    open = openDatabase(join(tempDir('torn'), 'data'))
    const { folder } = open
    const bench = await startCore(createSqliteStore(open.db))
    for (let n = 1; n <= FALLS; n++) {
      lengths.push(statSync(join(folder, 'hub.db-wal')).size)
      await bench.say('a', 'fall', 'detected', { id: `n${n}` })
    }
    lengths.push(statSync(join(folder, 'hub.db-wal')).size)
    wal = readFileSync(join(folder, 'hub.db-wal'))
    // Its last sign of life is one more.
    stopCores()
  })
  afterAll(() => open.close())

  /** What a hub finds that starts on a copy with this log. */
  function found(log: Buffer) {
    const folder = tempDir('torn-copy')
    copyFileSync(join(open.folder, 'hub.db'), join(folder, 'hub.db'))
    writeFileSync(join(folder, 'hub.db-wal'), log)
    const lost = lostCommits(folder)
    const { db, close } = openDatabase(folder)
    try {
      const ids = db
        .prepare(
          "SELECT json_extract(body, '$.reading.id') AS id FROM journal WHERE type = 'reading' ORDER BY seq",
        )
        .all()
      const { integrity_check: integrity } = db.prepare('PRAGMA integrity_check').get() as {
        integrity_check: string
      }
      const [alert] = createSqliteStore(db).load().openAlerts
      return { falls: ids.length, lost, integrity, count: alert?.count }
    } finally {
      close()
    }
  }

  const at = (fall: number): number => lengths[fall] ?? NaN
  const whole = { integrity: 'ok', lost: 0 }

  function flipped(from: number, to: number, every: number): Buffer {
    const log = Buffer.from(wal)
    for (let byte = from; byte < to; byte += every) log[byte] = (log[byte] ?? 0) ^ 0x10
    return log
  }

  it('has everything while it is whole', () => {
    expect(found(wal)).toEqual({ ...whole, falls: FALLS, count: FALLS })
  })

  it.each([0, 1, 23, 24, 25, 100, 4096, 4119, 4120, 5000, 9000])(
    'has every acknowledged fall with its alert when it is cut %i bytes behind the last',
    (more) => {
      const cut = wal.subarray(0, Math.min(at(LAST) + more, at(LAST + 1) - 1))
      expect(found(cut)).toEqual({ ...whole, falls: LAST, count: LAST })
    },
  )

  it.each([1, 7, 500, 4000])('has them when every %i. byte behind the last is another', (every) => {
    const log = flipped(at(LAST), at(LAST + 1), every).subarray(0, at(LAST + 1))
    expect(found(log)).toEqual({ ...whole, falls: LAST, count: LAST })
  })

  it('notices when what was acknowledged is damaged, and more follows', () => {
    const damaged = flipped(at(LAST) + 30, at(LAST) + 31, 1)
    const { falls, lost, integrity } = found(damaged)
    expect({ falls, integrity }).toEqual({ falls: LAST, integrity: 'ok' })
    expect(lost).toBe(FALLS - LAST)
  })

  it('cannot tell the newest one, when it is damaged, from one that was never synced', () => {
    expect(found(flipped(at(FALLS - 1) + 30, at(FALLS - 1) + 31, 1))).toEqual({
      ...whole,
      falls: FALLS - 1,
      count: FALLS - 1,
    })
  })

  it('takes no older round of the log for something lost', () => {
    const folder = join(tempDir('rounds'), 'data')
    const { db, close } = openDatabase(folder)
    try {
      db.exec("INSERT INTO note VALUES ('a', hex(randomblob(200000)))")
      for (let n = 0; n < 5; n++)
        db.exec(`UPDATE note SET value = hex(randomblob(${n + 10})) WHERE key = 'a'`)
      db.exec('PRAGMA wal_checkpoint(RESTART)')
      db.exec("INSERT INTO note VALUES ('b', 'x')")
      expect(statSync(join(folder, 'hub.db-wal')).size).toBeGreaterThan(200_000)
      expect(lostCommits(folder)).toBe(0)
    } finally {
      close()
    }
  })
})
