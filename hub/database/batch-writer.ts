import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { STATEMENTS } from './batch-rows.ts'
import type { BatchRows, StatementName } from './batch-rows.ts'
import { PACKET_MEMORY } from '../core/recent-packets.ts'

/** How often rows that only serve to recognise repetitions are thinned out: once in so many commits. */
const FORGET_EVERY = 200
const READING_ID_MEMORY = 8 * 24 * 3_600_000

/**
 * @returns writes the rows of a batch in one transaction, on disk when it returned; throws when it could not, and then
 * nothing of it is kept
 */
export function createBatchWriter(db: DatabaseSync): (rows: BatchRows) => void {
  const begin = db.prepare('BEGIN IMMEDIATE')
  const end = db.prepare('COMMIT')
  // They have the order of their times.
  const forgetPackets = db.prepare(
    'DELETE FROM recent_packets WHERE id < (SELECT id FROM recent_packets WHERE at >= ? ORDER BY id LIMIT 1)',
  )
  const forgetReadings = db.prepare(
    'DELETE FROM seen_reading WHERE (home, sensor, id) IN (SELECT home, sensor, id FROM seen_reading WHERE at < ? LIMIT 2000)',
  )
  const statements = Object.entries(STATEMENTS).map(([name, sql]) => ({
    name: name as StatementName,
    statement: db.prepare(sql),
    width: sql.split('?').length - 1,
  }))
  let commits = 0

  return ({ now, values }) => {
    begin.run()
    try {
      for (const { name, statement, width } of statements) runEach(statement, values[name] ?? [], width)
      // At the first too: a small hub that is started often would never come to it.
      if (commits++ % FORGET_EVERY === 0) {
        forgetReadings.run(now - READING_ID_MEMORY)
        forgetPackets.run(now - PACKET_MEMORY)
      }
      end.run()
    } catch (cause) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw cause
    }
  }
}

function runEach(
  statement: StatementSync,
  values: NonNullable<BatchRows['values'][StatementName]>,
  width: number,
): void {
  for (let at = 0; at < values.length; at += width) statement.run(...values.slice(at, at + width))
}
