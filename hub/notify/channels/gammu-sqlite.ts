import type { Channel, ChannelSink, Health } from '../channel.ts'
import { NOT_E164, isE164, toE164 } from '../phone-number.ts'
import { groupInbox, LONGEST_ID, withGammuDatabase } from './gammu-database.ts'
import type { GammuDatabase, HandedOver, InboxRow } from './gammu-database.ts'
import { reasonOf } from './provider-answer.ts'
import { createSmsdWatch } from './smsd-watch.ts'

export interface GammuSqliteOptions {
  readonly name: string
  /** The file that `gammu-smsdrc` names by `dbdir` and `database` (`service = sql`, `driver = sqlite3`). */
  readonly database: string
  /** Whether the mobile network is asked for reports; else a message counts as delivered when it took it. */
  readonly reports: boolean
  readonly sink: ChannelSink
  readonly now: () => number
  /** What people should look at; no numbers, no texts. */
  readonly warn: (fields: object, message: string) => void
  /** Milliseconds between two looks into the tables. */
  readonly lookEvery?: number
  /** Milliseconds that SMSD may do nothing about a message before it counts as stuck. */
  readonly patience?: number
  /** Milliseconds without a sign of life of SMSD, which gives one each `statusfrequency` (60 s). */
  readonly silence?: number
}

const LOOK_EVERY = 1_000
const PATIENCE = 60_000
const SILENCE = 180_000
/** Another process may have the file locked for so long, ms. */
const LOCKED_FOR = 3_000
/** SMSD writes the parts of an SMS one after the other. */
const WHOLE_WITHIN = 30_000
/** A phone that is off may get an SMS that much later; then nobody asks for it any more. */
const FORGET_AFTER = 3 * 86_400_000

const FAILED: ReadonlySet<string> = new Set(['SendingError', 'Error', 'DeliveryFailed'])

/**
 * Sends by a GSM modem on this machine, through the SQLite tables of Gammu SMSD: works without the internet. Rows of
 * the hub's go as soon as it has kept what became of them, since they hold numbers and texts.
 */
