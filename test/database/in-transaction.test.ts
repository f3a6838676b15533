import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import { inTransaction } from '../../hub/database/in-transaction.ts'

it('inTransaction says that the disk is full, where SQLite has rolled back by itself', () => {
  const db = new DatabaseSync(':memory:')
  db.exec('PRAGMA max_page_count = 8; CREATE TABLE t (x)')
  const fill = (): number => {
    for (;;) db.prepare('INSERT INTO t VALUES (zeroblob(4000))').run()
  }
  expect(() => inTransaction(db, fill)).toThrow('full')
  expect(db.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 0 })
  db.close()
})
