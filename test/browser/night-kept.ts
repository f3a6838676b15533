import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { HOMES } from './night-homes.ts'

/** An alert as a board shows it. */
export interface ShownAlert {
  readonly severity: string
  readonly title: string
  readonly home: string
  /** `Unanswered`, `taken by you`, `Real · resolved by siv`. */
  readonly state: string
}

/** The lists of a board, from above. */
export interface ShownLists {
  readonly need: readonly ShownAlert[]
  readonly cleared: readonly ShownAlert[]
  readonly resolved: readonly ShownAlert[]
}

interface Row {
  readonly list: 'need' | 'cleared' | 'resolved'
  readonly home: string
  readonly severity: string
  readonly title: string
  readonly handledBy: string | null
  readonly cause: string | null
}

/** The order that the board promises, in other words than its own. */
const ALERTS = `
  SELECT
    CASE WHEN body ->> 'handling' = 'resolved' THEN 'resolved'
         WHEN body ->> 'handling' = 'acknowledged' AND body ->> 'condition' = 'cleared' THEN 'cleared'
         ELSE 'need' END AS list,
    home, body ->> 'severity' AS severity, body -> 'title' ->> 'en' AS title,
    body ->> 'handledBy' AS handledBy, body ->> 'cause' AS cause
  FROM alert
  ORDER BY
    CASE WHEN body ->> 'handling' = 'resolved' THEN -(body ->> 'handledAt') END,
    instr('high medium low info', body ->> 'severity'),
    body ->> 'handling' <> 'new',
    body ->> 'raisedAt',
    id`

/** Every alert that the data folder of a hub holds, also of one that runs. */
export function keptAlerts(data: string): Row[] {
  return read<Row>(data, ALERTS).map((row) => ({ ...row, home: labelOf(row.home) }))
}

/** What happened to the alerts by people: `Storgata 5 commented operator:siv: key outside`. */
export function keptEvents(data: string): string[] {
  const rows = read<Readonly<Record<'home' | 'what' | 'by', string> & { text: string | null }>>(
    data,
    `SELECT alert.home, e.what, e.body ->> 'by' AS by, e.body ->> 'text' AS text
     FROM alert_event e JOIN alert ON alert.id = e.alert ORDER BY e.seq`,
  )
  return rows.map(({ home, what, by, text }) => `${labelOf(home)} ${what} ${by}: ${text ?? ''}`)
}

const CAUSES: Readonly<Record<string, string>> = {
  real: 'Real',
  false: 'False alarm',
  pet: 'Pet',
  visitor: 'Visitor',
  equipment: 'Equipment fault',
}

/** What the board of this person has to show. */
export function keptFor(data: string, person: string): ShownLists {
  const alerts = keptAlerts(data)
  const listed = (wanted: Row['list']): ShownAlert[] =>
    alerts
      .filter(({ list }) => list === wanted)
      .map((row) => ({
        severity: row.severity,
        title: row.title,
        home: row.home,
        state: stateOf(row, person),
      }))
  return { need: listed('need'), cleared: listed('cleared'), resolved: listed('resolved') }
}

function stateOf({ list, handledBy, cause }: Row, person: string): string {
  const who = handledBy?.replace('operator:', '')
  if (list === 'resolved') return `${CAUSES[cause ?? ''] ?? cause} · resolved by ${who}`
  if (handledBy === null) return 'Unanswered'
  return `taken by ${list === 'need' && handledBy === `operator:${person}` ? 'you' : who}`
}

const labelOf = (home: string): string => HOMES.find(({ id }) => id === home)?.entry.label ?? home

function read<T>(data: string, sql: string): T[] {
  const db = new DatabaseSync(join(data, 'hub.db'), { readOnly: true })
  try {
    return db.prepare(sql).all() as T[]
  } finally {
    db.close()
  }
}
