import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import type { Commit } from '../../hub/core/core.ts'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import { lineOf } from '../../hub/history/line-protocol.ts'
import { pointsOf } from '../../hub/history/points.ts'
import type { KeptEntry } from '../../hub/model/kept-entry.ts'
import type { Reading } from '../../hub/model/reading.ts'
import { influxSchema } from '../../hub/settings/influx-settings.ts'
import { createHistoryThread } from '../../hub/threads/history-thread.ts'
import { countInflux, total } from '../helpers/history-counts.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import { EMPTY_BATCH, EMPTY_COMMIT } from '../helpers/nothing-new.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { median } from './figures.ts'
import type { Figure } from './figures.ts'

const BATCH = 5000
const DATABASES = { raw: 'raw', busy: 'raw_busy', follower: 'follower' }

/**
 * How fast the follower writes a journal to InfluxDB 1.x, beside posting the very same line protocol with
 * nothing around it, as many lines at a time. Two databases of one server, by turns, so that both meet the same disk
 * and the same other work of the machine; the first round warms the caches and the compiler, and is not counted.
 * Reading the journal takes a processor of its own, which on a small machine InfluxDB then lacks: the third figure is of raw posts
 * beside a thread that does nothing but turn.
 * @param entries of one round
 */
export async function benchHistory(entries: number, rounds = 9): Promise<Figure[]> {
  const influxd = await startInfluxd()
  const followed = await followedHub(influxd.url)
  try {
    const raw: Took[] = []
    const busy: Took[] = []
    const own: Took[] = []
    for (let round = 0; round <= rounds; round++) {
      const journal = Array.from({ length: entries }, (_, index) => benchEntry(round * entries + index + 1))
      const bodies = lineProtocol(journal)
      raw.push(await postRaw(influxd.url, DATABASES.raw, bodies))
      busy.push(await besideBusyThread(() => postRaw(influxd.url, DATABASES.busy, bodies)))
      own.push(await followed.take(journal))
    }
    for (const database of Object.values(DATABASES)) {
      const there = total(await countInflux(influxd, database))
      const expected = entries * (rounds + 1)
      if (there !== expected) throw new Error(`${database} has ${there} points, expected ${expected}`)
    }
    for (const runs of [raw, busy, own]) runs.shift()
    const rate = (runs: readonly Took[]) => median(runs.map((run) => entries / run.seconds))
    const late = (runs: readonly Took[], what: 'p99' | 'most') => median(runs.map((run) => run.late[what]))
    const shares = (of: readonly Took[]) =>
      of.map(({ seconds }, index) => (seconds / (own[index]?.seconds ?? Number.NaN)) * 100)
    const share = (name: string, of: readonly Took[]): Figure => {
      const all = shares(of)
      const span = `${Math.round(Math.min(...all))} to ${Math.round(Math.max(...all))}`
      return result(name, median(all), '%', `median of ${rounds} rounds by turns, ${span}`)
    }
    const result = (name: string, value: number, unit: string, note?: string): Figure => ({
      name: `history: ${name}`,
      value: Math.round(value * 10) / 10,
      unit,
      ...(note !== undefined && { note }),
    })
    return [
      result('raw posts of the same lines', rate(raw), 'points/s', 'making the lines is not counted'),
      result('raw posts beside a busy thread', rate(busy), 'points/s'),
      result(
        'follower',
        rate(own),
        'points/s',
        'from the journal on disk to points in InfluxDB, in its thread',
      ),
      share('follower, of raw', raw),
      share('follower, of raw beside a busy thread', busy),
      result('raw posts, event loop late, p99', late(raw, 'p99'), 'ms', 'on a machine shared with influxd'),
      result('raw posts, event loop late, most', late(raw, 'most'), 'ms'),
      result('follower, event loop late, p99', late(own, 'p99'), 'ms', "of the hub's own thread"),
      result('follower, event loop late, most', late(own, 'most'), 'ms'),
    ]
  } finally {
    await followed.stop()
    await influxd.stop()
  }
}

