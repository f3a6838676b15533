import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Refused } from './follower.ts'
import type { JournalSource } from './history.ts'
import { linesOf } from './line-protocol.ts'
import { pointsOf } from './points.ts'
import type { Point, RoomOf } from './points.ts'

/** What one write takes: the entries after `after`, up to and with `last`. */
export interface Batch {
  readonly points: readonly Point[]
  readonly lines: string
  /** Entries that should have given a point and could not. */
  readonly refused: readonly Refused[]
  readonly after: number
  readonly last: number
  /** The time of the first of them. */
  readonly since?: number
  /** There was nothing after it. */
  readonly isEnd: boolean
}

/** Batches in their order, and those to come read before they are asked for. */
export interface BatchReader {
  /** @throws what the journal throws */
  next(after: number, size: number): Promise<Batch>
  /** Reads on after a batch that was given, whole batches only, while somebody else has something to do. */
  readAhead(after: number, size: number): void
  /** The time of the first entry of what comes next, where that is known. */
  nextSince(after: number): number | undefined
  /** Forgets what was read ahead, and ends reading. */
  reset(): void
}

/** node:sqlite is synchronous: no more than this at a time, so that what is being written goes on. */
const SLICE = 500
/** One is written, one is ready for when that was quick, and one is on its way. */
const DEPTH = 2

export function createBatchReader(source: JournalSource, roomOf: RoomOf): BatchReader {
  let ready: Batch[] = []
  let reading: { readonly after: number; readonly done: Promise<number | undefined> } | undefined
  /** Of what is read now; over: it is not wanted any more. */
  let round = { isOver: false }

  async function read(after: number, size: number): Promise<Batch> {
    const own = round
    const points: Point[] = []
    const lines: string[] = []
    const refused: Refused[] = []
    let [last, count, isEnd] = [after, 0, false]
    let since: number | undefined
    while (count < size && !isEnd && !own.isOver) {
      const slice = Math.min(SLICE, size - count)
      const entries = source.after(last, slice)
      since ??= entries[0]?.now
      const before = points.length
      for (const entry of entries) {
        const made = pointsOf(entry, roomOf)
        points.push(...made.points)
        if (made.refused !== undefined) refused.push({ seq: entry.seq, reason: made.refused })
        last = entry.seq
      }
      if (points.length > before) lines.push(linesOf(points.slice(before)))
      count += entries.length
      isEnd = entries.length < slice
      if (!isEnd) await nextTurn()
    }
    return {
      points,
      lines: lines.join('\n'),
      refused,
      after,
      last,
      isEnd,
      ...(since !== undefined && { since }),
    }
  }

  /** @returns the seq of the last entry read; undefined: there is no use in reading on */
  async function readInto(after: number, size: number): Promise<number | undefined> {
    const own = round
    try {
      // What is being written goes out first.
      await nextTurn()
      if (own.isOver || source.newest() - after < size) return undefined
      const batch = await read(after, size)
      if (own.isOver) return undefined
      ready.push(batch)
      return batch.last
    } catch {
      // A journal that cannot be read says so when its turn comes.
      return undefined
    } finally {
      if (!own.isOver) reading = undefined
    }
  }

  function reset(): void {
    round.isOver = true
    round = { isOver: false }
    ready = []
    reading = undefined
  }

  const reader: BatchReader = {
    async next(after, size) {
      if (ready.length === 0 && reading?.after === after) await reading.done
      const batch = ready.shift()
      if (batch?.after === after) return batch
      reset()
      return await read(after, size)
    },
    readAhead(after, size) {
      if (reading !== undefined || ready.length >= DEPTH) return
      const last = ready.at(-1)?.last ?? after
      const done = readInto(last, size)
      reading = { after: last, done }
      void done.then((to) => to !== undefined && reader.readAhead(to, size))
    },
    nextSince: (after) => ready.find((batch) => batch.after === after)?.since,
    reset,
  }
  return reader
}
