import { setTimeout as wait } from 'node:timers/promises'
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import type { Alert } from '../model/alert.ts'
import type { EraseClass, EraseCounts, EraseTarget } from '../model/erasure.ts'
import type { HomeInput, Input, StopInput } from '../model/input.ts'
import { whoseAlert } from '../model/whose-alert.ts'
import type { Raisers } from '../model/whose-alert.ts'
import type { Home } from '../model/home.ts'
import { isRowOf } from '../rules/forget.ts'
import { createBatches, ROWS_AT_ONCE } from './batches.ts'
import type { BatchOptions } from './batches.ts'
import { inTransaction } from './in-transaction.ts'
import { createPacketSearch, withoutGateways } from './packet-rows.ts'
import { ERASED, createScrubber } from './scrub.ts'

/** So many entries of the journal are looked through at once. */
const LOOKED_AT_ONCE = 2000

export interface Eraser {
  /** What there is, class by class; nothing is changed. */
  count(target: EraseTarget): Promise<EraseCounts>
  /** Sensors that were a resident's, and nobody else's since; from the journal of the register. */
  sensorsOf(home: string, resident: string): readonly string[]
  /** Which sensors raised an alert, and how often it fired; from the entries of the journal of its history. */
  raisersOf(alert: string): Raisers & { readonly fired: number }
  /** Takes words out of what people wrote elsewhere; notes to the next shift that have them are deleted. */
  scrub(words: readonly string[]): Promise<EraseCounts>
  /** Deletes it, a few rows at a time. Done again, it finds nothing more. */
  erase(target: EraseTarget): Promise<EraseCounts>
  /** Writes the tables with names anew, so that no page has remnants of what was moved. */
  tidy(): Promise<void>
  /** Empties the log of writes. @returns false while somebody is at an older state, and it has remnants */
  emptyLog(): Promise<boolean>
}

interface EraserOptions extends BatchOptions {
  /** Nobody waits for the database: all of it is written anew at the end. */
  readonly vacuum?: boolean
}

/** Each has the packets of a commit: a thousand of them, in a flood. */
const PACKET_ROWS_AT_ONCE = 25
/** How often the log of writes is tried to be emptied, ms. */
const CHECKPOINT_EVERY = 50
const CHECKPOINT_TRIES = { hub: 100, offline: 20 }

/** Those that have words of people, and are small. */
const WITH_WORDS = ['home', 'home_note', 'handover', 'certificate', 'staff', 'person'] as const

