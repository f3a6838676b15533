import { parentPort, workerData } from 'node:worker_threads'
import type { BatchRows } from '../database/batch-rows.ts'
import { createBatchWriter } from '../database/batch-writer.ts'
import { connectTo } from '../database/open-database.ts'
import type { CommitReport } from './commit-thread.ts'

/** The thread that writes what the core knows: it answers each batch when it is on disk. */
const { folder } = workerData as { readonly folder: string }
const write = createBatchWriter(connectTo(folder))

parentPort?.on('message', (rows: BatchRows) => {
  const report = reportOf(rows)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(report)
})

function reportOf(rows: BatchRows): CommitReport {
  try {
    write(rows)
    return null
  } catch (cause) {
    const { message, code, errcode } = cause as Error & { code?: unknown; errcode?: unknown }
    return { message, code, errcode }
  }
}
