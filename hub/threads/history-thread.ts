import { Worker } from 'node:worker_threads'
import type { Core } from '../core/core.ts'
import type { Follower, FollowerState } from '../history/follower.ts'
import type { InfluxSettings } from '../settings/influx-settings.ts'
import { later } from '../timers.ts'

/** What the thread is started with. */
export interface HistoryWork {
  /** Of the hub's data. */
  readonly folder: string
  readonly influxdb: InfluxSettings
  /** The seq of the last entry that is written. */
  readonly cursor: number
}

export type HistoryOrder =
  /** Something is in the journal up to `seq`, since `now`. */
  { readonly type: 'commit'; readonly seq: number; readonly now: number } | { readonly type: 'stop' }

export type HistoryReport =
  | {
      readonly type: 'state'
      readonly state: FollowerState
      /** The seq of the last entry that is written. */
      readonly position: number
      /** How long the oldest entry has waited that is not. */
      readonly since?: number
      readonly counts: ReturnType<Follower['counts']>
    }
  | {
      readonly type: 'log'
      readonly level: 'info' | 'warn'
      readonly fields: object
      readonly message: string
    }

export interface HistoryThreadOptions extends Omit<HistoryWork, 'cursor'> {
  readonly cursor: { get(): number; set(seq: number): void }
  /** The newest seq of the journal. */
  readonly newest: () => number
  readonly onCommit: Core['onCommit']
  readonly now: () => number
  readonly log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
  }
}

/** Each is a commit of the hub's own thread: what is written twice after a crash for that is the same points. */
const KEEP_CURSOR_MS = 1000
/** A database that is locked is waited for, and the thread of the alarms with it: not often. */
const KEEP_AGAIN_MS = 60_000
/** More than the follower itself takes to give up a write. */
const STOP_WITHIN_MS = 5000
const AGAIN_FROM_MS = 1000
const AGAIN_TO_MS = 60_000
/** So much memory and no more: a thread that wants more ends, and the hub goes on. */
const MOST_MEMORY_MB = 512
/** A batch and the one after it fit: what is written is thrown away without having been moved. */
const YOUNG_MEMORY_MB = 48

/**
 * The follower in a thread of its own: reading, making lines and sending them takes nothing from the thread in which alarms
 * are raised (docs/decisions/0022). It reads the journal over its own connection; the cursor is kept here. A thread that
 * ends is started again.
 */
export function createHistoryThread(options: HistoryThreadOptions): Follower {
  const { folder, influxdb, cursor, now, log } = options
  let worker: Worker | undefined
  let isRunning = false
  let stopping: Promise<void> | undefined
  let unsubscribe = () => {}
  let callOffStart = () => {}
  let callOffKeeping: (() => void) | undefined
  let state: FollowerState = { name: 'stopped' }
  let position = 0
  let kept = 0
  let newest = 0
  let since: number | undefined
  /** It is idle, and was told that it need not be. */
  let isWoken = false
  let failures = 0
  /** Of this thread, and of those before it. */
  let counts = { written: 0, refused: 0 }
  let countsBefore = counts

  function begin(): void {
    const work: HistoryWork = { folder, influxdb, cursor: position }
    const own = new Worker(new URL('./history-worker.ts', import.meta.url), {
      workerData: work,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB, maxYoungGenerationSizeMb: YOUNG_MEMORY_MB },
    })
    worker = own
    isWoken = false
    let cause: unknown
    own.on('message', (report: HistoryReport) => hear(report))
    own.once('error', (error) => (cause = error))
    own.once('exit', () => {
      worker = undefined
      if (isRunning && stopping === undefined) beginAgain(cause)
    })
  }

  function hear(report: HistoryReport): void {
    if (report.type === 'log') {
      log[report.level](report.fields, report.message)
      return
    }
    state = report.state
    if (report.position !== position) failures = 0
    position = report.position
    newest = Math.max(newest, position)
    counts = {
      written: countsBefore.written + report.counts.written,
      refused: countsBefore.refused + report.counts.refused,
    }
    // What was committed since it looked waits for longer than it knows.
    since = newest > position ? (report.since ?? since) : undefined
    isWoken = false
    wake()
    // All is to be written again: not to be forgotten in a crash.
    if (position < kept) keep()
    else if (position > kept) callOffKeeping ??= later(keep, KEEP_CURSOR_MS)
  }

  function wake(): void {
    if (state.name !== 'idle' || isWoken || newest <= position) return
    isWoken = true
    const order: HistoryOrder = { type: 'commit', seq: newest, now: since ?? now() }
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker?.postMessage(order)
  }

  function keep(): void {
    callOffKeeping?.()
    callOffKeeping = undefined
    if (position === kept) return
    try {
      cursor.set(position)
      kept = position
    } catch (cause) {
      // A full disk ends acknowledging, not the process: for the place of the history it must not either.
      const error = cause instanceof Error ? cause.message : String(cause)
      log.warn({ error, seq: position }, 'Cannot keep how far history is written; trying again')
      callOffKeeping = later(keep, KEEP_AGAIN_MS)
    }
  }

  function beginAgain(cause: unknown): void {
    const words = cause instanceof Error ? cause.message : 'it ended without a reason'
    const error = `the thread that writes history ended: ${words}`
    const ms = Math.min(AGAIN_TO_MS, AGAIN_FROM_MS * 2 ** failures)
    failures += 1
    countsBefore = counts
    state = { name: 'waiting', error, until: now() + ms, failures }
    log.warn({ error }, 'history is not written; starting its thread again')
    callOffStart = later(begin, ms)
  }

  async function end(): Promise<void> {
    unsubscribe()
    callOffStart()
    const own = worker
    if (own !== undefined) {
      const ended = new Promise<void>((resolve) => own.once('exit', () => resolve()))
      const order: HistoryOrder = { type: 'stop' }
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      own.postMessage(order)
      const callOff = later(() => void own.terminate(), STOP_WITHIN_MS)
      await ended
      callOff()
    }
    keep()
    callOffKeeping?.()
    callOffKeeping = undefined
    state = { name: 'stopped' }
  }

  return {
    start() {
      if (isRunning) return
      isRunning = true
      position = cursor.get()
      kept = position
      newest = options.newest()
      since = undefined
      failures = 0
      unsubscribe = options.onCommit(({ entries }) => {
        const first = entries[0]
        if (first === undefined) return
        newest = Math.max(newest, entries.at(-1)?.seq ?? 0)
        since ??= first.now
        wake()
      })
      begin()
    },
    stop() {
      if (!isRunning) return Promise.resolve()
      stopping ??= end().finally(() => {
        isRunning = false
        stopping = undefined
      })
      return stopping
    },
    state: () => state,
    lag: () => ({
      entries: Math.max(0, newest - position),
      ...(newest > position && since !== undefined && { since }),
    }),
    counts: () => counts,
  }
}
