import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AuditStore } from '../database/audit.ts'
import type { Audit } from '../http/people.ts'
import type { AuditFact, AuditRow } from '../model/audit.ts'
import { CHAIN_START, chainHash, whyBroken } from './audit-chain.ts'

/** So many rows are checked before others get their turn: about a millisecond. */
const ROWS_AT_ONCE = 200

/** @param now ms since 1970 */
export function createAudit(store: AuditStore, now: () => number): Audit {
  const newest = store.newest()
  let head = { seq: newest?.seq ?? 0, hash: newest?.hash ?? CHAIN_START }
  let waiting: { fact: AuditFact; at: number; done: PromiseWithResolvers<void> }[] = []

  /** What was asked for in one turn is one transaction: a row costs no fsync of its own. */
  function flush(): void {
    const batch = waiting
    waiting = []
    let last = head
    const rows: AuditRow[] = batch.map(({ fact, at }) => {
      const seq = last.seq + 1
      last = { seq, hash: chainHash(last.hash, seq, at, fact) }
      return { ...fact, ...last, at }
    })
    try {
      store.append(rows)
      head = last
      for (const { done } of batch) done.resolve()
    } catch (cause) {
      for (const { done } of batch) {
        done.reject(new Error(`Cannot write the audit log: ${(cause as Error).message}`, { cause }))
      }
    }
  }

  return {
    write(fact) {
      const done = Promise.withResolvers<void>()
      if (waiting.length === 0) setImmediate(flush)
      waiting.push({ fact, at: now(), done })
      return done.promise
    },
    list: ({ before = Number.MAX_SAFE_INTEGER, limit, ...of }) => store.before(before, limit, of),
    async verify() {
      let last = { seq: 0, hash: CHAIN_START }
      // What is written meanwhile is not waited for: it would never end.
      const end = head
      while (last.seq < end.seq) {
        const rows = store.after(last.seq, ROWS_AT_ONCE)
        for (const row of rows) {
          const reason = whyBroken(last, row)
          if (reason) return { whole: false, rows: end.seq, brokenAt: row.seq, reason }
          last = row
          if (row.seq >= end.seq) break
        }
        if (rows.length === 0) {
          const reason = `the rows after ${last.seq} are gone`
          return { whole: false, rows: end.seq, brokenAt: last.seq + 1, reason }
        }
        await nextTurn()
      }
      const noted = store.noted()
      if (end.seq < (noted?.seq ?? 0)) {
        const reason = `the log ends here, and had ${noted?.seq} rows`
        return { whole: false, rows: end.seq, brokenAt: end.seq + 1, reason }
      }
      return { whole: true, rows: end.seq, head: last.hash }
    },
  }
}
