import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Alert } from '../../hub/model/alert.ts'
import type { ReadingInput } from '../../hub/model/input.ts'
import type { Notification } from '../../hub/model/notification.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import type { SentReading } from './load.ts'

/** What a data folder holds, as a hub that starts on it would find it. */
export interface Kept {
  readonly integrity: string
  /** How often each reading is in the journal. */
  readonly readings: ReadonlyMap<string, number>
  /** By scope: `home/sensor`. */
  readonly alerts: ReadonlyMap<string, readonly Alert[]>
  readonly notifications: readonly Notification[]
  /** Holes in the numbers of the journal. */
  readonly holes: number
}

/** Reads a copy of the folder's database, so that nothing is recovered before the hub itself does it. */
export function readKept(folder: string): Kept {
  const copy = tempDir('kept')
  for (const name of ['hub.db', 'hub.db-wal']) {
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name))
  }
  const db = new DatabaseSync(join(copy, 'hub.db'))
  try {
    const readings = new Map<string, number>()
    for (const row of all(db, "SELECT body FROM journal WHERE type = 'reading'")) {
      const { reading } = JSON.parse(row) as ReadingInput
      const key = keyOf({
        ...reading,
        value: typeof reading.value === 'number' ? Math.round(reading.value * 1000) : 'detected',
      })
      readings.set(key, (readings.get(key) ?? 0) + 1)
    }
    const alerts = all(db, 'SELECT body FROM alert').map((row) => JSON.parse(row) as Alert)
    const journal = db
      .prepare('SELECT count(*) AS count, coalesce(max(seq), 0) AS newest FROM journal')
      .get() as { count: number; newest: number }
    return {
      integrity: String(Object.values(db.prepare('PRAGMA integrity_check').get() ?? {})[0]),
      readings,
      alerts: Map.groupBy(alerts, ({ scope }) => scope),
      notifications: all(db, 'SELECT body FROM notification').map((row) => JSON.parse(row) as Notification),
      holes: journal.newest - journal.count,
    }
  } finally {
    db.close()
  }
}

/** What is wrong with what was kept of what was sent; nothing is. */
export interface Wrong {
  /** Acknowledged, but not in the journal. */
  readonly lost: readonly string[]
  /** In the journal more than once. */
  readonly twice: readonly string[]
  /** Acknowledged falls that do not have exactly one alert, that fired once. */
  readonly alerts: readonly string[]
  /** Alerts that do not have exactly one first message. */
  readonly messages: readonly string[]
  readonly integrity: string
  readonly holes: number
}

export const NOTHING_WRONG: Wrong = {
  lost: [],
  twice: [],
  alerts: [],
  messages: [],
  integrity: 'ok',
  holes: 0,
}

export function compare(sent: readonly SentReading[], kept: Kept): Wrong {
  const acknowledged = sent.filter((reading) => reading.acknowledged)
  const firstMessages = Map.groupBy(
    kept.notifications.filter(({ template, step }) => template === 'alert' && step === 1),
    ({ alert }) => alert,
  )
  const falls = acknowledged.filter(({ value }) => value === 'detected')
  const opened = [...kept.alerts.values()].flat()
  return {
    lost: acknowledged.map(keyOf).filter((key) => !kept.readings.has(key)),
    twice: [...kept.readings].filter(([, count]) => count !== 1).map(([key]) => key),
    alerts: falls
      .map(({ home, sensor }) => `${home}/${sensor}`)
      .filter((scope) => {
        const [alert, second] = kept.alerts.get(scope) ?? []
        return alert?.count !== 1 || second !== undefined
      }),
    messages: opened.filter(({ id }) => firstMessages.get(id)?.length !== 1).map(({ id }) => id),
    integrity: kept.integrity,
    holes: kept.holes,
  }
}

function keyOf({ home, sensor, value, id }: Pick<SentReading, 'home' | 'sensor' | 'value' | 'id'>): string {
  return `${home}/${sensor} ${value} ${id ?? 'without id'}`
}

function all(db: DatabaseSync, sql: string): string[] {
  return (db.prepare(sql).all() as { body: string }[]).map(({ body }) => body)
}
