import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { computeIndicators } from './compute-indicators.ts'
import type { IndicatorOrder } from './compute-indicators.ts'
import { createIndicatorReads } from './database/indicator-reads.ts'

/** The thread in which indicators are computed: it answers one order, and ends. */
const { folder, order } = workerData as { readonly folder: string; readonly order: IndicatorOrder }
const db = new DatabaseSync(join(folder, 'hub.db'), { readOnly: true, timeout: 5000 })
try {
  const run = computeIndicators(order, createIndicatorReads(db))
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(run)
} finally {
  db.close()
}
