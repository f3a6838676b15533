import { Worker } from 'node:worker_threads'
import type { IndicatorOrder, IndicatorRun } from './compute-indicators.ts'
import type { OverviewOrder } from './compute-overview.ts'
import type { ImportOrder, ParsedImport } from './parse-import.ts'
import type { PastOrder } from './compute-past.ts'
import type { DrawnPast, HomeOverview } from '../model/past.ts'

export type ReaderOrder =
  | ({ readonly type: 'indicators' } & IndicatorOrder)
  | ({ readonly type: 'import' } & ImportOrder)
  | ({ readonly type: 'past' } & PastOrder)
  | ({ readonly type: 'overview' } & OverviewOrder)

/**
 * Reads much of what is kept in threads beside the hub, with a connection of their own: alarms wait for no report. One
 * order of a sort at a time, so that a page does not wait for a report either.
 */
export interface Reader {
  indicators(order: () => IndicatorOrder): Promise<IndicatorRun>
  parseImport(order: ImportOrder): Promise<ParsedImport>
  past(order: PastOrder): Promise<DrawnPast>
  overview(order: OverviewOrder): Promise<HomeOverview>
  /** Ends what is under way. */
  stop(): Promise<void>
}

/** So much memory and no more: a thread that wants more ends, and the hub goes on. */
const MOST_MEMORY_MB = 512
/** The tree of a file of many thousand homes is large. */
const MOST_MEMORY_OF_IMPORT_MB = 2048

/** @param folder of the data of a hub */
export function createReader(folder: string): Reader {
  const turns = new Map<ReaderOrder['type'], Promise<unknown>>()
  const workers = new Set<Worker>()
  let isStopped = false

  /** @param order made when its turn comes */
  function inTurn<T>(type: ReaderOrder['type'], order: () => ReaderOrder): Promise<T> {
    const run = (turns.get(type) ?? Promise.resolve()).then(() => {
      if (isStopped) throw new Error('Cannot read what is kept: the hub is stopping')
      return work<T>(order())
    })
    turns.set(
      type,
      run.catch(() => {}),
    )
    return run
  }

  async function work<T>(order: ReaderOrder): Promise<T> {
    const worker = new Worker(new URL('./reader-worker.ts', import.meta.url), {
      workerData: { folder, order },
      resourceLimits: {
        maxOldGenerationSizeMb: order.type === 'import' ? MOST_MEMORY_OF_IMPORT_MB : MOST_MEMORY_MB,
      },
    })
    workers.add(worker)
    try {
      return await new Promise<T>((resolve, reject) => {
        worker.once('message', resolve)
        worker.once('error', reject)
        worker.once('exit', () => reject(new Error('Cannot read what is kept: the hub is stopping')))
      })
    } finally {
      workers.delete(worker)
      await worker.terminate()
    }
  }

  return {
    indicators: (order) => inTurn('indicators', () => ({ type: 'indicators', ...order() })),
    parseImport: (order) => inTurn('import', () => ({ type: 'import', ...order })),
    past: (order) => inTurn('past', () => ({ type: 'past', ...order })),
    overview: (order) => inTurn('overview', () => ({ type: 'overview', ...order })),
    async stop() {
      isStopped = true
      await Promise.all([...workers].map((worker) => worker.terminate()))
      await Promise.all(turns.values())
    },
  }
}
