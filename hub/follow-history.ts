import type { RunningCore } from './core/create-core.ts'
import type { Registry } from './database/registry.ts'
import type { Answer } from './history/answer.ts'
import type { HistoryReader } from './history/history.ts'
import type { EraseTarget } from './model/erasure.ts'
import { createHistoryFailure } from './office/history-failure.ts'
import type { HistoryParts } from './office/system.ts'
import { openHistory } from './open-history.ts'
import type { History, HistoryOptions, OpenWriter } from './open-history.ts'
import type { InfluxSettings } from './settings/influx-settings.ts'
import { createHistoryThread } from './threads/history-thread.ts'

export interface FollowHistoryParts {
  readonly core: Pick<RunningCore, 'onCommit' | 'now'>
  /** Of the hub's data. */
  readonly folder: string
  readonly cursor: Registry['historyCursor']
  /** The newest seq of the journal. */
  readonly newest: () => number
  readonly log: HistoryOptions['log']
}

/** The InfluxDB of this hub: its journal goes there, and what is written beside it. */
export interface FollowedHistory extends HistoryParts {
  /** Undefined: graphs are read from the journal. */
  readonly reader: HistoryReader | undefined
  openSideWriter(): OpenWriter
  erase(target: EraseTarget): Promise<Answer<void>>
  readonly shownSince: History['shownSince']
  start(): void
  stop(): Promise<void>
}

/** @throws Error when the file of a secret cannot be read */
export async function followHistory(
  settings: InfluxSettings,
  { core, folder, cursor, newest, log }: FollowHistoryParts,
): Promise<FollowedHistory> {
  const history = await openHistory(settings, { log })
  const { onCommit, now } = core
  const follower = createHistoryThread({ folder, influxdb: settings, cursor, newest, onCommit, now, log })
  return {
    follower,
    where: history.title,
    newest,
    written: cursor.get,
    failure: createHistoryFailure(follower, cursor.get),
    reader: history.reader,
    openSideWriter: history.openSideWriter,
    erase: history.erase,
    shownSince: history.shownSince,
    start: follower.start,
    async stop() {
      await follower.stop()
      history.close()
    },
  }
}
