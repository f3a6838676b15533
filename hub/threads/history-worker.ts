import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { openReadOnly } from '../database/open-read-only.ts'
import { createFollower } from '../history/follower.ts'
import type { Heard } from '../history/follower.ts'
import { openHistory } from '../open-history.ts'
import { later } from '../timers.ts'
import { openHistorySource } from './history-source.ts'
import type { HistoryOrder, HistoryReport, HistoryWork } from './history-thread.ts'

/** The thread that writes the journal to InfluxDB, until it is told to stop. */
const { folder, influxdb, cursor } = workerData as HistoryWork
// On Linux this is the priority of this thread alone: on a busy machine alarms come first, and history before reports.
if (process.platform === 'linux') setPriority(5)
const db = openReadOnly(folder)
const { source, roomOf } = openHistorySource(db)

function tell(report: HistoryReport): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(report)
}

const log = {
  info: (fields: object, message: string) => tell({ type: 'log', level: 'info', fields, message }),
  warn: (fields: object, message: string) => tell({ type: 'log', level: 'warn', fields, message }),
}
const history = await openHistory(influxdb, { log })
const writer = history.openWriter()
let position = cursor
let heard: (commit: Heard) => void = () => {}
const follower = createFollower({
  source,
  cursor: { get: () => position, set: (seq) => void (position = seq) },
  writer,
  onCommit(listener) {
    heard = listener
    return () => (heard = () => {})
  },
  roomOf,
  clock: { now: () => Date.now(), later },
  random: Math.random,
  log,
  onState() {
    const { since } = follower.lag()
    const state = follower.state()
    tell({
      type: 'state',
      state,
      position,
      counts: follower.counts(),
      ...(since !== undefined && { since }),
    })
  },
})

parentPort?.on('message', (order: HistoryOrder) => {
  if (order.type === 'commit') heard({ entries: [order] })
  else void stop()
})
follower.start()

async function stop(): Promise<void> {
  await follower.stop()
  writer.close()
  history.close()
  db.close()
  parentPort?.close()
}
