import type { DatabaseSync } from 'node:sqlite'
import type { Input, JournalEntry } from '../model/input.ts'
import type { ReadingMarks } from '../model/reading.ts'
import type { Fired } from '../model/rule-book.ts'
import { believe } from './journal.ts'
import { createSeqAt } from './seq-at.ts'

/** Reads for what is said about rules, a page at a time: for a thread beside the hub. */
export interface RuleReads {
  fired(from: number, to: number): readonly Fired[]
  /** By home: when it was first registered, ms. */
  registered(): ReadonlyMap<string, number>
  /** When the journal begins, ms; undefined when it is empty. */
  begins(): number | undefined
  /** How many entries lie between, read or not: for the progress. */
  size(from: number, to: number): number
  /**
   * What rules need of a time: first how the homes, their links and modes were when it began, as if it were said then; then
   * what came. `done`: how many entries of `size` are read.
   */
  entries(from: number, to: number, onRead: (done: number) => void): Generator<JournalEntry>
}

const PAGE = 2000

export function createRuleReads(db: DatabaseSync): RuleReads {
  const seqAt = createSeqAt(db)
  const fired = db.prepare(
    `SELECT json_extract(body, '$.rule') AS rule, home, json_extract(body, '$.cause') AS cause, is_open AS open,
       count(*) AS count
     FROM alert WHERE is_open IN (0, 1) AND opened_at >= ? AND opened_at < ? AND json_extract(body, '$.test') IS NULL
     GROUP BY 1, 2, 3, 4`,
  )
  // The index of what is rare is used only where its own condition stands in the query.
  const registered = db.prepare(
    "SELECT home, min(now) AS now FROM journal WHERE type = 'home' AND type <> 'reading' GROUP BY home",
  )
  const first = db.prepare('SELECT now FROM journal ORDER BY seq LIMIT 1')
  const lastStart = db.prepare(
    "SELECT max(seq) AS seq FROM journal WHERE type = 'start' AND type <> 'reading' AND seq < ?",
  )
  const newest = (type: string, by: string) =>
    db.prepare(
      `SELECT body FROM journal WHERE seq IN (SELECT max(seq) FROM journal
         WHERE type = '${type}' AND type <> 'reading' AND seq >= ? AND seq < ? GROUP BY ${by}) ORDER BY seq`,
    )
  const homes = newest('home', 'home')
  const links = newest('gateway', "home, json_extract(body, '$.gateway')")
  const modes = newest('mode', "home, json_extract(body, '$.mode')")
  const services = newest('service', 'home')
  const page = db.prepare(
    `SELECT seq, now, body FROM journal WHERE seq BETWEEN ? AND ?
     AND type IN ('reading', 'gateway', 'home', 'start', 'pause', 'shed', 'mode', 'service') ORDER BY seq LIMIT ${PAGE}`,
  )
  const read = (rows: unknown[]): Input[] =>
    (rows as { body: string }[]).map(({ body }) => JSON.parse(body) as Input)

  return {
    fired(from, to) {
      const all = new Map<string, { count: number; open: number; causes: Record<string, number> } & Fired>()
      const rows = fired.all(from, to) as {
        rule: string
        home: string | null
        cause: string | null
        open: number
        count: number
      }[]
      for (const { rule, home, cause, open, count } of rows) {
        const key = `${rule} ${home}`
        const one = all.get(key) ?? { rule, ...(home !== null && { home }), count: 0, open: 0, causes: {} }
        one.count += count
        if (open === 1) one.open += count
        else if (cause !== null) one.causes[cause] = (one.causes[cause] ?? 0) + count
        all.set(key, one)
      }
      return [...all.values()]
    },
    registered: () =>
      new Map((registered.all() as { home: string; now: number }[]).map(({ home, now }) => [home, now])),
    begins: () => (first.get() as { now: number } | undefined)?.now,
    size: (from, to) => seqAt(to) - seqAt(from),
    *entries(from, to, onRead) {
      const begin = seqAt(from)
      const end = seqAt(to) - 1
      const { seq: started } = lastStart.get(begin) as { seq: number | null }
      const before = [
        ...read(homes.all(0, begin)),
        ...read(links.all(started ?? 0, begin)),
        ...read(modes.all(0, begin)).filter(
          (input) => input.type === 'mode' && input.on && (input.until ?? Infinity) > from,
        ),
        ...read(services.all(0, begin)).map((input) => overBy(input, from)),
      ]
      for (const input of before) yield { seq: begin - 1, now: from, input }
      for (let next = begin; next <= end;) {
        const rows = page.all(next, end) as { seq: number; now: number; body: string }[]
        for (const { seq, now, body } of rows) {
          const { marks, ...input } = JSON.parse(body) as Input & { marks?: ReadingMarks }
          yield { seq, now, input: marks?.claimedAt === undefined ? input : believe(input, now) }
        }
        const last = rows.at(-1)
        if (!last || rows.length < PAGE) break
        next = last.seq + 1
        onRead(next - begin)
      }
      onRead(end + 1 - begin)
    },
  }
}

/** A pause that ended before was over by itself: nothing stands in the journal of it. */
function overBy(input: Input, now: number): Input {
  if (input.type !== 'service' || input.to.is !== 'paused' || input.to.until > now) return input
  return { ...input, to: { is: 'active' } }
}
