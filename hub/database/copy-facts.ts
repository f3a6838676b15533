import { DatabaseSync } from 'node:sqlite'
import type { Alert } from '../model/alert.ts'
import { DataFolderError } from './data-folder-error.ts'

/** What a copy of a hub's database holds. Ids and titles, no names. */
export interface CopyFacts {
  readonly schema: number
  readonly sqlite: string
  /** The newest sign that the hub was alive, ms; 0 when it never was. */
  readonly aliveAt: number
  readonly counts: CopyCounts
  /** The end of the audit log: what was noted elsewhere of it can be compared with this. */
  readonly audit: { readonly seq: number; readonly hash: string } | null
}

export type CopyCounts = Readonly<Record<keyof typeof COUNTED, number>>

/** Table by table: of those that a schema of before does not have there are none. */
const COUNTED = {
  journal: ['journal', 'SELECT coalesce(max(seq), 0) AS n FROM journal'],
  homes: ['home', 'SELECT count(*) AS n FROM home'],
  gateways: ['gateway', 'SELECT count(*) AS n FROM gateway'],
  people: ['person', 'SELECT count(*) AS n FROM person'],
  openAlerts: ['alert', 'SELECT count(*) AS n FROM alert WHERE is_open = 1'],
  queuedMessages: ['notification', "SELECT count(*) AS n FROM notification WHERE state = 'queued'"],
  auditRows: ['audit', 'SELECT coalesce(max(seq), 0) AS n FROM audit'],
} as const

/** An alert that was open when the copy was made. */
export interface OpenThen {
  readonly alert: string
  readonly home?: string
  readonly title: string
  readonly severity: Alert['severity']
  readonly openedAt: number
  readonly handling: Alert['handling']
  readonly handledBy?: string
}

/** @throws DataFolderError when it is no whole database of a hub */
export function readCopyFacts(file: string): CopyFacts {
  return withCopy(file, (db) => {
    checkWhole(db, file)
    const tables = tablesOf(db)
    const get = <T>(sql: string): T | undefined => db.prepare(sql).get() as T | undefined
    const counts = Object.fromEntries(
      Object.entries(COUNTED).map(([name, [table, sql]]) => [
        name,
        tables.has(table) ? (get<{ n: number }>(sql)?.n ?? 0) : 0,
      ]),
    ) as Record<keyof typeof COUNTED, number>
    const alive = get<{ value: string }>("SELECT value FROM note WHERE key = 'alive'")
    const newest = get<{ now: number }>('SELECT now FROM journal ORDER BY seq DESC LIMIT 1')
    return {
      schema: get<{ user_version: number }>('PRAGMA user_version')?.user_version ?? 0,
      sqlite: get<{ version: string }>('SELECT sqlite_version() AS version')?.version ?? '',
      aliveAt: Math.max(newest?.now ?? 0, alive ? Number(JSON.parse(alive.value)) : 0),
      counts,
      audit:
        (tables.has('audit') &&
          get<{ seq: number; hash: string }>('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1')) ||
        null,
    }
  })
}

/** Oldest first. @throws DataFolderError */
export function readOpenThen(file: string): readonly OpenThen[] {
  return withCopy(file, (db) =>
    (
      db.prepare('SELECT body FROM alert WHERE is_open = 1 ORDER BY opened_at, id').all() as {
        body: string
      }[]
    )
      .map(({ body }) => JSON.parse(body) as Alert)
      .map(({ id, home, title, severity, openedAt, handling, handledBy }) => ({
        alert: id,
        ...(home !== undefined && { home }),
        title: title.en,
        severity,
        openedAt,
        handling,
        ...(handledBy !== undefined && { handledBy }),
      })),
  )
}

function checkWhole(db: DatabaseSync, file: string): void {
  const found = (db.prepare('PRAGMA integrity_check').all() as { integrity_check: string }[]).map(
    (row) => row.integrity_check,
  )
  if (found.length === 1 && found[0] === 'ok') return
  throw new DataFolderError(`The database ${file} is not whole: ${found.slice(0, 3).join('; ')}`)
}

function tablesOf(db: DatabaseSync): ReadonlySet<string> {
  const rows = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all() as { name: string }[]
  return new Set(rows.map(({ name }) => name))
}

function withCopy<T>(file: string, read: (db: DatabaseSync) => T): T {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(file)
    return read(db)
  } catch (cause) {
    if (cause instanceof DataFolderError) throw cause
    throw new DataFolderError(`Cannot read the database ${file}: ${(cause as Error).message}`, { cause })
  } finally {
    db?.close()
  }
}
