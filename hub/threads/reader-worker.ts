import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { openReadOnly } from '../database/open-read-only.ts'
import type { ReaderOrder } from './reader.ts'

/** The thread that reads much of what is kept: it answers one order, and ends. */
const { folder, order } = workerData as { readonly folder: string; readonly order: ReaderOrder }
// On Linux this is the priority of this thread alone: on a busy machine alarms come first.
if (process.platform === 'linux') setPriority(10)
const db = openReadOnly(folder)
try {
  const answer = await answerTo(order)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(answer)
} finally {
  db.close()
}

/** Only what the order needs is loaded: somebody waits for the page. */
async function answerTo(asked: ReaderOrder): Promise<unknown> {
  switch (asked.type) {
    case 'indicators': {
      const { computeIndicators } = await import('./compute-indicators.ts')
      const { createIndicatorReads } = await import('../database/indicator-reads.ts')
      return computeIndicators(asked, createIndicatorReads(db))
    }
    case 'import': {
      const { parseImport } = await import('./parse-import.ts')
      return parseImport(asked)
    }
    case 'past': {
      const { computePast } = await import('./compute-past.ts')
      const { createPastReads } = await import('../database/past-reads.ts')
      return computePast(asked, createPastReads(db))
    }
    case 'overview': {
      const { computeOverview } = await import('./compute-overview.ts')
      const { createPastReads } = await import('../database/past-reads.ts')
      return computeOverview(asked, createPastReads(db))
    }
  }
}
