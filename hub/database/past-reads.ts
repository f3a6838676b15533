import type { DatabaseSync } from 'node:sqlite'
import type { Alert } from '../model/alert.ts'
import type { Input, ReadingInput } from '../model/input.ts'
import { KINDS } from '../model/kind.ts'
import type { HomePast, PastLink, PastReading } from '../model/past.ts'
import { createSeqAt } from './seq-at.ts'

/** So many readings are read at once, the newest: a house of many sensors in a busy day. */
const MOST_READINGS = 6000

/** They last: how they were before has to be looked up, but not for ever. */
const LASTING = JSON.stringify(['door', 'bed', 'chair', 'presence'])
const LOOKED_BACK = 24 * 3_600_000

/** Of those that are read page by page. */
const PAGE = 2000

const ALL_KINDS = JSON.stringify([...KINDS.keys()])

export interface PastReads {
  /** What is kept of a home from a time until now: by index, and bounded. */
  home(home: string, from: number, to: number): HomePast
  /** What stands around the readings of that time. */
  frame(home: string, from: number, to: number): Pick<HomePast, 'before' | 'links' | 'alerts'>
  /**
   * All readings of a kind, newest first and a page at a time, so that no long read holds up the writer's checkpoints.
   * @param withValue without it each value is `null`: one wants to know only when it was heard
   */
  readings(home: string, kind: string, from: number, to: number, withValue: boolean): Generator<PastReading>
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
  const seqAt = createSeqAt(db)
  const [pages, bare] = ['body', 'NULL AS body'].map((body) =>
    db.prepare(
      `SELECT at, seq, sensor, kind, ${body} FROM journal
       WHERE home = ? AND kind = ? AND at >= ? AND (at, seq) < (?, ?) ORDER BY at DESC, seq DESC LIMIT ${PAGE}`,
    ),
  )
  // The index of what is rare is used only where its own condition stands in the query.
  const links = db.prepare(
    `SELECT now, body FROM journal WHERE type IN ('gateway', 'start', 'pause', 'shed') AND type <> 'reading'
     AND seq >= ? AND (home = ? OR home IS NULL) ORDER BY seq`,
  )
  const alerts = db.prepare(
    'SELECT body FROM alert WHERE home = ? AND opened_at BETWEEN ? AND ? ORDER BY opened_at',
  )
  const ofRule = db.prepare(
    "SELECT body FROM alert WHERE home = ? AND json_extract(body, '$.rule') = ? ORDER BY opened_at DESC LIMIT ?",
  )

  function frame(home: string, from: number, to: number): ReturnType<PastReads['frame']> {
    return {
      before: (before.all(home, LASTING, from - LOOKED_BACK, from - 1) as unknown as ReadingRow[]).map(
        readingOf,
      ),
      links: (links.all(seqAt(from), home) as { now: number; body: string }[]).flatMap(linkOf),
      alerts: parse(alerts.all(home, from, to)),
    }
  }

  return {
    home(home, from, to) {
      const rows = readings.all(home, ALL_KINDS, from, to) as unknown as ReadingRow[]
      const oldest = rows.at(-1)
      return {
        readings: rows.toReversed().map(readingOf),
        ...frame(home, from, to),
        ...(rows.length === MOST_READINGS && oldest && { cutBefore: oldest.at }),
      }
    },
    frame,
    *readings(home, kind, from, to, withValue) {
      let place = [to, Number.MAX_SAFE_INTEGER]
      for (;;) {
        const rows = (withValue ? pages : bare)?.all(home, kind, from, ...place) as unknown as PageRow[]
        for (const row of rows) yield withValue ? readingOf(row) : { ...row, value: null }
        const last = rows.at(-1)
        if (!last || rows.length < PAGE) return
        place = [last.at, last.seq]
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

interface PageRow extends ReadingRow {
  readonly seq: number
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
    case 'shed':
      // What was not kept is not known, as if the hub had stood still.
      return input.since === undefined ? [] : [{ now, away: input.since, by: 'pause' }]
    case 'pause':
      return [{ now, away: input.from, by: 'pause' }]
    default:
      return []
  }
}

function parse(rows: unknown[]): Alert[] {
  return (rows as { body: string }[]).map(({ body }) => JSON.parse(body) as Alert)
}
