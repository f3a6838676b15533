import type { DatabaseSync } from 'node:sqlite'
import type { KeptEntry } from '../model/kept-entry.ts'
import type { Value } from '../model/reading.ts'
import { createJournalReader } from './journal.ts'

/** The journal for who makes points of it. */
export interface HistoryReads {
  /**
   * The entries after `seq`, oldest first, at most `limit`, with all that points are made of: of readings nothing more,
   * which takes half the time of reading them whole.
   */
  after(seq: number, limit: number): readonly KeptEntry[]
  newest(): number
}

type Row = readonly [
  seq: number,
  now: number,
  home: string,
  sensor: string,
  /** Null for what gives no point by itself. */
  kind: string | null,
  /** As it was believed. */
  at: number,
  body: string,
]

/** In the journal's own JSON no text can look like that: its quotes stand behind backslashes. */
const VALUE = /"value":(?:"([^"\\]*)"|([^,}"]+))[,}]/
const LATE = '"late":true'
const NONE: KeptEntry['alertChanges'] = []

export function createHistoryReads(db: DatabaseSync): HistoryReads {
  const journal = createJournalReader(db)
  const rows = db.prepare(
    'SELECT seq, now, home, sensor, kind, at, body FROM journal WHERE seq > ? ORDER BY seq LIMIT ?',
  )
  rows.setReturnArrays(true)
  const ofAlerts = db.prepare('SELECT DISTINCT seq FROM alert_event WHERE seq BETWEEN ? AND ?')

  /** Undefined: it has to be read whole. */
  function plainReading([seq, now, home, sensor, kind, at, body]: Row): KeptEntry | undefined {
    if (kind === null) return undefined
    const value = valueIn(body)
    if (value === undefined) return undefined
    const input = { type: 'reading', reading: { home, sensor, kind, value, at, receivedAt: now } } as const
    if (body.includes(LATE)) return { seq, now, input, marks: { late: true }, alertChanges: NONE }
    return { seq, now, input, alertChanges: NONE }
  }

  return {
    after(seq, limit) {
      const found = rows.all(seq, limit) as unknown as Row[]
      const last = found.at(-1)?.[0] ?? seq
      const changed = new Set(ofAlerts.all(seq + 1, last).map((row) => row['seq']))
      const entries: KeptEntry[] = []
      for (const row of found) {
        const plain = changed.has(row[0]) ? undefined : plainReading(row)
        if (plain === undefined) entries.push(...journal.after(row[0] - 1, 1))
        else entries.push(plain)
      }
      return entries
    },
    newest: journal.newest,
  }
}

function valueIn(body: string): Value | undefined {
  const match = VALUE.exec(body)
  if (match === null) return undefined
  const [, word, other] = match
  if (word !== undefined) return word
  if (other === 'true' || other === 'false') return other === 'true'
  const number = Number(other)
  return Number.isNaN(number) || other === 'null' ? undefined : number
}
