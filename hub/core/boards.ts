import type { Areas } from '../model/person.ts'
import { rowKey } from '../rules/state.ts'
import type { BoardRow, Row } from '../rules/state.ts'

/** So long after the last board was closed its absence is news; later nobody is expected at one. */
const MISSED_FOR = 24 * 3_600_000

/** Whether anybody who may act has a board open, by the areas that they see (docs/decisions/0019-no-board.md). */
export interface Boards {
  /** @returns whether that is news */
  take(areas: Areas, now: number): boolean
  /** The areas that somebody watches. */
  areas(): Areas
  /** Until when alerts of an area count as seen by no board, ms; undefined: one is open, or none ever was. */
  unwatchedUntil(area: string): number | undefined
  /** Rows to write since the last call. */
  changes(): ReadonlyMap<string, BoardRow>
}

export function createBoards(saved: ReadonlyMap<string, Row>): Boards {
  /** By row key: one for those who see all areas, and one for each area. */
  const rows = new Map<string, BoardRow>()
  let changed = new Map<string, BoardRow>()
  for (const [key, row] of saved) if (key.startsWith('board|')) rows.set(key, row as BoardRow)

  return {
    take(areas, now) {
      const open = new Set(areas === 'all' ? [ALL] : areas.map((area) => rowKey.board(area)))
      const before = changed.size
      for (const key of new Set([...rows.keys(), ...open].toSorted())) {
        if ((rows.get(key)?.open ?? false) === open.has(key)) continue
        const row: BoardRow = { open: open.has(key), since: now }
        rows.set(key, row)
        changed.set(key, row)
      }
      return changed.size > before
    },
    areas() {
      if (rows.get(ALL)?.open) return 'all'
      return [...rows]
        .flatMap(([key, { open }]) => (open ? [key.slice('board|area|'.length)] : []))
        .toSorted()
    },
    unwatchedUntil(area) {
      const known = [rows.get(ALL), rows.get(rowKey.board(area))].filter((row) => row !== undefined)
      if (known.length === 0 || known.some(({ open }) => open)) return undefined
      return Math.max(...known.map(({ since }) => since)) + MISSED_FOR
    },
    changes() {
      const rest = changed
      changed = new Map()
      return rest
    },
  }
}

const ALL = rowKey.board()
