import { createHash } from 'node:crypto'
import type { AuditFact, AuditRow } from '../model/audit.ts'

/** What the first row follows. */
export const CHAIN_START = '0'.repeat(64)

/** The hash of a row: it covers the one before, so that no row can be changed, moved or left out unseen. */
export function chainHash(before: string, seq: number, at: number, fact: AuditFact): string {
  const { who, what, whose = null, why = null, from } = fact
  return createHash('sha256')
    .update(JSON.stringify([before, seq, at, who, what, whose, why, from]))
    .digest('hex')
}

/** Why a row is not the one that was written after `before`; undefined: it is. */
export function whyBroken(before: { seq: number; hash: string }, row: AuditRow): string | undefined {
  if (row.seq !== before.seq + 1) return `the row before it is ${before.seq}: rows between them are gone`
  return chainHash(before.hash, row.seq, row.at, row) === row.hash
    ? undefined
    : 'what it says is not what was written, or the row before it is another'
}