export function createGammuSqliteChannel(options: GammuSqliteOptions): Channel {
  const { name, database, reports, sink, now, warn } = options
  const { lookEvery = LOOK_EVERY, patience = PATIENCE, silence = SILENCE } = options
  /** Handed over, and nothing final is known; by row, since when. */
  const open = new Map<number, { readonly notification: string; readonly since: number }>()
  /** Incomplete answers, by their first row: when they were first seen. */
  const seen = new Map<number, number>()
  /** Taken, and could not be removed: never taken again. */
  const taken = new Set<number>()
  let isKnown = false
  let waitingBefore: ReadonlySet<number> = new Set()

  const read = <T>(work: (tables: GammuDatabase) => T): Promise<T> =>
    withGammuDatabase(database, 'read', LOCKED_FOR, work)
  const write = <T>(work: (tables: GammuDatabase) => T): Promise<T> =>
    withGammuDatabase(database, 'write', LOCKED_FOR, work)

  function follow({ row, notification }: HandedOver): void {
    if (!open.has(row)) open.set(row, { notification, since: now() })
  }

  /** Tells the hub what became of the messages that SMSD has sent, or could not. */
  async function report(): Promise<void> {
    if (open.size === 0) {
      watch.found(false, false)
      return
    }
    const states = await read((tables) => [...open.keys()].map((row) => ({ row, ...tables.stateOf(row) })))
    const waiting = new Set(states.filter(({ waits }) => waits).map(({ row }) => row))
    // Sent is progress enough: a phone that is off gives no report.
    const hasMoved = [...waitingBefore].some((row) => !waiting.has(row))
    watch.found(waiting.size > 0, hasMoved)
    waitingBefore = waiting
    for (const { row, waits, parts } of states) {
      if (waits) continue
      const one = open.get(row)
      const end = endOf(parts, reports)
      if (!one || end === undefined) {
        if (one && now() - one.since > FORGET_AFTER) await drop(row)
        continue
      }
      // Somebody took its rows out: what became of it is not known, and the hub waits for no report.
      if (end !== 'gone') await sink.deliver({ notification: one.notification, ...end })
      await drop(row)
    }
  }

  async function drop(row: number): Promise<void> {
    await write((tables) => tables.forget(row))
    open.delete(row)
  }

  async function takeInbox(): Promise<void> {
    const rows = (await read((tables) => tables.inbox())).filter(({ row }) => !taken.has(row))
    for (const { parts, isWhole } of groupInbox(rows)) {
      const first = parts[0]?.row ?? 0
      const since = seen.get(first) ?? now()
      seen.set(first, since)
      if (!isWhole && now() - since < WHOLE_WITHIN) continue
      seen.delete(first)
      await takeSms(parts)
    }
    if (taken.size > 0) {
      await write((tables) => tables.dropInbox([...taken]))
      taken.clear()
    }
  }

  async function takeSms(parts: readonly InboxRow[]): Promise<void> {
    const rows = parts.map(({ row }) => row)
    const from = toE164(parts[0]?.sender ?? '')
    if (from === undefined) {
      // From the operator, or a short code: for people to read, not an answer.
      await write((tables) => tables.setAside(rows))
      warn({ channel: name }, 'The modem has an SMS from no phone number: see the table inbox of Gammu SMSD')
      return
    }
    const text = parts.map((one) => one.text).join('')
    await sink.answer(from, text.slice(0, 2000))
    for (const row of rows) taken.add(row)
  }

  async function look(): Promise<void> {
    if (!isKnown) {
      for (const one of await read((tables) => tables.handedOver())) follow(one)
      isKnown = true
    }
    await report()
    await takeInbox()
  }

  const watch = createSmsdWatch({
    channel: name,
    what: 'database',
    look,
    lookEvery,
    patience,
    now,
    sayWhy: saidBy,
    warn,
  })

  return {
    name,
    kind: 'sms',
    reports: true,
    async check(): Promise<Health> {
      const bad = (error: string): Health => ({ ok: false, error })
      try {
        const phone = await read((tables) => tables.phone())
        const found = watch.trouble() ?? watch.stuck()
        if (found !== undefined) return bad(found)
        if (phone === undefined) return bad('Gammu SMSD has not run with this database yet')
        if (now() - phone.at > silence) return bad('Gammu SMSD does not run with this database')
        return phone.signal === 0 ? bad('The modem has no mobile network') : { ok: true }
      } catch (cause) {
        return bad(`The database of Gammu SMSD cannot be used: ${saidBy(cause)}`)
      }
    },
    async send({ id, to, text }, signal) {
      const failed = (retry: boolean, error: string) => ({ ok: false, retry, error }) as const
      if (!isE164(to)) return failed(false, NOT_E164)
      if (Buffer.byteLength(id) > LONGEST_ID) return failed(false, 'Its id is too long for Gammu SMSD')
      if (signal.aborted) return failed(true, 'There was no time to hand it to Gammu SMSD')
      const reason = watch.stuck()
      if (reason !== undefined) return failed(true, reason)
      try {
        const handed = await write((tables) => tables.hand({ id, to, text }, reports))
        follow(handed)
        watch.handed()
        return { ok: true, to: 'accepted', reference: String(handed.row) }
      } catch (cause) {
        return failed(true, `Cannot hand it to Gammu SMSD: ${saidBy(cause)}`)
      }
    },
    start: watch.start,
    stop: watch.stop,
  }
}

/** What the states of its parts mean for a message; undefined while more is to come. */
function endOf(
  parts: readonly string[],
  reports: boolean,
):
  | { readonly to: 'delivered' }
  | { readonly to: 'accepted'; readonly isLast: true }
  | { readonly to: 'failed'; readonly error: string }
  | 'gone'
  | undefined {
  if (parts.length === 0) return 'gone'
  if (parts.includes('DeliveryFailed')) {
    return { to: 'failed', error: 'The mobile network could not deliver it' }
  }
  if (parts.some((state) => FAILED.has(state))) {
    return { to: 'failed', error: 'The modem could not send it: see the log of gammu-smsd' }
  }
  const isDone = (state: string): boolean =>
    state === 'DeliveryOK' || state === 'SendingOKNoReport' || (!reports && state === 'SendingOK')
  if (!parts.every(isDone)) return undefined
  // A delivery that no network told of is none.
  return parts.every((state) => state === 'DeliveryOK')
    ? { to: 'delivered' }
    : { to: 'accepted', isLast: true }
}

/** SQLite's words hold no content; others' may hold paths only. */
function saidBy(cause: unknown): string {
  return cause instanceof Error && 'errcode' in cause ? cause.message : reasonOf(cause)
}
