import { rowKey } from '../rules/state.ts'
import type { ConfirmationRow, Row } from '../rules/state.ts'

const DAY = 24 * 3_600_000
const MOST_A_DAY = 3

/** How often somebody who writes STOP or START hears that it was understood: two machines must not go on for ever. */
export interface Confirmations {
  /** Whether one more may go now; it is counted then. */
  allow(recipient: string, now: number): boolean
  /** Rows to write since the last call. */
  changes(): ReadonlyMap<string, ConfirmationRow>
}

export function createConfirmations(saved: ReadonlyMap<string, Row>): Confirmations {
  const rows = new Map<string, ConfirmationRow>()
  let changed = new Map<string, ConfirmationRow>()
  for (const [key, row] of saved) if (key.startsWith('stop|')) rows.set(key, row as ConfirmationRow)

  return {
    allow(recipient, now) {
      const key = rowKey.stop(recipient)
      const sent = (rows.get(key)?.sent ?? []).filter((at) => now - at < DAY)
      if (sent.length >= MOST_A_DAY) return false
      const row: ConfirmationRow = { sent: [...sent, now] }
      rows.set(key, row)
      changed.set(key, row)
      return true
    },
    changes() {
      const rest = changed
      if (changed.size > 0) changed = new Map()
      return rest
    },
  }
}
