import type { DatabaseSync } from 'node:sqlite'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { systemClock } from './core/clock.ts'
import type { CoreStore } from './core/store.ts'
import { timedStore } from './core/timed-store.ts'
import { createSqliteStore } from './database/core-store.ts'
import { lostCommits } from './database/lost-commits.ts'
import { openDatabase } from './database/open-database.ts'
import { createReserveFile } from './database/reserve-file.ts'
import type { ReserveFile } from './database/reserve-file.ts'
import { roomyStore } from './database/write-with-room.ts'
import { createCommitTimes } from './office/commit-times.ts'
import type { CommitTimes } from './office/commit-times.ts'
import { lookAtDiskNow } from './office/disk-state.ts'
import type { DiskOptions } from './office/disk-state.ts'
import type { StopParts } from './stop-parts.ts'
import { createCommitThread } from './threads/commit-thread.ts'

export interface OpenStoreParts {
  /** A command in a folder that no hub uses writes little, and wants an answer: it has no thread that writes. */
  readonly offline: boolean
  readonly onStop: StopParts['onStop']
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>
}

/** The database of a data folder, and the disk that it is on. */
export interface OpenStore {
  readonly db: DatabaseSync
  readonly folder: string
  /** For the core. */
  readonly store: CoreStore
  /** How long its commits took. */
  readonly commitTimes: CommitTimes
  readonly disk: DiskOptions & { readonly reserve: ReserveFile }
  /** How many transactions the disk has given back damaged: what they had is lost. */
  readonly lost: number
  /** From now on this is called when a commit finds no room; until then the reserve is given up, and no more. */
  makeRoomWith(makeRoom: () => boolean): void
}

/**
 * Opens the database, where the disk is full with the room that was kept for that.
 * @throws DataFolderError
 */
export function openStore(
  config: Pick<Config, 'data' | 'disk'>,
  { offline, onStop, log }: OpenStoreParts,
): OpenStore {
  const reserve = createReserveFile(config.data)
  const disk = { folder: config.data, wanted: config.disk, reserve }
  // To be opened a database needs some room itself.
  if (lookAtDiskNow(disk)?.stage === 'reserve-used' && reserve.release()) {
    log.warn('the disk is full: the room that was kept for alarms is in use')
  }
  const lost = lostCommits(config.data)
  if (lost > 0) {
    log.error(
      { transactions: lost },
      'the disk gave back something else than was written: what was acknowledged last is lost; have the disk tested (docs/operations.md, When the disk fills up)',
    )
  }
  let makeRoom = reserve.release
  const database = openDatabase(config.data, {
    onMigrated: ({ file, from, to }) =>
      log.info({ copy: file, from, to }, 'the database was brought up to date; a copy of before is kept'),
    onOpenToOthers: (files) => {
      for (const { file, isShut } of files) {
        if (isShut) log.warn({ file }, 'others on this machine could read this file: its mode is 0600 now')
        else log.warn({ file }, 'others on this machine can read this file: it belongs to another user')
      }
    },
  })
  onStop('database', () => database.close())
  const { db, folder } = database
  const commitTimes = createCommitTimes()
  const roomy = roomyStore(createSqliteStore(db), () => makeRoom(), config.data)
  const thread = offline ? undefined : createCommitThread(roomy, config.data, () => void makeRoom())
  if (thread) onStop('commit thread', thread.stop)
  return {
    db,
    folder,
    store: timedStore(thread?.store ?? roomy, systemClock, commitTimes.record),
    commitTimes,
    disk,
    lost,
    makeRoomWith(other) {
      makeRoom = other
    },
  }
}
