import { accessSync, constants } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { isGsm7, partsOf } from '../gsm7.ts'

/** A message of ours that SMSD has, by the id of its rows. */
export interface HandedOver {
  readonly row: number
  readonly notification: string
}

/** One part of an SMS from a phone. */
export interface InboxRow {
  readonly row: number
  readonly sender: string
  /** Hexadecimal; empty where the SMS has one part. */
  readonly udh: string
  readonly text: string
}

/** What SMSD says of its modem. */
export interface PhoneRow {
  /** When SMSD said so, ms. */
  readonly at: number
  /** Per cent; -1: not known. */
  readonly signal: number
}

/** The tables of Gammu SMSD (its manual, "Backend services", "SQL Service"; schema 17), in an SQLite file. */
export interface GammuDatabase {
  /**
   * Hands a message over once, however often it is called.
   * @param reports whether the network shall tell of the delivery
   */
  hand(
    message: { readonly id: string; readonly to: string; readonly text: string },
    reports: boolean,
  ): HandedOver
  /** Everything of ours, as after a restart. */
  handedOver(): readonly HandedOver[]
  /** `waits` until SMSD has sent all parts; then what is known of each, as SMSD writes it: `SendingOK`, … */
  stateOf(row: number): { readonly waits: boolean; readonly parts: readonly string[] }
  forget(row: number): void
  inbox(): readonly InboxRow[]
  dropInbox(rows: readonly number[]): void
  /** Leaves it for people to read. */
  setAside(rows: readonly number[]): void
  /** The newest; undefined where SMSD has never run with this database. */
  phone(): PhoneRow | undefined
}

/** Marks rows of ours; SMSD cuts `CreatorID` at some 198 bytes. */
const MARK = 'aal '
/** Bytes of an id that `CreatorID` can hold. */
export const LONGEST_ID = 180
/** Before what is local or universal time anywhere: SMSD compares with its own clock's zone. */
const LONG_AGO = '2000-01-01 00:00:00'
/** Above what others put into the same outbox. */
const PRIORITY = 10
const MOST_INBOX = 200
/** The hub's one thread may not wait for a lock; it looks again instead. */
const LOCK_WAIT = 20
const LOCK_LOOK = 50

/**
 * Works on the database of SMSD while SMSD does: opened for each piece of work, so that no lock is kept, and a file
 * that was made anew is found.
 * @param patience for how long it is tried again while another process has the file locked, ms
 * @throws what SQLite says, without any content
 */
export async function withGammuDatabase<T>(
  file: string,
  access: 'read' | 'write',
  patience: number,
  work: (tables: GammuDatabase) => T,
): Promise<T> {
  // SQLite would make the file, and a journal beside it is needed for each write.
  accessSync(file, constants.R_OK | constants.W_OK)
  accessSync(dirname(file), constants.W_OK)
  for (let waited = 0; ; waited += LOCK_LOOK) {
    const db = new DatabaseSync(file, { timeout: LOCK_WAIT })
    try {
      // A reader must never lock out SMSD: at a database that is locked, 1.42 gives up or crashes. Stays in the file.
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
      db.exec(access === 'read' ? 'BEGIN' : 'BEGIN IMMEDIATE')
      const result = work(tablesOf(db))
      db.exec('COMMIT')
      return result
    } catch (cause) {
      if (db.isTransaction) db.exec('ROLLBACK')
      if (!isLocked(cause) || waited >= patience) throw cause
    } finally {
      db.close()
    }
    await sleep(LOCK_LOOK)
  }
}

