import type { DatabaseSync } from 'node:sqlite'
import type { Alert } from '../model/alert.ts'
import type { Input, ReadingInput } from '../model/input.ts'
import { KINDS } from '../model/kind.ts'
import type { HomePast, PastLink, PastReading } from '../model/past.ts'

/** So many readings are read at once, the newest: a house of many sensors in a busy day. */
const MOST_READINGS = 6000

/** They last: how they were before has to be looked up, but not for ever. */
const LASTING = JSON.stringify(['door', 'bed', 'chair', 'presence'])
const LOOKED_BACK = 24 * 3_600_000

const ALL_KINDS = JSON.stringify([...KINDS.keys()])

export interface PastReads {
  /** What is kept of a home from a time until now: by index, and bounded. */
  home(home: string, from: number, to: number): HomePast
  /** The newest alerts of a rule in a home, newest first. */
  alertsOf(home: string, rule: string, limit: number): readonly Alert[]
}

export function createPastReads(db: DatabaseSync): PastReads {
  const readings = db.prepare(
    `SELECT at, sensor, kind, body FROM journal
     WHERE home = ? AND kind IN (SELECT value FROM json_each(?)) AND at BETWEEN ? AND ?
     ORDER BY at DESC LIMIT ${MOST_READINGS}`,
  )
  const before = db.prepare(
    `SELECT max(at) AS at, sensor, kind, body FROM journal
     WHERE home = ? AND kind IN (SELECT value FROM json_each(?)) AND at BETWEEN ? AND ? GROUP BY sensor, kind`,
  )
  const ends = db.prepare('SELECT min(seq) AS first, max(seq) AS last FROM journal')
  const nowOf = db.prepare('SELECT now FROM journal WHERE seq >= ? ORDER BY seq LIMIT 1')
  // The index of what is rare is used only where its own condition stands in the query.
  const links = db.prepare(
    `SELECT now, body FROM journal WHERE type IN ('gateway', 'start', 'pause') AND type <> 'reading'
     AND seq >= ? AND (home = ? OR home IS NULL) ORDER BY seq`,
  )
  const alerts = db.prepare(
    'SELECT body FROM alert WHERE home = ? AND opened_at BETWEEN ? AND ? ORDER BY opened_at',
  )
  const ofRule = db.prepare(
    "SELECT body FROM alert WHERE home = ? AND json_extract(body, '$.rule') = ? ORDER BY opened_at DESC LIMIT ?",
  )

  /** The first seq at or after a time: the time of the stream never goes back. */
  function seqAt(time: number): number {
    const { first, last } = ends.get() as { first: number | null; last: number | null }
    let low = first ?? 1
    let high = (last ?? 0) + 1
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      const found = nowOf.get(middle) as { now: number } | undefined
      if (found && found.now < time) low = middle + 1
      else high = middle
    }
    return low
  }

  return {
    home(home, from, to) {
      const rows = readings.all(home, ALL_KINDS, from, to) as unknown as ReadingRow[]
      const oldest = rows.at(-1)
      return {
        readings: rows.toReversed().map(readingOf),
        before: (before.all(home, LASTING, from - LOOKED_BACK, from - 1) as unknown as ReadingRow[]).map(
          readingOf,
        ),
        ...(rows.length === MOST_READINGS && oldest && { cutBefore: oldest.at }),
        links: (links.all(seqAt(from), home) as { now: number; body: string }[]).flatMap(linkOf),
        alerts: parse(alerts.all(home, from, to)),
      }
    },
    alertsOf: (home, rule, limit) => parse(ofRule.all(home, rule, limit)),
  }
}

interface ReadingRow {
  readonly at: number
  readonly sensor: string
  readonly kind: string
  readonly body: string
}

function readingOf({ at, sensor, kind, body }: ReadingRow): PastReading {
  return { at, sensor, kind, value: (JSON.parse(body) as ReadingInput).reading.value }
}

function linkOf({ now, body }: { now: number; body: string }): PastLink[] {
  const input = JSON.parse(body) as Input
  switch (input.type) {
    case 'gateway':
      return [{ now, gateway: input.gateway, to: input.to }]
    case 'start':
      return [{ now, away: input.aliveUntil, by: 'start' }]
    case 'pause':
      return [{ now, away: input.from, by: 'pause' }]
    default:
      return []
  }
}

function parse(rows: unknown[]): Alert[] {
  return (rows as { body: string }[]).map(({ body }) => JSON.parse(body) as Alert)
}
