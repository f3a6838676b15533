import { existsSync } from 'node:fs'
import { open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { DataFolderError } from '../database/data-folder-error.ts'
import { lostCommits } from '../database/lost-commits.ts'
import { lockFolder } from '../database/open-database.ts'
import { MIGRATIONS } from '../database/schema.ts'
import { isOpenToAll } from '../source/open-to-all.ts'
import { createReserveFile } from '../database/reserve-file.ts'
import type { DiskStage } from '../model/system.ts'
import { lookAtDisk } from '../office/disk-state.ts'
import type { DiskOptions } from '../office/disk-state.ts'
import { findingsOf } from './finding.ts'
import type { Finding } from './finding.ts'

const TRIES = 15
/** A PUBACK waits for one fsync, and alarms stand behind it. */
const SLOW = 50
const MUCH_TOO_SLOW = 500

/** @param db for reading; undefined where there is none, or it is not to be opened */
export async function checkData(
  folder: string,
  db: DatabaseSync | undefined,
  isRunning: boolean,
  disk: DiskOptions['wanted'],
): Promise<readonly Finding[]> {
  return [
    ...(await checkFolder(folder, isRunning)),
    ...(isRunning ? [] : checkLog(folder)),
    ...(db ? checkDatabase(db) : []),
    ...(await checkDisk(folder, disk)),
    await checkSync(folder),
  ]
}

async function checkFolder(folder: string, isRunning: boolean): Promise<Finding[]> {
  const { ok, warn, fail } = findingsOf('data folder')
  const { mode } = await stat(folder)
  const open = isOpenToAll(mode)
    ? [warn(`Everybody on this machine can look into ${folder}.`, `chmod o-rwx ${folder}`)]
    : []
  if (isRunning) return [...open, ok(`${folder} is used by the hub that runs.`)]
  try {
    // A lock made here may be another user's than the hub's.
    if (existsSync(join(folder, 'lock.db'))) lockFolder(folder).close()
    return [...open, ok(`${folder} is free: no hub runs on it.`)]
  } catch (cause) {
    if (!(cause instanceof DataFolderError)) throw cause
    return cause.isLocked
      ? [
          ...open,
          fail(
            `A process uses ${folder} and does not answer.`,
            'See its log and the load of the machine; start it again.',
          ),
        ]
      : [...open, fail(cause.message)]
  }
}

/** Not beside a hub that runs: it writes to it. */
function checkLog(folder: string): Finding[] {
  const lost = lostCommits(folder)
  if (lost === 0) return []
  return [
    findingsOf('database').fail(
      `Its log is damaged: ${lost} transactions that were written are lost.`,
      'Keep a copy of the data folder before the next start, and have the disk tested; the newest backup may have more (docs/operations.md, Restore).',
    ),
  ]
}

function checkDatabase(db: DatabaseSync): Finding[] {
  const { ok, warn, fail } = findingsOf('database')
  const found = (db.prepare('PRAGMA quick_check(3)').all() as { quick_check: string }[]).map(
    (row) => row.quick_check,
  )
  if (found.join() !== 'ok') {
    return [
      fail(
        `It is not whole: ${found.join('; ')}.`,
        'Stop the hub, keep a copy of the data folder, restore the newest backup (docs/operations.md, Restore), and have the disk tested.',
      ),
    ]
  }
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
  const known = MIGRATIONS.length
  if (version > known)
    return [fail(`Its schema is version ${version}, this hub knows ${known}.`, 'Start the newer hub.')]
  if (version < known) {
    return [
      warn(
        `It is whole; its schema is version ${version}, and is brought to ${known} by the next start of this hub.`,
        'Start it when it may take a moment; a copy is made before.',
      ),
    ]
  }
  return [ok(`It is whole; schema ${version}.`)]
}

/** As the hub judges it that runs, or would. */
const WHAT_TO_DO: Readonly<Record<Exclude<DiskStage, 'ok'>, string>> = {
  low: 'Make room this week, or give the data folder a larger disk.',
  'no-history': 'Make room today: InfluxDB is not written, and soon readings are not kept.',
  'alarms-only': 'Make room now: only alarms are kept, and who does not move is not noticed.',
  'reserve-used': 'Make room now: the room for alarms is in use, and then nothing is taken any more.',
}

async function checkDisk(folder: string, wanted: DiskOptions['wanted']): Promise<Finding[]> {
  const { ok, warn, fail, unknown } = findingsOf('disk')
  const reserve = createReserveFile(folder)
  const disk = await lookAtDisk({ folder, wanted, reserve })
  if (!disk) return [unknown('This machine does not say how much is free.')]
  const { free, total, held, stage } = disk
  const what = `${inGb(free)} of ${inGb(total)} GB are free${held > 0 ? `, and ${inGb(held)} are kept for alarms` : ''}.`
  if (stage === 'ok') return [ok(what)]
  return [(stage === 'low' ? warn : fail)(what, WHAT_TO_DO[stage])]
}

function inGb(bytes: number): string {
  return (bytes / 1e9).toFixed(bytes < 1e9 ? 2 : 1)
}

async function checkSync(folder: string): Promise<Finding> {
  const { ok, warn, fail, unknown } = findingsOf('disk speed')
  const file = join(folder, `doctor-${process.pid}.tmp`)
  try {
    const times = await timeSyncs(file)
    const middle = times.toSorted((a, b) => a - b)[TRIES >> 1] ?? 0
    const what = `It takes ${middle.toFixed(1)} ms until 4 kB are safe on the disk.`
    if (middle >= MUCH_TOO_SLOW)
      return fail(what, 'Every alarm waits for that: use another disk, an SSD, not a network drive.')
    if (middle >= SLOW) return warn(what, 'See what else writes to this disk; an SSD takes a few ms.')
    return ok(what)
  } catch (cause) {
    return unknown(`Cannot write to ${folder}: ${(cause as Error).message}`)
  } finally {
    await rm(file, { force: true })
  }
}

async function timeSyncs(file: string): Promise<number[]> {
  const handle = await open(file, 'wx', 0o600)
  try {
    const times: number[] = []
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const began = performance.now()
      await handle.write(Buffer.alloc(4096, attempt))
      await handle.sync()
      times.push(performance.now() - began)
    }
    return times
  } finally {
    await handle.close()
  }
}
