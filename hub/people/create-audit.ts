import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AuditStore } from '../database/audit.ts'
import type { Audit } from '../http/people.ts'
import type { AuditFact, AuditRow } from '../model/audit.ts'
import { CHAIN_START, chainHash, whyBroken } from './audit-chain.ts'

/** So many rows are checked before others get their turn: about a millisecond. */
const ROWS_AT_ONCE = 200
/** So many rows have their time at once. */
const MOST_CUT = 2000

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

  function write(fact: AuditFact): Promise<void> {
    const done = Promise.withResolvers<void>()
    if (waiting.length === 0) setImmediate(flush)
    waiting.push({ fact, at: now(), done })
    return done.promise
  }

  return {
    write,
    list: ({ before = Number.MAX_SAFE_INTEGER, limit, ...of }) => store.before(before, limit, of),
    async cutBefore(time) {
      const from = store.cut() ?? { seq: 0, hash: CHAIN_START }
      const old = store.after(from.seq, MOST_CUT).filter(({ at }) => at < time)
      const last = old.at(-1)
      // The newest is never cut: its number would be given again.
      if (!last || last.seq >= head.seq) return undefined
      const { seq, hash } = last
      // First the log itself says it, then the rest is cut: never the other way round.
      await write({ who: 'hub', what: CUT, why: sayCut(last), from: 'hub' })
      store.setCut({ seq, hash })
      return seq
    },
    async verify() {
      const cut = store.cut()
      let last = cut ?? { seq: 0, hash: CHAIN_START }
      let saysCut = cut === undefined
      // What is written meanwhile is not waited for: it would never end.
      const end = head
      while (last.seq < end.seq) {
        const rows = store.after(last.seq, ROWS_AT_ONCE)
        for (const row of rows) {
          const reason = whyBroken(last, row)
          if (reason) return { whole: false, rows: end.seq, brokenAt: row.seq, reason }
          last = row
          if (cut && row.what === CUT && row.why === sayCut(cut)) saysCut = true
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
      if (!saysCut) {
        const reason = `the rows up to ${cut?.seq} are gone, and none says that they had their time`
        return { whole: false, rows: end.seq, brokenAt: cut?.seq ?? 1, reason }
      }
      return { whole: true, rows: end.seq, head: last.hash, ...(cut && { removed: cut.seq }) }
    },
  }
}

/** What the row is called that says up to where the log was cut. */
const CUT = 'audit.cut'

function sayCut({ seq, hash }: { readonly seq: number; readonly hash: string }): string {
  return `rows 1 to ${seq} had their time, the last was ${hash}`
}
