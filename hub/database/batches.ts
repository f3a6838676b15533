import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from './in-transaction.ts'
import { createPace } from './pace.ts'
import type { Pace } from './pace.ts'

/** So many rows are changed in one turn of the thread that answers MQTT: a few ms. */
export const ROWS_AT_ONCE = 250

export interface BatchOptions {
  /** Told how many rows were changed in one turn. */
  readonly onBatch?: (rows: number) => void
  /** The hub stops: what is under way ends with an error after the batch of now. */
  readonly isStopping?: () => boolean
  readonly pace?: Pace
}

/** Large changes of the database a few rows at a time, so that the thread that answers MQTT has its turns in between. */
export interface Batches {
  /**
   * Again and again, each in a transaction, until it changes nothing more.
   * @param work says how many rows it changed. @returns all of them
   */
  inBatches(work: () => number): Promise<number>
  /**
   * Through the numbers behind `after` up to `last`, so many at once.
   * @param look finds, and changes, up to ROWS_AT_ONCE entries behind `from` up to `to`, in their order
   */
  inStretches(
    after: number,
    last: number,
    atOnce: number,
    look: (from: number, to: number) => readonly { readonly seq: number }[],
  ): Promise<void>
  /** @throws Error when the hub stops */
  nextTurn(): Promise<void>
  readonly onBatch: (rows: number) => void
}

export function createBatches(db: DatabaseSync, options: BatchOptions): Batches {
  const { onBatch = () => {}, isStopping = () => false, pace = createPace() } = options

  async function nextTurn(): Promise<void> {
    await pace.rest()
    if (isStopping()) throw new Error('The hub stops')
  }

  return {
    async inBatches(work) {
      for (let sum = 0; ;) {
        const rows = pace.work(() => inTransaction(db, work))
        if (rows > 0) onBatch(rows)
        await nextTurn()
        if (rows === 0) return sum
        sum += rows
      }
    },
    async inStretches(after, last, atOnce, look) {
      for (let from = after; from < last;) {
        const to = Math.min(from + atOnce, last)
        const rows = pace.work(() => look(from, to))
        await nextTurn()
        // Where there may be more in this stretch, it goes on behind the last one.
        from = rows.length < ROWS_AT_ONCE ? to : (rows.at(-1)?.seq ?? to)
      }
    },
    nextTurn,
    onBatch,
  }
}