export function createEraser(db: DatabaseSync, options: EraserOptions = {}): Eraser {
  const { isStopping = () => false, vacuum = false } = options
  const { inBatches, inStretches, nextTurn, onBatch } = createBatches(db, options)
  /** By home: who erases again what was on its way meanwhile finds its gateways gone. */
  const knownGateways = new Map<string, readonly string[]>()
  prepare()
  const get = <T>(sql: string, ...values: SQLInputValue[]): T => db.prepare(sql).get(...values) as T
  const all = <T>(sql: string, ...values: SQLInputValue[]): T[] => db.prepare(sql).all(...values) as T[]
  const newest = (): number => get<{ seq: number }>('SELECT coalesce(max(seq), 0) AS seq FROM journal').seq

  function prepare(): void {
    db.exec('PRAGMA temp_store = MEMORY; CREATE TEMP TABLE IF NOT EXISTS erase_id (id TEXT PRIMARY KEY)')
  }

  const run = (sql: string, ...values: SQLInputValue[]): number =>
    Number(db.prepare(sql).run(...values).changes)

  function alertsOf(target: EraseTarget): string[] {
    const { home } = target
    const rows = all<{ id: string; body: string }>('SELECT id, body FROM alert WHERE home = ?', home)
    if (target.resident === undefined) return rows.map(({ id }) => id)
    const row = db.prepare('SELECT facts FROM home WHERE id = ?').get(home) as { facts: string } | undefined
    const facts = row ? (JSON.parse(row.facts) as Home) : { residents: [], sensors: [] }
    return rows
      .filter(
        ({ id, body }) => whoseAlert(JSON.parse(body) as Alert, target, facts, raisersOf(id)) === 'theirs',
      )
      .map(({ id }) => id)
  }

  function raisersOf(alert: string): Raisers & { readonly fired: number } {
    const rows = all<{ what: string; type: string | null; sensor: string | null }>(
      `SELECT e.what, j.type, coalesce(j.sensor, json_extract(j.body, '$.sensor')) AS sensor
       FROM alert_event e LEFT JOIN journal j ON j.seq = e.seq
       WHERE e.alert = ? AND e.what IN ('raised', 'again', 'level')`,
      alert,
    )
    // What was blanked is of whoever is being erased, or was before.
    const left = rows.filter(({ type }) => type !== ERASED)
    return {
      sensors: [...new Set(left.flatMap(({ sensor }) => sensor ?? []))],
      // The alert itself has the sensor of the newest.
      isUnsure: rows.length > 1 && left.some(({ sensor }) => sensor === null),
      fired: rows.filter(({ what }) => what !== 'level').length,
    }
  }

  /** One that is not surely theirs alone is kept for the others, without what their sensor said last. */
  function leaveSharedAlerts({ home, resident, sensors }: EraseTarget): number {
    if (resident === undefined) return 0
    return run(
      `UPDATE alert SET body = json_remove(body, '$.detail.sensor', '$.detail.room', '$.detail.kind', '$.detail.value')
       WHERE home = ? AND is_open = 0 AND json_extract(body, '$.detail.sensor') IN (SELECT value FROM json_each(?))`,
      home,
      JSON.stringify(sensors),
    )
  }

  /** The ids of its alerts and messages, which entries of the journal name. */
  function gatherIds(target: EraseTarget): readonly string[] {
    const alerts = alertsOf(target)
    run('DELETE FROM temp.erase_id')
    const put = db.prepare('INSERT OR IGNORE INTO temp.erase_id (id) VALUES (?)')
    const messages = db.prepare('SELECT id FROM notification WHERE alert = ?')
    for (const id of alerts) {
      put.run(id)
      for (const row of messages.all(id) as { id: string }[]) put.run(row.id)
    }
    if (target.resident === undefined) {
      run(
        `INSERT OR IGNORE INTO temp.erase_id (id) SELECT id FROM notification
         WHERE alert IS NULL AND json_extract(body, '$.home') = ?`,
        target.home,
      )
    }
    return alerts
  }

  const OF_IDS = `(home IS NULL AND type NOT IN ('reading', 'rules', 'tick', 'start', 'pause', 'staff', 'boards') AND coalesce(
    json_extract(body, '$.alert'), json_extract(body, '$.link'), json_extract(body, '$.notification')
  ) IN (SELECT id FROM temp.erase_id))`
  const OF_HOME = `(home = :home AND (type <> 'home' OR json_extract(body, '$.home.erased') IS NULL))`
  const OF_PARTS = `(home = :home AND ((type = 'reading' AND sensor IN (SELECT value FROM json_each(:sensors)))
    OR (type IN ('undecoded', 'notice', 'raise', 'visit')
      AND json_extract(body, '$.sensor') IN (SELECT value FROM json_each(:sensors)))))`

  /** Entries of the journal in a stretch, those that go. */
  function goingIn(target: EraseTarget): (from: number, to: number) => { seq: number; type: string }[] {
    const isWhole = target.resident === undefined
    const select = db.prepare(
      `SELECT seq, type FROM journal WHERE seq > :from AND seq <= :to
       AND (${isWhole ? OF_HOME : OF_PARTS} OR ${OF_IDS}) ORDER BY seq LIMIT ${ROWS_AT_ONCE}`,
    )
    const more = isWhole ? {} : { sensors: JSON.stringify(target.sensors) }
    return (from, to) =>
      select.all({ home: target.home, from, to, ...more }) as { seq: number; type: string }[]
  }

  async function walk(
    target: EraseTarget,
    take: (rows: readonly { seq: number; type: string }[]) => void,
  ): Promise<void> {
    const going = goingIn(target)
    await inStretches(0, newest(), LOOKED_AT_ONCE, (from, to) => {
      const found = going(from, to)
      if (found.length > 0) take(found)
      return found
    })
  }

  function tally(counts: Record<string, number>, rows: readonly { type: string }[]): void {
    for (const { type } of rows) {
      const name = type === 'reading' ? 'readings' : type === 'undecoded' ? 'undecoded' : 'entries'
      counts[name] = (counts[name] ?? 0) + 1
    }
  }

  /** What an entry about several says of the others stays. */
  function changeEntries({ home, resident, sensors }: EraseTarget): number {
    let changed = 0
    const put = db.prepare('UPDATE journal SET body = ? WHERE seq = ?')
    const stops = all<{ seq: number; body: string }>(
      `SELECT seq, body FROM journal WHERE type = 'stop' AND type <> 'reading' AND instr(body, ?) > 0`,
      JSON.stringify(home),
    )
    for (const { seq, body } of resident === undefined ? stops : []) {
      const input = JSON.parse(body) as StopInput
      const contacts = input.contacts.filter((one) => one.home !== home)
      put.run(JSON.stringify({ ...input, contacts }), seq)
      changed++
    }
    if (resident === undefined) return changed
    const homes = all<{ seq: number; body: string }>(
      `SELECT seq, body FROM journal WHERE type = 'home' AND type <> 'reading' AND home = ?`,
      home,
    )
    for (const { seq, body } of homes) {
      const without = withoutPart(JSON.parse(body) as HomeInput, resident, sensors)
      const text = JSON.stringify(without)
      if (text === body) continue
      put.run(text, seq)
      changed++
    }
    return changed
  }

  function stateKeys({ home, resident, sensors }: EraseTarget): string[] {
    const parts = resident === undefined ? undefined : [resident, ...sensors]
    return all<{ key: string }>('SELECT key FROM state WHERE instr(key, ?) > 0', home)
      .map(({ key }) => key)
      .filter((key) => isRowOf(key, home, parts))
  }

  /** What goes by its home alone; with a resident, by the sensors. */
  function simple({
    home,
    resident,
    sensors,
  }: EraseTarget): readonly [EraseClass, string, SQLInputValue[]][] {
    const list = JSON.stringify(sensors)
    if (resident !== undefined) {
      return [
        [
          'readingIds',
          'seen_reading WHERE (home, sensor, id) IN (SELECT home, sensor, id FROM seen_reading WHERE home = ? AND sensor IN (SELECT value FROM json_each(?))',
          [home, list],
        ],
      ]
    }
    return [
      [
        'readingIds',
        'seen_reading WHERE (home, sensor, id) IN (SELECT home, sensor, id FROM seen_reading WHERE home = ?',
        [home],
      ],
      [
        'gateways',
        'gateway_next WHERE id IN (SELECT n.id FROM gateway_next n JOIN gateway g ON g.id = n.id WHERE g.home = ?',
        [home],
      ],
      ['gateways', 'gateway WHERE id IN (SELECT id FROM gateway WHERE home = ?', [home]],
      [
        'gateways',
        'gateway_certificate WHERE fingerprint IN (SELECT fingerprint FROM gateway_certificate WHERE home = ?',
        [home],
      ],
      ['certificates', 'certificate WHERE id IN (SELECT id FROM certificate WHERE home = ?', [home]],
      ['homeNotes', 'home_note WHERE id IN (SELECT id FROM home_note WHERE home = ?', [home]],
      [
        'protectionMonths',
        'unprotected_month WHERE (home, month) IN (SELECT home, month FROM unprotected_month WHERE home = ?',
        [home],
      ],
    ]
  }

  function gatewaysOf(home: string): readonly string[] {
    const rows = all<{ id: string }>('SELECT id FROM gateway WHERE home = ?', home)
    const both = [...new Set([...(knownGateways.get(home) ?? []), ...rows.map(({ id }) => id)])]
    knownGateways.set(home, both)
    return both
  }

  /**
   * The packets of a home by which the hub knows repeats.
   * @param isErasing else they are only counted
   */
  async function packetsOf({ home, resident }: EraseTarget, isErasing: boolean): Promise<number> {
    if (resident !== undefined) return 0
    const gateways = gatewaysOf(home)
    const search = createPacketSearch(db)
    const put = db.prepare('UPDATE recent_packets SET body = ? WHERE id = ?')
    const drop = db.prepare('DELETE FROM recent_packets WHERE id = ?')
    const { first, last } = get<{ first: number; last: number }>(
      'SELECT coalesce(min(id), 1) AS first, coalesce(max(id), 0) AS last FROM recent_packets',
    )
    let sum = 0
    await inStretches(first - 1, last, PACKET_ROWS_AT_ONCE, (from, to) => {
      const found = search(gateways, from, to)
        .map(({ id, body }) => ({ id, ...withoutGateways(body, gateways) }))
        .filter(({ theirs }) => theirs > 0)
      for (const { theirs } of found) sum += theirs
      // A count holds up nobody who writes.
      if (!isErasing || found.length === 0) return []
      inTransaction(db, () => {
        for (const { id, left } of found) {
          if (left === undefined) drop.run(id)
          else put.run(left, id)
        }
      })
      return []
    })
    return sum
  }

  /** Links are for an alert or a home, and a recipient. */
  function links({ home, resident }: EraseTarget): [string, SQLInputValue[]] {
    const about = "json_extract(%, '$[1]')"
    const where =
      resident === undefined
        ? `${about} IN (SELECT id FROM temp.erase_id) OR ${about} = ?`
        : `${about} IN (SELECT id FROM temp.erase_id)`
    return [where, resident === undefined ? [home] : []]
  }

  const LINK_TABLES = [
    ['link', 'hash', 'purpose'],
    ['link_code', '(link, at)', 'link'],
    ['link_session', 'hash', 'link'],
  ] as const

  return {
    sensorsOf(home, resident) {
      const owners = new Map<string, Set<string | undefined>>()
      const bodies = all<{ body: string }>(
        `SELECT body FROM journal WHERE type = 'home' AND type <> 'reading' AND home = ? ORDER BY seq`,
        home,
      )
      let now: HomeInput['home'] | undefined
      for (const { body } of bodies) {
        now = (JSON.parse(body) as HomeInput).home
        for (const { id, resident: of } of now.sensors) {
          owners.set(id, (owners.get(id) ?? new Set()).add(of))
        }
      }
      return [...owners]
        .filter(([id, of]) => {
          const is = now?.sensors.find((one) => one.id === id)
          return of.has(resident) && (is === undefined || is.resident === resident)
        })
        .map(([id]) => id)
    },
    raisersOf,
    async count(target) {
      const counts: Record<string, number> = {}
      const alerts = gatherIds(target)
      const count = (name: EraseClass, from: string, ...values: SQLInputValue[]): void => {
        counts[name] =
          (counts[name] ?? 0) + get<{ n: number }>(`SELECT count(*) AS n FROM ${from}`, ...values).n
      }
      counts['alerts'] = alerts.length
      count('alertEvents', 'alert_event WHERE alert IN (SELECT id FROM temp.erase_id)')
      count('messages', 'notification WHERE id IN (SELECT id FROM temp.erase_id)')
      for (const [name, from, values] of simple(target)) count(name, `${from})`, ...values)
      counts['readingIds'] = (counts['readingIds'] ?? 0) + (await packetsOf(target, false))
      const [where, values] = links(target)
      for (const [table, , column] of LINK_TABLES) {
        count('links', `${table} WHERE ${where.replaceAll('%', column)}`, ...values)
      }
      counts['ruleState'] = stateKeys(target).length
      await walk(target, (rows) => tally(counts, rows))
      return counts
    },
    async scrub(words) {
      const scrubber = createScrubber(words)
      if (!scrubber) return {}
      const counts = { handoverNotes: 0, comments: 0 }
      const notes = all<{ id: number; text: string }>('SELECT id, text FROM handover')
      for (const { id, text } of notes) {
        if (scrubber.has(text)) counts.handoverNotes += run('DELETE FROM handover WHERE id = ?', id)
      }
      for (const [table, key, which] of [
        ['journal', 'seq', "type IN ('comment', 'resolve') AND type <> 'reading'"],
        ['alert_event', 'rowid', "what IN ('commented', 'resolved')"],
      ] as const) {
        const select = db.prepare(
          `SELECT ${key} AS id, body FROM ${table} WHERE ${which} AND ${key} > ? ORDER BY ${key} LIMIT ${ROWS_AT_ONCE}`,
        )
        const put = db.prepare(`UPDATE ${table} SET body = ? WHERE ${key} = ?`)
        for (let from = 0; ;) {
          const rows = select.all(from) as { id: number; body: string }[]
          const found = rows.flatMap(({ id, body }) => {
            const without = scrubber.scrubJson(body)
            return without === undefined ? [] : [{ id, without }]
          })
          inTransaction(db, () => {
            for (const { id, without } of found) put.run(without, id)
          })
          if (table === 'journal') counts.comments += found.length
          const last = rows.at(-1)
          if (!last) break
          from = last.id
          await nextTurn()
        }
      }
      return counts
    },
    async erase(target) {
      const counts: Record<string, number> = {}
      const add = (name: EraseClass, rows: number): void => void (counts[name] = (counts[name] ?? 0) + rows)
      const alerts = gatherIds(target)
      // First blank where it stands, then delete: a page that is put together with its neighbour copies what is in it.
      const blank = db.prepare(
        `UPDATE journal SET type = '${ERASED}', home = NULL, sensor = NULL, kind = NULL, at = NULL,
         body = '{"type":"${ERASED}"}' WHERE seq = ?`,
      )
      await walk(target, (rows) => {
        inTransaction(db, () => {
          for (const { seq } of rows) blank.run(seq)
        })
        onBatch(rows.length)
        tally(counts, rows)
      })
      add(
        'entries',
        inTransaction(db, () => changeEntries(target)),
      )
      const [where, values] = links(target)
      for (const [table, key, column] of LINK_TABLES) {
        const some = `SELECT ${key.replace(/[()]/g, '')} FROM ${table} WHERE ${where.replaceAll('%', column)} LIMIT ${ROWS_AT_ONCE}`
        add('links', await inBatches(() => run(`DELETE FROM ${table} WHERE ${key} IN (${some})`, ...values)))
      }
      for (const id of alerts) {
        inTransaction(db, () =>
          run("UPDATE alert_event SET body = json_remove(body, '$.text') WHERE alert = ?", id),
        )
      }
      for (const id of alerts) {
        add(
          'alertEvents',
          await inBatches(() =>
            run(
              `DELETE FROM alert_event WHERE rowid IN (SELECT rowid FROM alert_event WHERE alert = ? LIMIT ${ROWS_AT_ONCE})`,
              id,
            ),
          ),
        )
      }
      add(
        'messages',
        await inBatches(() =>
          run(
            `DELETE FROM notification WHERE id IN (SELECT id FROM notification WHERE id IN (SELECT id FROM temp.erase_id) LIMIT ${ROWS_AT_ONCE})`,
          ),
        ),
      )
      add(
        'alerts',
        await inBatches(() =>
          run(
            `DELETE FROM alert WHERE id IN (SELECT id FROM alert WHERE id IN (SELECT id FROM temp.erase_id) LIMIT ${ROWS_AT_ONCE})`,
          ),
        ),
      )
      // After the alerts: they say whose those are. The newest stays: its number would be given again.
      await inBatches(() =>
        run(
          `DELETE FROM journal WHERE seq IN (SELECT seq FROM journal WHERE type = '${ERASED}' AND type <> 'reading'
           AND seq < ? ORDER BY seq LIMIT ${ROWS_AT_ONCE})`,
          newest(),
        ),
      )
      inTransaction(db, () => leaveSharedAlerts(target))
      if (target.resident === undefined) inTransaction(db, () => leaveAreaAlerts(db, target.home))
      add('readingIds', await packetsOf(target, true))
      for (const [name, from, given] of simple(target)) {
        add(name, await inBatches(() => run(`DELETE FROM ${from} LIMIT ${ROWS_AT_ONCE})`, ...given)))
      }
      const drop = db.prepare('DELETE FROM state WHERE key = ?')
      add(
        'ruleState',
        inTransaction(db, () =>
          stateKeys(target).reduce((sum, key) => sum + Number(drop.run(key).changes), 0),
        ),
      )
      run('DELETE FROM temp.erase_id')
      return counts
    },
    async tidy() {
      for (const table of WITH_WORDS) {
        // Rows that others refer to go and come back within one turn.
        db.exec('PRAGMA foreign_keys = OFF')
        try {
          inTransaction(db, () => {
            db.exec(`CREATE TEMP TABLE tidy AS SELECT * FROM main.${table}; DELETE FROM main.${table};
              INSERT INTO main.${table} SELECT * FROM temp.tidy; DROP TABLE temp.tidy`)
          })
        } finally {
          db.exec('PRAGMA foreign_keys = ON')
        }
        await nextTurn()
      }
      if (vacuum) {
        // Not in memory: it may be large.
        db.exec('DROP TABLE temp.erase_id; PRAGMA temp_store = FILE; VACUUM')
        prepare()
      }
    },
    emptyLog,
  }

  /** A reader in another thread may still be at an older state: it is tried again, and nobody waits for it here. */
  async function emptyLog(): Promise<boolean> {
    const most = vacuum ? CHECKPOINT_TRIES.offline : CHECKPOINT_TRIES.hub
    for (let tries = 0; tries < most; tries++) {
      const { timeout } = get<{ timeout: number }>('PRAGMA busy_timeout')
      db.exec('PRAGMA busy_timeout = 0')
      try {
        if (get<{ busy: number }>('PRAGMA wal_checkpoint(TRUNCATE)').busy === 0) return true
      } finally {
        db.exec(`PRAGMA busy_timeout = ${timeout}`)
      }
      await wait(CHECKPOINT_EVERY)
      if (isStopping()) return false
    }
    return false
  }
}

