import { setPriority } from 'node:os'
import { Presets, SingleBar } from 'cli-progress'
import type { Command } from 'commander'
import { openToRead } from '../database/open-journal.ts'
import { createSeqAt } from '../database/seq-at.ts'
import { KINDS } from '../model/kind.ts'
import type { History } from '../open-history.ts'
import { CommandError } from './command-error.ts'
import { NOT_CONFIGURED } from './history-setup.ts'
import { configOf } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { parseTime } from './parse-time.ts'
import { formatTable, printJson, printLine, printMessage, showTime } from './print.ts'
import { rebuildHistory } from './rebuild-history.ts'
import type { RebuildProgress, Rebuilt } from './rebuild-history.ts'
import { placeFile } from './rebuild-place.ts'
import type { PlaceFile } from './rebuild-place.ts'

interface Flags {
  readonly from?: number
  readonly until?: number
  readonly restart?: boolean
  readonly force?: boolean
}

/** What the journal does not say: only the running hub knows it, and only of now. */
const SAMPLES = ['home', 'sensor', 'hub', 'channel', 'indicator', 'indicator_day']
const OWN = new Set([...KINDS.keys(), 'alert', ...SAMPLES])
/** A sensor's own time is believed when it is at most so much older than its arrival. */
const OLDEST_BELIEVED = 7 * 86_400_000
const SAY_EVERY_MS = 10_000

/** `aal history rebuild` */
export function addHistoryRebuildCommand(history: Command): void {
  history
    .command('rebuild')
    .description('Fill an empty InfluxDB from the journal')
    .option('--from <time>', 'only what the hub took from this time on', parseTime)
    .option('--until <time>', 'only what the hub took before this time', parseTime)
    .option('--restart', 'from the beginning, also after an interruption')
    .option('--force', 'also into a database with measurements that are not of this hub')
    .addHelpText(
      'after',
      '\nThe hub may run: it goes on to write what comes meanwhile. The same entry of the journal always gives the same' +
        '\npoint, so that to write it again changes nothing, and a database that is not empty gets what it lacks.' +
        '\nCtrl-C interrupts; the same command goes on there.' +
        `\n\nNot in the journal, and not rebuilt: samples of how the hub and the homes were (${SAMPLES.join(', ')}).` +
        '\n\nExamples:\n  aal history rebuild --config hub.yaml' +
        '\n  aal history rebuild --config hub.yaml --from 2026-11-01T00:00:00Z',
    )
    .action(async (flags: Flags, command: Command) => {
      const options = command.optsWithGlobals<DataOptions & { json?: boolean }>()
      const { influxdb, data } = await configOf(options)
      if (!influxdb) throw new CommandError(NOT_CONFIGURED)
      // Beside a hub: alarms come first.
      setPriority(10)
      const db = openToRead(data)
      const { openHistory } = await import('../open-history.ts')
      const log = {
        info: () => {},
        warn: (fields: object, message: string) => printMessage(`${message} ${JSON.stringify(fields)}`),
      }
      const server = await openHistory(influxdb, { log })
      try {
        await rebuild({ db, server, flags, json: options.json === true, place: placeFile(data), influxdb })
      } finally {
        server.close()
        db.close()
      }
    })
}

interface Work {
  readonly db: ReturnType<typeof openToRead>
  readonly server: History
  readonly flags: Flags
  readonly json: boolean
  readonly place: PlaceFile
  readonly influxdb: { readonly keepHourly: number }
}

async function rebuild(work: Work): Promise<void> {
  const { db, server, flags, json, place, influxdb } = work
  if (!flags.force) await refuseStrangers(server)
  const { from, until, since } = rangeOf(db, flags)
  // Of a part of the journal, where it was is not kept.
  const isAll = flags.from === undefined && flags.until === undefined
  const at = isAll && !flags.restart ? await goOnAt(server, place) : from
  // What is kept for how long, and the means of each hour, before there is anything to keep.
  const ready = await server.setUp()
  const shown = showRebuild(from, until)
  const result = await withInterrupt((signal) =>
    rebuildHistory({
      db,
      history: server,
      from,
      until,
      at,
      ...(isAll && { place }),
      onProgress: shown.onProgress,
      signal,
      now: Date.now,
    }),
  )
  shown.stop()
  if (result.error !== undefined) throw new CommandError(result.error)
  if (!ready.ok) printMessage(`InfluxDB is not set up fully (${ready.message}): see aal history setup.`)
  const hours = result.finished && ready.ok ? await makeHours(server, since, influxdb.keepHourly) : undefined
  const failed = hours !== undefined && !hours.ok ? hours.message : undefined
  if (result.finished && failed === undefined && isAll) place.forget()
  if (json) printJson(forScripts(server, from, until, result, failed))
  else sayResult(server, from, until, result, isAll)
  if (failed !== undefined)
    throw new CommandError(`Cannot make the means of each hour: ${failed}. Run the same command again.`)
  if (!result.finished) process.exitCode = 130
}

/** @throws CommandError when others write there: it may be the wrong database */
async function refuseStrangers(server: History): Promise<void> {
  const found = await server.measurements()
  // What only speaks the write API cannot be asked, and one that is away says so when it is written to.
  const strangers = found.ok ? found.value.filter((name) => !OWN.has(name)) : []
  if (strangers.length === 0) return
  const some = strangers.slice(0, 5).join(', ')
  throw new CommandError(
    `Cannot rebuild: ${server.title} has measurements that are not of this hub (${some}${strangers.length > 5 ? ', …' : ''}). ` +
      'Is it the right one? With --force it is filled all the same; what others wrote stays as it is.',
  )
}

