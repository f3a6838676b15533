import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { createAuditStore } from '../../hub/database/audit.ts'
import { MIGRATIONS } from '../../hub/database/schema.ts'
import { createAudit } from '../../hub/people/create-audit.ts'

const FACT = {
  who: 'person:siv',
  what: 'home.reveal',
  whose: 'home:h1',
  why: 'alert 4821',
  from: '127.0.0.1',
}

async function bench(rows = 500) {
  const db = new DatabaseSync(':memory:')
  for (const step of MIGRATIONS) db.exec(step)
  const open = () => createAudit(createAuditStore(db), () => 1000)
  const audit = open()
  await Promise.all(
    Array.from({ length: rows }, (_, index) => audit.write({ ...FACT, whose: `home:h${index + 1}` })),
  )
  /** Whoever has the file can drop the triggers. */
  const tamper = (sql: string) => {
    db.exec('DROP TRIGGER IF EXISTS audit_is_kept; DROP TRIGGER IF EXISTS audit_is_fixed')
    db.exec(sql)
  }
  return { db, audit, open, tamper }
}

describe('createAudit', () => {
  it('writes what is asked for, in order, and goes on after a restart', async () => {
    const { audit, open } = await bench(3)
    const again = open()
    await again.write({ who: 'cli', what: 'person.add', from: 'socket' })
    expect(again.list({ limit: 2 })).toMatchObject([
      { seq: 4, who: 'cli', what: 'person.add', from: 'socket' },
      { ...FACT, seq: 3, whose: 'home:h3', at: 1000 },
    ])
    expect(again.list({ limit: 9, whose: 'home:h2' })).toMatchObject([{ seq: 2 }])
    expect(again.list({ limit: 9, before: 2 })).toMatchObject([{ seq: 1 }])
    expect(await again.verify()).toMatchObject({
      whole: true,
      rows: 4,
      head: again.list({ limit: 1 })[0]?.hash,
    })
    expect(audit.list({ limit: 1 })[0]?.seq).toBe(4)
  })

  it('is whole over many rows, and when it is empty', async () => {
    expect(await (await bench()).audit.verify()).toMatchObject({ whole: true, rows: 500 })
    expect(await (await bench(0)).audit.verify()).toMatchObject({ whole: true, rows: 0 })
  })

  it('cannot be changed or cut by SQL', async () => {
    const { db } = await bench(2)
    expect(() => db.exec("UPDATE audit SET who = 'x'")).toThrow('append-only')
    expect(() => db.exec('DELETE FROM audit')).toThrow('append-only')
  })

  it.each([
    ['one letter', "UPDATE audit SET who = 'person:sir' WHERE seq = 321", 321],
    ['the time', 'UPDATE audit SET at = 1001 WHERE seq = 7', 7],
    ['a reason that is taken away', 'UPDATE audit SET why = NULL WHERE seq = 300', 300],
    ['a hash', "UPDATE audit SET hash = replace(hash, substr(hash, 1, 1), 'f') WHERE seq = 499", 499],
    ['a row that is gone', 'DELETE FROM audit WHERE seq = 250', 251],
    ['the first row', 'DELETE FROM audit WHERE seq = 1', 2],
    [
      'two rows that changed places',
      'UPDATE audit SET seq = 900 WHERE seq = 5; UPDATE audit SET seq = 5 WHERE seq = 6; UPDATE audit SET seq = 6 WHERE seq = 900',
      5,
    ],
  ])('names the first row that is broken: %s', async (_, sql, brokenAt) => {
    const { audit, tamper } = await bench()
    tamper(sql)
    expect(await audit.verify()).toMatchObject({ whole: false, brokenAt })
  })

  it('misses rows that were cut off its end, also after a restart', async () => {
    const { audit, open, tamper } = await bench()
    tamper('DELETE FROM audit WHERE seq > 498')
    for (const one of [audit, open()]) {
      expect(await one.verify()).toMatchObject({ whole: false, brokenAt: 499 })
    }
  })

  it('says so when it cannot write, and loses no row that it did', async () => {
    const { db, audit } = await bench(2)
    db.exec("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT raise(ABORT, 'disk full'); END")
    await expect(audit.write(FACT)).rejects.toThrow('Cannot write the audit log: disk full')
    db.exec('DROP TRIGGER full')
    await audit.write(FACT)
    expect(await audit.verify()).toMatchObject({ whole: true, rows: 3 })
  })
})
