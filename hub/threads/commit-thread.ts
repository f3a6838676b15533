import { Worker } from 'node:worker_threads'
import type { Batch, CoreStore, SeenReading } from '../core/store.ts'
import { ALIVE_NOTE, rowsOf } from '../database/batch-rows.ts'
import type { BatchRows } from '../database/batch-rows.ts'
import type { Alert } from '../model/alert.ts'
import type { Notification } from '../model/notification.ts'

/** What became of the oldest order: null, or why it could not be written. */
export type CommitReport = null | {
  readonly message: string
  readonly code?: unknown
  readonly errcode?: unknown
}

/** `no-room`: a commit found no room on the disk, and what was kept for alarms is in use now. */
export type CommitMessage = CommitReport | 'no-room'

interface Order {
  readonly holds?: Holds
  readonly fulfil: () => void
  readonly reject: (cause: Error) => void
}

/** What a batch holds of that which may be asked for before it is on disk. */
interface Holds {
  readonly reading: (key: string) => SeenReading | undefined
  readonly alert: (id: string) => Alert | undefined
  readonly notification: (id: string) => Notification | undefined
}

/**
 * The store with a thread that writes: while one batch goes to the disk, the next is read and thought about
 * (docs/decisions/0028-commit-thread.md).
 * @param store of the same folder, for what is read and for what must be written at once
 * @param onNoRoom the disk is full
 */
export function createCommitThread(
  store: CoreStore,
  folder: string,
  onNoRoom: () => void = () => {},
): { readonly store: CoreStore; stop(): Promise<void> } {
  const worker = new Worker(new URL('./commit-worker.ts', import.meta.url), { workerData: { folder } })
  /** Oldest first. */
  const orders: Order[] = []
  let failure: Error | undefined
  let isStopping = false

  worker.on('message', (report: CommitMessage) => {
    if (report === 'no-room') return onNoRoom()
    const order = orders.shift()
    if (report === null) order?.fulfil()
    else order?.reject(Object.assign(new Error(report.message), report))
  })
  worker.once('error', (cause: Error) => fail(cause))
  const exited = new Promise<void>((fulfil) => {
    worker.once('exit', () => {
      if (!isStopping) fail(new Error('the thread that writes ended'))
      fulfil()
    })
  })

  function fail(cause: Error): void {
    failure ??= cause
    for (const { reject } of orders.splice(0)) reject(failure)
  }

  function send(rows: BatchRows, holds?: Holds): Promise<void> {
    return new Promise((fulfil, reject) => {
      if (failure) return reject(failure)
      orders.push({ fulfil, reject, ...(holds && { holds }) })
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
      worker.postMessage(rows)
    })
  }

  /** The newest on its way to the disk. */
  function underWay<T>(find: (holds: Holds) => T | undefined): T | undefined {
    for (let index = orders.length - 1; index >= 0; index--) {
      const holds = orders[index]?.holds
      const found = holds && find(holds)
      if (found !== undefined) return found
    }
    return undefined
  }

  return {
    store: {
      ...store,
      seenReading: (home, sensor, id) =>
        underWay((holds) => holds.reading(readingKey({ home, sensor, id }))) ??
        store.seenReading(home, sensor, id),
      alert: (id) => underWay((holds) => holds.alert(id)) ?? store.alert(id),
      notification: (id) => underWay((holds) => holds.notification(id)) ?? store.notification(id),
      later: {
        commit: (batch) => send(rowsOf(batch), holdsOf(batch)),
        noteAlive: (now) => send({ now, values: { note: [ALIVE_NOTE, JSON.stringify(now)] } }),
      },
    },
    async stop() {
      isStopping = true
      await worker.terminate()
      await exited
      fail(new Error('the thread that writes was stopped'))
    },
  }
}

function holdsOf({ readings, alerts, notifications }: Batch): Holds {
  return {
    reading: lookUp(readings, readingKey),
    alert: lookUp(alerts, ({ id }) => id),
    notification: lookUp(notifications, ({ id }) => id),
  }
}

/** By key; laid out when it is asked for the first time, which is rare. */
function lookUp<T>(list: readonly T[], keyOf: (one: T) => string): (key: string) => T | undefined {
  let byKey: Map<string, T> | undefined
  return (key) => (byKey ??= new Map(list.map((one) => [keyOf(one), one]))).get(key)
}

function readingKey({ home, sensor, id }: Pick<SeenReading, 'home' | 'sensor' | 'id'>): string {
  return `${home}|${sensor}|${id}`
}