/** 500 homes with four sensors each, a reading every few ms of journal time. */
function benchEntry(seq: number): KeptEntry {
  const at = Date.UTC(2026, 10, 3) + seq * 3
  const home = `h-${seq % 500}`
  const say = (sensor: string, kind: string, value: Reading['value']): Reading => ({
    home,
    sensor,
    kind,
    value,
    at,
    receivedAt: at,
  })
  const readings = [
    say('hr-1', 'heart_rate', 50 + (seq % 40)),
    say('hall-door', 'door', seq % 8 < 4 ? 'open' : 'closed'),
    say('pir-1', 'motion', seq % 8 < 4),
    say('temp-1', 'room_temperature', 20 + (seq % 50) / 10),
  ]
  const reading = readings[Math.floor(seq / 500) % 4] ?? say('hr-1', 'heart_rate', 60)
  // As it comes over MQTT at QoS 1.
  const packet = {
    client: `gw-${home}`,
    packetId: (seq % 65_535) + 1,
    dup: false,
    digest: 2_739_118_423,
    inputs: 1,
  }
  return { seq, now: at, input: { type: 'reading', reading, packet }, alertChanges: [] }
}

function lineProtocol(journal: readonly KeptEntry[]): string[] {
  const lines = journal.flatMap((entry) => pointsOf(entry, () => undefined).points.map(lineOf))
  const bodies: string[] = []
  for (let index = 0; index < lines.length; index += BATCH) {
    bodies.push(lines.slice(index, index + BATCH).join('\n'))
  }
  return bodies
}

interface Took {
  readonly seconds: number
  /** How late the event loop was, ms. */
  readonly late: { readonly p99: number; readonly most: number }
}

async function besideBusyThread<T>(run: () => Promise<T>): Promise<T> {
  const worker = new Worker('for (let turns = 0; ; turns++);', { eval: true })
  await once(worker, 'online')
  try {
    return await run()
  } finally {
    await worker.terminate()
  }
}

async function postRaw(url: string, database: string, bodies: readonly string[]): Promise<Took> {
  await makeDatabase(url, database)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const began = performance.now()
  for (const body of bodies) {
    const response = await fetch(`${url}/write?db=${database}&precision=n`, { method: 'POST', body })
    if (!response.ok) throw new Error(`InfluxDB answered ${response.status}: ${await response.text()}`)
    await response.arrayBuffer()
  }
  return took(began, delay)
}

function took(began: number, delay: ReturnType<typeof monitorEventLoopDelay>): Took {
  const seconds = (performance.now() - began) / 1000
  delay.disable()
  return { seconds, late: { p99: delay.percentile(99) / 1e6, most: delay.max / 1e6 } }
}

/** The data of a hub, written as its core does, and the thread that follows it. */
async function followedHub(url: string) {
  await makeDatabase(url, DATABASES.follower)
  const folder = tempDir('bench-history')
  const { db, close } = openDatabase(folder)
  const store = createSqliteStore(db)
  let heard: (commit: Commit) => void = () => {}
  let failure: string | undefined
  const follower = createHistoryThread({
    folder,
    influxdb: influxSchema.parse({ url, database: DATABASES.follower }),
    cursor: { get: () => 0, set: () => {} },
    newest: () => 0,
    onCommit(listener) {
      heard = listener
      return () => {}
    },
    now: Date.now,
    log: { info: () => {}, warn: (fields) => (failure = JSON.stringify(fields)) },
  })
  follower.start()
  await waitFor('the thread', () => follower.state().name === 'idle', PATIENT)
  return {
    async take(journal: readonly KeptEntry[]): Promise<Took> {
      for (let index = 0; index < journal.length; index += BATCH) {
        store.commit({
          ...EMPTY_BATCH,
          applied: journal.slice(index, index + BATCH).map((entry) => ({ entry, events: [] })),
        })
      }
      const delay = monitorEventLoopDelay({ resolution: 1 })
      delay.enable()
      const began = performance.now()
      heard({ ...EMPTY_COMMIT, entries: journal })
      await waitFor('the journal to be written', () => follower.lag().entries === 0 || failure, PATIENT)
      if (failure !== undefined) throw new Error(failure)
      return took(began, delay)
    },
    async stop() {
      await follower.stop()
      close()
    },
  }
}

const PATIENT = { timeout: 120_000, interval: 1 }

async function makeDatabase(url: string, database: string): Promise<void> {
  await fetch(`${url}/query`, {
    method: 'POST',
    body: new URLSearchParams({ q: `CREATE DATABASE "${database}"` }),
  })
}
