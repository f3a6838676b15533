import { parentPort, workerData } from 'node:worker_threads'
import { isBusy } from '../core/write-failure.ts'
import type { BatchRows } from '../database/batch-rows.ts'
import { createBatchWriter } from '../database/batch-writer.ts'
import { connectTo } from '../database/open-database.ts'
import { createReserveFile } from '../database/reserve-file.ts'
import { writeWithRoom } from '../database/write-with-room.ts'
import type { CommitMessage, CommitReport } from './commit-thread.ts'

/** So often is written what another connection is in the way of. */
const BUSY_TRIES = 3

/** The thread that writes what the core knows: it answers each batch when it is on disk. */
const { folder } = workerData as { readonly folder: string }
const reserve = createReserveFile(folder)
const write = writeWithRoom(createBatchWriter(connectTo(folder)), makeRoom, folder)

/** Here, as what comes after this batch may not be written before it. */
function makeRoom(): boolean {
  const hadRoom = reserve.release()
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage('no-room' satisfies CommitMessage)
  return hadRoom
}

parentPort?.on('message', (rows: BatchRows) => {
  const report = reportOf(rows)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(report)
})

function reportOf(rows: BatchRows): CommitReport {
  try {
    writePatiently(rows)
    return null
  } catch (cause) {
    const { message, code, errcode } = cause as Error & { code?: unknown; errcode?: unknown }
    return { message, code, errcode }
  }
}

/** What the database waits for by itself is a few seconds; nothing but this thread waits here. */
function writePatiently(rows: BatchRows): void {
  for (let tries = 1; ; tries++) {
    try {
      write(rows)
      return
    } catch (cause) {
      if (!isBusy(cause) || tries === BUSY_TRIES) throw cause
    }
  }
}