function tablesOf(db: DatabaseSync): GammuDatabase {
  const all = <T>(sql: string, ...values: (string | number)[]): T[] => db.prepare(sql).all(...values) as T[]
  const run = (sql: string, ...values: (string | number)[]): void => void db.prepare(sql).run(...values)
  const each = (sql: string, rows: readonly number[]): void => {
    for (const row of rows) run(sql, row)
  }
  const ours = (where: string, ...values: string[]): HandedOver[] =>
    all<{ row: number; creator: string }>(
      `SELECT ID AS row, CreatorID AS creator FROM outbox WHERE ${where}
       UNION SELECT ID, CreatorID FROM sentitems WHERE ${where}`,
      ...values,
      ...values,
    ).map(({ row, creator }) => ({ row, notification: creator.slice(MARK.length) }))

  return {
    hand({ id, to, text }, reports) {
      const [known] = ours('CreatorID = ?', MARK + id)
      if (known) return known
      const coding = isGsm7(text) ? 'Default_No_Compression' : 'Unicode_No_Compression'
      const [first = '', ...others] = partsOf(text)
      const { lastInsertRowid } = db
        .prepare(
          `INSERT INTO outbox (CreatorID, DestinationNumber, TextDecoded, Coding, MultiPart, DeliveryReport, Priority,
           SendingDateTime, SendingTimeOut) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          MARK + id,
          to,
          first,
          coding,
          String(others.length > 0),
          reports ? 'yes' : 'no',
          PRIORITY,
          LONG_AGO,
          LONG_AGO,
        )
      const row = Number(lastInsertRowid)
      if (others.length > 0) {
        const udh = (part: number): string => `050003${hex(row % 256)}${hex(others.length + 1)}${hex(part)}`
        run('UPDATE outbox SET UDH = ? WHERE ID = ?', udh(1), row)
        others.forEach((part, i) =>
          run(
            'INSERT INTO outbox_multipart (ID, SequencePosition, TextDecoded, Coding, UDH) VALUES (?, ?, ?, ?, ?)',
            row,
            i + 2,
            part,
            coding,
            udh(i + 2),
          ),
        )
      }
      return { row, notification: id }
    },
    handedOver: () => ours(`CreatorID LIKE '${MARK}%'`),
    stateOf(row) {
      return {
        waits: all('SELECT 1 FROM outbox WHERE ID = ?', row).length > 0,
        parts: all<{ state: string }>('SELECT Status AS state FROM sentitems WHERE ID = ?', row).map(
          ({ state }) => state,
        ),
      }
    },
    forget: (row) => run('DELETE FROM sentitems WHERE ID = ?', row),
    inbox: () =>
      all<InboxRow>(
        `SELECT ID AS row, SenderNumber AS sender, UDH AS udh, TextDecoded AS text FROM inbox
         WHERE Processed = 'false' ORDER BY ID LIMIT ${MOST_INBOX}`,
      ),
    dropInbox: (rows) => each('DELETE FROM inbox WHERE ID = ?', rows),
    setAside: (rows) => each("UPDATE inbox SET Processed = 'true' WHERE ID = ?", rows),
    phone() {
      const [newest] = all<{ at: string; signal: number }>(
        'SELECT UpdatedInDB AS at, Signal AS signal FROM phones ORDER BY UpdatedInDB DESC LIMIT 1',
      )
      // `datetime('now')`, set by a trigger of the schema: universal time, whatever zone SMSD has.
      return newest && { at: Date.parse(`${newest.at.replace(' ', 'T')}Z`), signal: newest.signal }
    },
  }
}

/** The parts of each SMS, in order; by the concatenation header [3GPP TS 23.040, 9.2.3.24.1 and .8]. */
export function groupInbox(
  rows: readonly InboxRow[],
): readonly { readonly parts: readonly InboxRow[]; readonly isWhole: boolean }[] {
  const groups = Map.groupBy(rows, (one) => {
    const header = readHeader(one.udh)
    return header ? `${one.sender} ${header.message}` : `row ${one.row}`
  })
  return [...groups.values()].map((parts) => {
    const count = readHeader(parts[0]?.udh ?? '')?.count ?? 1
    const place = ({ udh }: InboxRow): number => readHeader(udh)?.part ?? 1
    return { parts: parts.toSorted((a, b) => place(a) - place(b)), isWhole: parts.length >= count }
  })
}

function readHeader(udh: string): { message: string; count: number; part: number } | undefined {
  const [, message = '', count = '', part = ''] =
    /^(?:050003([0-9A-F]{2})|060804([0-9A-F]{4}))([0-9A-F]{2})([0-9A-F]{2})$/i
      .exec(udh)
      ?.filter((group) => group !== undefined) ?? []
  return message === ''
    ? undefined
    : { message: `${message}/${count}`, count: Number.parseInt(count, 16), part: Number.parseInt(part, 16) }
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0')
}

/** SQLITE_BUSY, SQLITE_LOCKED. */
function isLocked(cause: unknown): boolean {
  return cause instanceof Error && 'errcode' in cause && (cause.errcode === 5 || cause.errcode === 6)
}
