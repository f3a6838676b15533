import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Alert } from '../../hub/model/alert.ts'
import type { Input, ReadingInput } from '../../hub/model/input.ts'
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
  /** The hub's time of the newest entry: what was due by then has been run. */
  readonly now: number
}

/** Reads a copy of the folder's database, so that nothing is recovered before the hub itself does it. */
export function readKept(folder: string): Kept {
  const db = openCopy(folder)
  try {
    const readings = new Map<string, number>()
    for (const row of all(db, "SELECT body FROM journal WHERE type = 'reading'")) {
      const { reading } = JSON.parse(row) as ReadingInput
      const key = keyOf({
        ...reading,
        value: typeof reading.value === 'number' ? Math.round(reading.value * 1000) : String(reading.value),
      })
      readings.set(key, (readings.get(key) ?? 0) + 1)
    }
    const alerts = all(db, 'SELECT body FROM alert').map((row) => JSON.parse(row) as Alert)
    const journal = db
      .prepare(
        'SELECT count(*) AS count, coalesce(max(seq), 0) AS newest, coalesce(max(now), 0) AS now FROM journal',
      )
      .get() as { count: number; newest: number; now: number }
    return {
      integrity: String(Object.values(db.prepare('PRAGMA integrity_check').get() ?? {})[0]),
      readings,
      alerts: Map.groupBy(alerts, ({ scope }) => scope),
      notifications: all(db, 'SELECT body FROM notification').map((row) => JSON.parse(row) as Notification),
      holes: journal.newest - journal.count,
      now: journal.now,
    }
  } finally {
    db.close()
  }
}

/** The inputs of one type in a folder's journal, in order. */
export function readInputs(folder: string, type: Input['type']): Input[] {
  const db = openCopy(folder)
  try {
    return all(db, `SELECT body FROM journal WHERE type = '${type}' ORDER BY seq`).map(
      (text) => JSON.parse(text) as Input,
    )
  } finally {
    db.close()
  }
}

function openCopy(folder: string): DatabaseSync {
  const copy = tempDir('kept')
  for (const name of ['hub.db', 'hub.db-wal']) {
    if (existsSync(join(folder, name))) copyFileSync(join(folder, name), join(copy, name))
  }
  return new DatabaseSync(join(copy, 'hub.db'))
}

/** The same for what was sent and what was kept. */
export function keyOf({
  home,
  sensor,
  value,
  id,
}: Pick<SentReading, 'home' | 'sensor' | 'id'> & { readonly value: number | string }): string {
  return `${home}/${sensor} ${value} ${id ?? 'without id'}`
}

function all(db: DatabaseSync, sql: string): string[] {
  return (db.prepare(sql).all() as { body: string }[]).map(({ body }) => body)
}

/** Messages of a running hub that have not left. */
export function countQueued(folder: string): number {
  const db = new DatabaseSync(join(folder, 'hub.db'), { readOnly: true })
  try {
    return all(db, "SELECT body FROM notification WHERE state IN ('queued', 'gathered')").length
  } finally {
    db.close()
  }
}
