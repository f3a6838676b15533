import type { DatabaseSync } from 'node:sqlite'
import type { Alert, AlertEvent } from '../model/alert.ts'
import type { Input, ReadingInput, UndecodedInput } from '../model/input.ts'
import type { Notification } from '../model/notification.ts'
import type { Certificate } from '../model/visit.ts'

const PAGE = 250

/** What is kept about a home, a page at a time and oldest first. */
export interface ResidentRows {
  /** Of these sensors; of all, when not given. */
  readings(home: string, sensors?: readonly string[]): Generator<readonly ReadingRow[]>
  undecoded(home: string): Generator<readonly (UndecodedInput & { readonly now: number })[]>
  alerts(
    home: string,
  ): Generator<readonly { readonly alert: Alert; readonly events: readonly AlertEvent[] }[]>
  messages(home: string): Generator<readonly Notification[]>
  /** What people said about the home: modes, service, holds, consents, visits. */
  changes(home: string): Generator<readonly { readonly now: number; readonly input: Input }[]>
  certificates(home: string): readonly Certificate[]
  months(home: string): readonly { readonly month: string; readonly minutes: number; readonly of: number }[]
}

export interface ReadingRow {
  readonly at: number
  readonly sensor: string
  readonly kind: string
  readonly value: ReadingInput['reading']['value']
  readonly unit?: string
}

export function createResidentRows(db: DatabaseSync): ResidentRows {
  const readings = db.prepare(
    `SELECT seq, kind, at, sensor, body FROM journal WHERE home = ?1 AND kind IS NOT NULL AND (kind, at, seq) > (?2, ?3, ?4)
     AND (?5 IS NULL OR sensor IN (SELECT value FROM json_each(?5))) ORDER BY kind, at, seq LIMIT ${PAGE}`,
  )
  const rare = (types: string) =>
    db.prepare(
      `SELECT seq, now, body FROM journal WHERE type IN (${types}) AND type <> 'reading' AND home = ? AND seq > ?
       ORDER BY seq LIMIT ${PAGE}`,
    )
  const undecoded = rare("'undecoded'")
  const changes = rare("'mode', 'service', 'hold', 'consent', 'visit'")
  const alerts = db.prepare(
    `SELECT id, opened_at, body FROM alert WHERE home = ? AND (opened_at, id) > (?, ?) ORDER BY opened_at, id LIMIT ${PAGE}`,
  )
  const events = db.prepare('SELECT body FROM alert_event WHERE alert = ? ORDER BY seq, rowid')
  const messages = db.prepare(
    `SELECT id, body FROM notification WHERE (alert IN (SELECT id FROM alert WHERE home = ?1)
     OR (alert IS NULL AND json_extract(body, '$.home') = ?1)) AND id > ?2 ORDER BY id LIMIT ${PAGE}`,
  )
  const certificates = db.prepare('SELECT body FROM certificate WHERE home = ? ORDER BY at')
  const months = db.prepare(
    'SELECT month, minutes, of_minutes AS "of" FROM unprotected_month WHERE home = ? ORDER BY month',
  )

  function* rareOf(
    statement: typeof undecoded,
    home: string,
  ): Generator<readonly { readonly now: number; readonly body: string }[]> {
    for (let from = 0; ;) {
      const rows = statement.all(home, from) as { seq: number; now: number; body: string }[]
      const last = rows.at(-1)
      if (!last) return
      yield rows
      from = last.seq
    }
  }

  return {
    *readings(home, sensors) {
      const list = sensors === undefined ? null : JSON.stringify(sensors)
      for (let place: [string, number, number] = ['', 0, 0]; ;) {
        const rows = readings.all(home, ...place, list) as {
          seq: number
          kind: string
          at: number
          sensor: string
          body: string
        }[]
        const last = rows.at(-1)
        if (!last) return
        yield rows.map(({ kind, at, sensor, body }) => ({
          at,
          sensor,
          kind,
          value: (JSON.parse(body) as ReadingInput).reading.value,
        }))
        place = [last.kind, last.at, last.seq]
      }
    },
    *undecoded(home) {
      for (const rows of rareOf(undecoded, home)) {
        yield rows.map(({ now, body }) => ({ now, ...(JSON.parse(body) as UndecodedInput) }))
      }
    },
    *alerts(home) {
      for (let place: [number, string] = [-1, '']; ;) {
        const rows = alerts.all(home, ...place) as { id: string; opened_at: number; body: string }[]
        const last = rows.at(-1)
        if (!last) return
        yield rows.map(({ id, body }) => ({
          alert: JSON.parse(body) as Alert,
          events: (events.all(id) as { body: string }[]).map((row) => JSON.parse(row.body) as AlertEvent),
        }))
        place = [last.opened_at, last.id]
      }
    },
    *messages(home) {
      for (let from = ''; ;) {
        const rows = messages.all(home, from) as { id: string; body: string }[]
        const last = rows.at(-1)
        if (!last) return
        yield rows.map(({ body }) => JSON.parse(body) as Notification)
        from = last.id
      }
    },
    *changes(home) {
      for (const rows of rareOf(changes, home)) {
        yield rows.map(({ now, body }) => ({ now, input: JSON.parse(body) as Input }))
      }
    },
    certificates: (home) =>
      (certificates.all(home) as { body: string }[]).map(({ body }) => JSON.parse(body) as Certificate),
    months: (home) =>
      (months.all(home) as { month: string; minutes: number; of: number }[]).map((row) => ({ ...row })),
  }
}
