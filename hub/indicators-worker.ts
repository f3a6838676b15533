import { setPriority } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import { computeIndicators } from './compute-indicators.ts'
import type { IndicatorOrder } from './compute-indicators.ts'
import { createIndicatorReads } from './database/indicator-reads.ts'

/** The thread in which indicators are computed: it answers one order, and ends. */
const { folder, order } = workerData as { readonly folder: string; readonly order: IndicatorOrder }
// On Linux this is the priority of this thread alone: on a busy machine alarms come first.
if (process.platform === 'linux') setPriority(10)
const db = new DatabaseSync(join(folder, 'hub.db'), { readOnly: true, timeout: 5000 })
try {
  const run = computeIndicators(order, createIndicatorReads(db))
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(run)
} finally {
  db.close()
}