function withoutPart(input: HomeInput, resident: string, sensors: readonly string[]): Input {
  const { home, change } = input
  const isTheirs = (path: string): boolean =>
    [`residents/${resident}`, ...sensors.map((id) => `sensors/${id}`)].some(
      (part) => path === part || path.startsWith(`${part}/`),
    )
  return {
    ...input,
    home: {
      ...home,
      residents: home.residents.filter(({ id }) => id !== resident),
      sensors: home.sensors.filter(({ id }) => !sensors.includes(id)),
    },
    ...(change && {
      change: {
        ...change,
        limits: change.limits.filter((step) => step.resident !== resident),
        ...(change.register && { register: change.register.filter((path) => !isTheirs(path)) }),
      },
    }),
  }
}

/** Alerts of many homes at once, which are over, name the home no more. */
function leaveAreaAlerts(db: DatabaseSync, home: string): number {
  const rows = db
    .prepare('SELECT id, body FROM alert WHERE home IS NULL AND is_open = 0 AND instr(body, ?) > 0')
    .all(`"home":${JSON.stringify(home)}`) as { id: string; body: string }[]
  const put = db.prepare('UPDATE alert SET body = ? WHERE id = ?')
  for (const { id, body } of rows) {
    const alert = JSON.parse(body) as Alert
    const { homes = [] } = alert.detail
    const left = homes.filter((one) => one.home !== home)
    put.run(JSON.stringify({ ...alert, detail: { ...alert.detail, homes: left } }), id)
  }
  return rows.length
}
