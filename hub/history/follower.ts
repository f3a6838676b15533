import { backOffMs } from './back-off.ts'
import type { JournalSource } from './history.ts'
import { createBatchReader } from './read-ahead.ts'
import type { Point, RoomOf } from './points.ts'
import { waitAtMost } from './wait-at-most.ts'

/** Where points go; one adapter for each sort of server. Never throws for what the server did. */
export interface HistoryWriter {
  /** @param lines of these points in line protocol, where they are made already */
  write(points: readonly Point[], lines?: string): Promise<WriteResult>
}

export type WriteResult =
  /** All are written, except the refused ones. `created`: what was written before is gone; begin again. */
  | { readonly ok: true; readonly refused: readonly Refused[]; readonly created?: true }
  /** Nothing is certain. `retry: false` means: only a person can change that; `after`: not before so many ms. */
  | { readonly ok: false; readonly retry: boolean; readonly error: string; readonly after?: number }

type Failure = Pick<Extract<WriteResult, { ok: false }>, 'retry' | 'error' | 'after'>

/** A point that the server will never take. */
export interface Refused {
  /** As of the point: 0 is no entry of the journal. */
  readonly seq: number
  /** The same for points that are refused for the same reason. */
  readonly reason: string
}

export interface FollowerClock {
  now(): number
  /** Calls once after `ms`; returns the way to call it off. */
  later(call: () => void, ms: number): () => void
}

/** Of a commit, what the follower wants to know. */
export interface Heard {
  readonly entries: readonly { readonly seq: number; readonly now: number }[]
}

export interface FollowerOptions {
  readonly source: JournalSource
  /** The seq of the last entry that is written; kept over restarts. */
  readonly cursor: { get(): number; set(seq: number): void }
  readonly writer: HistoryWriter
  /** What is told of each commit. */
  readonly onCommit: (listener: (commit: Heard) => void) => () => void
  readonly roomOf: RoomOf
  readonly clock: FollowerClock
  /** From 0 to 1. */
  readonly random: () => number
  readonly log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
  }
  /** The most entries in one write; 5,000 when not given. */
  readonly batch?: number
  /** Told of what was given up, when the cursor has moved over it. */
  readonly onRefused?: (refused: readonly Refused[]) => void
  /** Called when the state is another. */
  readonly onState?: () => void
}

export type FollowerState =
  | { readonly name: 'stopped' }
  /** All is written. */
  | { readonly name: 'idle' }
  /** Lets a batch grow. */
  | { readonly name: 'collecting' }
  | { readonly name: 'writing' }
  /** The last write failed; the next is at `until`. */
  | { readonly name: 'waiting'; readonly error: string; readonly until: number; readonly failures: number }

export interface Follower {
  /** Begins at the cursor. */
  start(): void
  /** Ends after the write under way, or without it when it takes too long. */
  stop(): Promise<void>
  state(): FollowerState
  /** How many entries are not written yet, and since when the oldest of them has waited (ms). */
  lag(): { entries: number; since?: number }
  /** Since it was created: points written and points given up. */
  counts(): { written: number; refused: number }
}

/** A fall is in InfluxDB within a second, and a steady stream still makes large writes. */
const COLLECT_MS = 250
const BACKOFF = { from: 1000, to: 60_000 }
/** A server may ask for longer waits, up to this: it may be wrong, and its clock too. */
const BACKOFF_ASKED_MS = 600_000
const STOP_WITHIN_MS = 3000
/** A server too slow for a whole batch in its time gets smaller ones, down to this. */
const SMALLEST_BATCH = 100
/** Reasons that are remembered as said. */
const REASONS = 100

/** One stretch from start to stop. */
interface Run {
  /** No new write; the one under way may still move the cursor. */
  leaving: boolean
  /** Nothing may move the cursor any more. */
  gone: boolean
  wake: () => void
  ended: Promise<void>
}

/**
 * Follows the journal from its own cursor and writes it to the history. The cursor moves only after a write:
 * what is written twice for that is the same points. One write at a time; while it is under way the next batches are read.
 */
