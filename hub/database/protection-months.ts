import type { DatabaseSync } from 'node:sqlite'
import type { UnprotectedMonth } from '../model/protection.ts'
import { inTransaction } from './in-transaction.ts'

/** How long each home was not protected, month by month. What is kept does not change any more once the audit log has it. */
export interface ProtectionMonths {
  /** All homes of a month at once, in the place of what was kept of it. */
  keep(month: string, homes: readonly HomeMonth[]): void
  /** In the order of their ids. */
  of(month: string): readonly HomeMonth[]
  /** Newest first. */
  ofHome(home: string, limit: number): readonly UnprotectedMonth[]
}

/** Whole minutes. */
export interface HomeMonth {
  readonly home: string
  readonly minutes: number
  readonly of: number
}

export function createProtectionMonths(db: DatabaseSync): ProtectionMonths {
  const drop = db.prepare('DELETE FROM unprotected_month WHERE month = ?')
  const put = db.prepare(
    'INSERT INTO unprotected_month (month, home, minutes, of_minutes) VALUES (?, ?, ?, ?)',
  )
  const all = db.prepare(
    'SELECT home, minutes, of_minutes AS "of" FROM unprotected_month WHERE month = ? ORDER BY home',
  )
  const ofHome = db.prepare(
    `SELECT month, minutes, of_minutes AS "of" FROM unprotected_month WHERE home = ?
     ORDER BY month DESC LIMIT ?`,
  )
  return {
    keep(month, homes) {
      inTransaction(db, () => {
        drop.run(month)
        for (const { home, minutes, of } of homes) put.run(month, home, minutes, of)
      })
    },
    of: (month) => all.all(month) as unknown as HomeMonth[],
    ofHome: (home, limit) => ofHome.all(home, limit) as unknown as UnprotectedMonth[],
  }
}