function rangeOf(db: Work['db'], flags: Flags): { from: number; until: number; since: number } {
  const seqAt = createSeqAt(db)
  const seqOf = db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM journal WHERE seq <= ?')
  const upTo = (seq: number): number => Number(seqOf.get(seq)?.['seq'])
  const until = upTo(flags.until === undefined ? Number.MAX_SAFE_INTEGER : seqAt(flags.until) - 1)
  const from = flags.from === undefined ? 0 : Math.min(until, seqAt(flags.from) - 1)
  const first = db.prepare('SELECT now FROM journal WHERE seq > ? ORDER BY seq LIMIT 1').get(from)
  return { from, until, since: Number(first?.['now'] ?? Date.now()) }
}

/** Where an interrupted run stopped, when what it wrote is still there; else 0. */
async function goOnAt(server: History, place: PlaceFile): Promise<number> {
  const kept = place.read()
  if (kept === undefined || kept.where !== server.title || kept.written === undefined) return 0
  const { measurement, time } = kept.written
  const answer = await server.has(measurement, time)
  if (answer.ok && answer.value) {
    printMessage(`Goes on after entry ${kept.seq}, where it was interrupted. From the beginning: --restart`)
    return kept.seq
  }
  printMessage(
    answer.ok
      ? 'What was written before the interruption is not there any more: from the beginning.'
      : `Cannot see whether what was written before the interruption is there (${answer.message}): from the beginning.`,
  )
  return 0
}

async function makeHours(server: History, since: number, keep: number) {
  const now = Date.now()
  const from = Math.max(since - OLDEST_BELIEVED, keep === 0 ? 0 : now - keep)
  const bar = process.stderr.isTTY ? barOf('{bar} {percentage}% means of each hour') : undefined
  bar?.start(100, 0)
  try {
    return await server.fillHours(from, now, (done) => bar?.update(Math.floor(done * 100)))
  } finally {
    bar?.stop()
  }
}

function barOf(format: string): SingleBar {
  return new SingleBar({ format, stream: process.stderr, etaBuffer: 200 }, Presets.shades_classic)
}

/** A bar on a terminal, else a line now and then; both on stderr. */
function showRebuild(from: number, until: number) {
  const total = until - from
  const began = Date.now()
  let saidAt = began
  let first: number | undefined
  const bar = process.stderr.isTTY
    ? barOf('{bar} {percentage}% of {total} entries, {rate} points/s{left}{away}')
    : undefined
  bar?.start(total, 0, { rate: 0, left: '', away: '' })
  return {
    onProgress({ seq, points, waiting }: RebuildProgress): void {
      const done = Math.max(0, seq - from)
      // It may go on where another run stopped.
      first ??= done
      const rate = Math.round(points / Math.max(0.001, (Date.now() - began) / 1000))
      const away = waiting ? `; ${waiting.error}; tried again at ${showTime(waiting.until)}` : ''
      const ms = done === 0 ? 0 : ((Date.now() - began) / (done - first)) * (total - done)
      const left = ms > 0 && Number.isFinite(ms) ? `, ${Math.ceil(ms / 1000)} s left` : ''
      bar?.update(done, { rate: rate.toLocaleString('en'), left, away })
      if (bar !== undefined || Date.now() - saidAt < SAY_EVERY_MS) return
      saidAt = Date.now()
      const share = total === 0 ? 100 : Math.floor((done / total) * 100)
      printMessage(`${share}% of ${total} entries, ${rate} points/s${away}`)
    },
    stop: () => bar?.stop(),
  }
}

/** A first signal stops it in order; a second one at once. */
async function withInterrupt<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const interrupt = (): void => controller.abort()
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  try {
    return await run(controller.signal)
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

function forScripts(server: History, from: number, until: number, result: Rebuilt, failed?: string) {
  const { finished, seq, points, seconds } = result
  return {
    where: server.title,
    finished,
    entries: seq - from,
    of: until - from,
    points,
    refused: [...result.refused].map(([reason, count]) => ({ reason, points: count })),
    seconds,
    pointsPerSecond: Math.round(points / Math.max(0.001, seconds)),
    notRebuilt: SAMPLES,
    ...(failed !== undefined && { error: failed }),
  }
}

function sayResult(server: History, from: number, until: number, result: Rebuilt, isAll: boolean): void {
  const { finished, seq, points, refused, seconds } = result
  const number = (value: number): string => Math.round(value).toLocaleString('en')
  const rate = number(points / Math.max(0.001, seconds))
  printLine(
    `${number(points)} points written to ${server.title}, of ${number(seq - from)} entries of the journal, in ${seconds.toFixed(1)} s (${rate} points/s).`,
  )
  if (refused.size > 0) {
    const all = [...refused.values()].reduce((sum, count) => sum + count, 0)
    printLine(`${number(all)} points are left out, since they cannot be written:`)
    const rows = [...refused].map(([reason, count]) => [number(count), reason])
    printLine(formatTable(['POINTS', 'WHY'], rows))
  }
  if (finished) {
    printLine(`Not in the journal, and so not rebuilt: samples (${SAMPLES.join(', ')}). They go on from now.`)
    return
  }
  const next = isAll
    ? 'The same command goes on there.'
    : 'To write it again from its beginning changes nothing: run it again.'
  printLine(`Interrupted after entry ${number(seq)} of ${number(until)}. ${next}`)
}