export function createFollower(options: FollowerOptions): Follower {
  const { source, cursor, writer, clock, random, log } = options
  const most = options.batch ?? 5000
  let run: Run | undefined
  let stopping: Promise<void> | undefined
  let unsubscribe = () => {}
  let state: FollowerState = { name: 'stopped' }
  let position = 0
  let newest = 0
  /** The time of the oldest entry that is not written. */
  let since: number | undefined
  let size = most
  const batches = createBatchReader(source, options.roomOf)
  let failures = 0
  let written = 0
  let refused = 0
  const told = new Set<string>()

  function heard({ entries }: Heard): void {
    const first = entries[0]
    if (first === undefined || run === undefined) return
    newest = Math.max(newest, entries.at(-1)?.seq ?? 0)
    since ??= first.now
    if (state.name === 'idle' || (state.name === 'collecting' && newest - position >= size)) run.wake()
  }

  function become(next: FollowerState): void {
    state = next
    options.onState?.()
  }

  async function follow(own: Run): Promise<void> {
    // What was there before the start needs no collecting.
    let collect = false
    while (!own.leaving) {
      if (newest <= position) {
        since = undefined
        become({ name: 'idle' })
        await pause(own)
        collect = true
        continue
      }
      if (collect && newest - position < size) {
        become({ name: 'collecting' })
        await pause(own, COLLECT_MS)
        if (own.leaving) return
      }
      const failure = await writeNext(own)
      // After an outage enough has been collected.
      collect = failure === undefined
      if (failure !== undefined && !own.leaving) await backOff(own, failure)
    }
  }

  /** @returns what went wrong, or undefined */
  async function writeNext(own: Run): Promise<Failure | undefined> {
    become({ name: 'writing' })
    try {
      newest = Math.max(newest, source.newest())
      const batch = await batches.next(position, size)
      // Nothing after it: what commits told of is read, and nothing is waited for that is not there.
      newest = batch.isEnd ? batch.last : Math.max(newest, batch.last)
      since = batch.since
      if (own.leaving) return undefined
      const writing: WriteResult | Promise<WriteResult> =
        batch.points.length === 0 ? { ok: true, refused: [] } : writer.write(batch.points, batch.lines)
      // After a failure sizes change from write to write.
      if (size === most) batches.readAhead(batch.last, size)
      const result = await writing
      if (own.gone) return undefined
      if (!result.ok) {
        batches.reset()
        return result
      }
      if (result.created === true && position > 0) {
        log.warn({ seq: position }, 'the history database was missing: writing all of the journal again')
        moveTo(0)
      } else {
        moveTo(batch.last)
        written += batch.points.length - result.refused.length
        giveUp([...batch.refused, ...result.refused])
      }
      if (failures > 0) log.info({ failures, seq: position }, 'history is written again')
      failures = 0
      size = Math.min(most, size * 2)
      return undefined
    } catch (error) {
      // The journal or the cursor: the hub will say so in its own way; here it is a failure like others.
      return { retry: true, error: error instanceof Error ? error.message : String(error) }
    }
  }

  function moveTo(seq: number): void {
    if (seq !== position) cursor.set(seq)
    position = seq
    since = newest > seq ? (batches.nextSince(seq) ?? source.after(seq, 1)[0]?.now) : undefined
  }

  function giveUp(points: readonly Refused[]): void {
    refused += points.length
    if (points.length > 0) options.onRefused?.(points)
    for (const [reason, same] of Map.groupBy(points, (point) => point.reason)) {
      if (told.has(reason) || told.size >= REASONS) continue
      told.add(reason)
      log.warn(
        { reason, seq: same[0]?.seq, points: same.length },
        'points that history does not take are left out; said once for each reason',
      )
    }
  }

  async function backOff(own: Run, failure: Failure): Promise<void> {
    const wait = backOffMs(failure.retry ? failures : Infinity, BACKOFF, random())
    const asked = Math.min(BACKOFF_ASKED_MS, failure.after ?? 0)
    const ms = Math.max(BACKOFF.from, asked, Math.round(wait))
    failures += 1
    size = Math.max(Math.min(SMALLEST_BATCH, most), Math.floor(size / 2))
    become({ name: 'waiting', error: failure.error, until: clock.now() + ms, failures })
    if (failures === 1)
      log.warn({ error: failure.error, seq: position }, 'history is not written; trying again')
    await pause(own, ms)
  }

  /** Until it is woken, or `ms` have passed. */
  async function pause(own: Run, ms?: number): Promise<void> {
    let callOff = () => {}
    await new Promise<void>((resolve) => {
      own.wake = resolve
      if (ms !== undefined) callOff = clock.later(resolve, ms)
    })
    own.wake = () => {}
    callOff()
  }

  async function leave(own: Run): Promise<void> {
    unsubscribe()
    own.leaving = true
    batches.reset()
    own.wake()
    await waitAtMost(STOP_WITHIN_MS, own.ended, clock)
    own.gone = true
    become({ name: 'stopped' })
  }

  return {
    start() {
      if (run !== undefined) return
      position = cursor.get()
      newest = source.newest()
      since = undefined
      failures = 0
      size = most
      const own: Run = { leaving: false, gone: false, wake: () => {}, ended: Promise.resolve() }
      run = own
      unsubscribe = options.onCommit(heard)
      own.ended = follow(own)
    },
    stop() {
      if (run === undefined) return Promise.resolve()
      stopping ??= leave(run).finally(() => {
        run = undefined
        stopping = undefined
      })
      return stopping
    },
    state: () => state,
    lag: () => ({
      entries: Math.max(0, newest - position),
      ...(newest > position && since !== undefined && { since }),
    }),
    counts: () => ({ written, refused }),
  }
}
