import type { DatabaseSync } from 'node:sqlite'
import type { AlertStory } from '../alerts/indicators.ts'
import type { Sign } from '../alerts/protection.ts'
import type { Alert, AlertEvent } from '../model/alert.ts'
import type { Home } from '../model/home.ts'
import type { Input } from '../model/input.ts'
import type { AlertNotification } from '../model/notification.ts'
import { createSeqAt, JOURNAL_ENDS } from './seq-at.ts'

/** Reads for the indicators: by index, a page at a time, so that no long read holds up the writer's checkpoints. */
export interface IndicatorReads {
  /** When the journal begins, ms; undefined when it is empty. */
  begins(): number | undefined
  /** Alerts opened in the period, with their histories. */
  stories(from: number, to: number): Generator<AlertStory>
  homes(): readonly Home[]
  /** By home: when it was first registered, ms. */
  registered(): ReadonlyMap<string, number>
  /**
   * What tells of links and sensors up to `to`, oldest first: sensors are read from `sensorsFrom` on, links from the
   * newest start before `from` on (nothing was connected then). After `to` only what tells of a time away before it.
   */
  signs(from: number, to: number, sensorsFrom: number): Generator<Sign>
  /** When the hub was last known to be alive, ms. */
  aliveAt(): number
  note(key: string): string | undefined
}

const PAGE = 2000

export function createIndicatorReads(db: DatabaseSync): IndicatorReads {
  const ends = db.prepare(JOURNAL_ENDS)
  const nowOf = db.prepare('SELECT now FROM journal WHERE seq >= ? ORDER BY seq LIMIT 1')
  const alerts = db.prepare(
    `SELECT id, opened_at AS openedAt, body FROM alert
     WHERE is_open IN (0, 1) AND opened_at >= ? AND opened_at < ? ORDER BY opened_at, id`,
  )
  const events = db.prepare('SELECT body FROM alert_event WHERE alert = ? ORDER BY seq, rowid')
  const notifications = db.prepare('SELECT body FROM notification WHERE alert = ?')
  const homes = db.prepare('SELECT facts AS body FROM home ORDER BY id')
  // The index of what is rare is used only where its own condition stands in the query.
  const registered = db.prepare(
    "SELECT home, min(now) AS now FROM journal WHERE type = 'home' AND type <> 'reading' GROUP BY home",
  )
  const lastStart = db.prepare(
    "SELECT seq FROM journal WHERE type = 'start' AND type <> 'reading' AND seq < ? ORDER BY seq DESC LIMIT 1",
  )
  const links = db.prepare(
    `SELECT seq, now, body FROM journal WHERE type IN ('gateway', 'start', 'pause') AND type <> 'reading'
     AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ${PAGE}`,
  )
  const nextAway = db.prepare(
    `SELECT now, body FROM journal WHERE type IN ('start', 'pause') AND type <> 'reading' AND seq >= ?
     ORDER BY seq LIMIT 1`,
  )
  const all = db.prepare(
    `SELECT seq, now, type, home, sensor, CASE WHEN type <> 'reading' OR kind = 'availability' THEN body END AS body
     FROM journal WHERE seq BETWEEN ? AND ? AND type IN ('reading', 'gateway', 'start', 'pause')
     ORDER BY seq LIMIT ${PAGE}`,
  )
  const note = db.prepare('SELECT value FROM note WHERE key = ?')
  const seqAt = createSeqAt(db)

  function* pages<T extends { seq: number }>(
    read: (from: number, to: number) => readonly T[],
    from: number,
    to: number,
  ): Generator<T> {
    for (let next = from; next <= to;) {
      const page = read(next, to)
      yield* page
      const last = page.at(-1)
      if (!last || page.length < PAGE) return
      next = last.seq + 1
    }
  }

  return {
    begins() {
      const { first } = ends.get() as { first: number | null }
      return first === null ? undefined : (nowOf.get(first) as { now: number }).now
    },
    *stories(from, to) {
      for (const { id, body } of alerts.all(from, to) as { id: string; body: string }[]) {
        yield {
          alert: JSON.parse(body) as Alert,
          events: parse<AlertEvent>(events.all(id)),
          notifications: parse<AlertNotification>(notifications.all(id)),
        }
      }
    },
    homes: () => parse<Home>(homes.all()),
    registered: () =>
      new Map((registered.all() as { home: string; now: number }[]).map(({ home, now }) => [home, now])),
    *signs(from, to, sensorsFrom) {
      const begin = seqAt(Math.min(from, sensorsFrom))
      const { seq: started } = (lastStart.get(seqAt(from)) as { seq: number } | undefined) ?? { seq: 0 }
      const readLinks = (low: number, high: number) =>
        links.all(low, high) as { seq: number; now: number; body: string }[]
      for (const { now, body } of pages(readLinks, started, begin - 1)) yield linkSign(now, body)
      const readAll = (low: number, high: number) =>
        all.all(low, high) as {
          seq: number
          now: number
          type: string
          home: string
          sensor: string
          body: string | null
        }[]
      for (const { now, type, home, sensor, body } of pages(readAll, begin, seqAt(to) - 1)) {
        if (type !== 'reading') yield linkSign(now, body ?? '')
        else yield { now, heard: { home, sensor, gone: body !== null && saysOffline(body) } }
      }
      const away = nextAway.get(seqAt(to)) as { now: number; body: string } | undefined
      if (away) yield linkSign(away.now, away.body)
    },
    aliveAt() {
      const { last } = ends.get() as { last: number | null }
      const newest = last === null ? 0 : (nowOf.get(last) as { now: number }).now
      return Math.max(newest, Number((note.get('alive') as { value: string } | undefined)?.value ?? 0))
    },
    note: (key) => (note.get(key) as { value: string } | undefined)?.value,
  }
}

function linkSign(now: number, body: string): Sign {
  return { now, input: JSON.parse(body) as Extract<Input, { type: 'gateway' | 'start' | 'pause' }> }
}

function saysOffline(body: string): boolean {
  const input = JSON.parse(body) as Input
  return input.type === 'reading' && input.reading.value === 'offline'
}

function parse<T>(rows: unknown[]): T[] {
  return (rows as { body: string }[]).map(({ body }) => JSON.parse(body) as T)
}
