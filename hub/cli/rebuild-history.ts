import type { DatabaseSync } from 'node:sqlite'
import { createFollower } from '../history/follower.ts'
import type { History } from '../open-history.ts'
import { openHistorySource } from '../threads/history-source.ts'
import { later } from '../timers.ts'
import type { PlaceFile, RebuildPlace } from './rebuild-place.ts'

export interface RebuildOptions {
  readonly db: DatabaseSync
  readonly history: History
  /** The entries after `from`, up to and with `until`: their seqs. */
  readonly from: number
  readonly until: number
  /** Where it goes on: this one is written already. */
  readonly at: number
  /** Not given: it cannot go on where it was. */
  readonly place?: PlaceFile
  readonly onProgress: (progress: RebuildProgress) => void
  /** Interrupts it. */
  readonly signal: AbortSignal
  readonly now: () => number
}

export interface RebuildProgress {
  /** The seq of the last entry that is written. */
  readonly seq: number
  readonly points: number
  /** InfluxDB is away; it is tried again at `until`. */
  readonly waiting?: { readonly error: string; readonly until: number }
}

export interface Rebuilt {
  /** Else it was interrupted. */
  readonly finished: boolean
  /** The seq of the last entry that is written. */
  readonly seq: number
  readonly points: number
  /** Points that InfluxDB does not take, by the reason. */
  readonly refused: ReadonlyMap<string, number>
  readonly seconds: number
  /** Why it could not even begin. */
  readonly error?: string
}

const KEEP_PLACE_MS = 1000

/**
 * Writes a stretch of the journal with a follower of its own: the hub's goes on with what comes meanwhile, and the same
 * entry gives the same point to both. An InfluxDB that goes away is waited for; one that was not there at all is an error.
 */
export async function rebuildHistory(options: RebuildOptions): Promise<Rebuilt> {
  const { db, history, from, until, place, onProgress, signal, now } = options
  const { source, roomOf } = openHistorySource(db)
  const writer = history.openWriter()
  const refused = new Map<string, number>()
  const over = Promise.withResolvers<string | undefined>()
  const began = now()
  let seq = options.at
  let keptAt = began
  let last: RebuildPlace['written']

  const follower = createFollower({
    source: {
      after: (position, limit) =>
        source.after(Math.max(from, position), limit).filter((one) => one.seq <= until),
      newest: () => until,
    },
    cursor: {
      get: () => seq,
      // Back to the beginning, where the database had to be made.
      set(to) {
        seq = Math.max(from, to)
        if (now() - keptAt >= KEEP_PLACE_MS) keep()
      },
    },
    writer: {
      async write(points, lines) {
        const result = await writer.write(points, lines)
        const point = points.at(-1)
        if (result.ok && point !== undefined) last = { measurement: point.measurement, time: point.time }
        return result
      },
    },
    onCommit: () => () => {},
    roomOf,
    clock: { now, later },
    random: Math.random,
    log: { info() {}, warn() {} },
    onRefused(points) {
      for (const { reason } of points) refused.set(reason, (refused.get(reason) ?? 0) + 1)
    },
    onState() {
      const state = follower.state()
      const points = follower.counts().written
      onProgress({ seq, points, ...(state.name === 'waiting' && { waiting: state }) })
      if (state.name === 'idle') over.resolve(undefined)
      else if (state.name === 'waiting' && last === undefined) over.resolve(state.error)
    },
  })

  function keep(): void {
    place?.keep({ where: history.title, seq, until, ...(last && { written: last }) })
    keptAt = now()
  }

  const interrupt = (): void => over.resolve(undefined)
  signal.addEventListener('abort', interrupt)
  try {
    if (!signal.aborted) follower.start()
    else interrupt()
    const error = await over.promise
    await follower.stop()
    if (error === undefined) keep()
    return {
      finished: seq >= until,
      seq,
      points: follower.counts().written,
      refused,
      seconds: (now() - began) / 1000,
      ...(error !== undefined && { error }),
    }
  } finally {
    signal.removeEventListener('abort', interrupt)
    writer.close()
  }
}
