import type { DatabaseSync } from 'node:sqlite'
import type { EraseTarget } from '../model/erasure.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import { eraseFromHome, wordsOf } from '../model/erase-home.ts'

/**
 * Takes somebody out of the register of a database that no hub uses.
 * @returns the words that are theirs alone; undefined when they are not in it
 */
export function eraseFromTables(
  db: DatabaseSync,
  target: EraseTarget & { readonly at: number },
): readonly string[] | undefined {
  const row = db.prepare('SELECT facts, personal FROM home WHERE id = ?').get(target.home) as
    | { facts: string; personal: string | null }
    | undefined
  if (!row) return undefined
  const home = JSON.parse(row.facts) as Home
  const isIn =
    target.resident === undefined
      ? home.erased === undefined
      : home.residents.some(({ id }) => id === target.resident)
  if (!isIn) return undefined
  const personal: HomePersonal = row.personal
    ? (JSON.parse(row.personal) as HomePersonal)
    : { id: home.id, residents: [], contacts: [] }
  const left = eraseFromHome({ home, personal }, target, target.at)
  db.prepare('UPDATE home SET facts = ?, personal = ? WHERE id = ?').run(
    JSON.stringify(left.home),
    JSON.stringify(left.personal),
    target.home,
  )
  return wordsOf(personal, target.resident)
}
