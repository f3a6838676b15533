import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createFollower } from '../../hub/history/follower.ts'
import type { JournalSource } from '../../hub/history/history.ts'
import type { KeptEntry } from '../../hub/model/kept-entry.ts'
import { connectInflux1 } from '../../hub/history/influx1-client.ts'
import { createInflux1Writer } from '../../hub/history/influx1.ts'
import { pointsOf } from '../../hub/history/points.ts'
import type { Point } from '../../hub/history/points.ts'
import type { Reading } from '../../hub/model/reading.ts'
import { startInfluxd } from '../helpers/influxd.ts'

export interface HistoryResult {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly note?: string
}

const BATCH = 5000

/**
 * How fast the follower writes a journal to InfluxDB 1.x, beside posting the very same line protocol with
 * nothing around it. Two databases of one server, by turns, so that both meet the same disk.
 */
export async function benchHistory(entries = 200_000): Promise<HistoryResult[]> {
  const journal = Array.from({ length: entries }, (_, index) => benchEntry(index + 1))
  const bodies = lineProtocol(journal)
  const influxd = await startInfluxd()
  try {
    // Once for the server's caches and the compiler; not counted.
    await postRaw(influxd.url, 'warm', bodies.slice(0, 4))
    await followAll(influxd.url, 'warm_follower', journal.slice(0, 20_000))
    const raw: Took[] = []
    const followed: Took[] = []
    for (const round of [1, 2, 3]) {
      raw.push(await postRaw(influxd.url, `raw_${round}`, bodies))
      followed.push(await followAll(influxd.url, `follower_${round}`, journal))
      for (const database of [`raw_${round}`, `follower_${round}`]) {
        const counts = await influxd.query(database, 'SELECT count("value") FROM /.*/')
        const there = counts.reduce((sum, series) => sum + Number(series.values[0]?.[1] ?? 0), 0)
        if (there !== entries) throw new Error(`${database} has ${there} points, expected ${entries}`)
      }
    }
    const rate = (runs: readonly Took[]) => median(runs.map((run) => entries / run.seconds))
    const late = (runs: readonly Took[], what: 'p99' | 'most') => median(runs.map((run) => run.late[what]))
    const result = (name: string, value: number, unit: string, note?: string): HistoryResult => ({
      name: `history: ${name}`,
      value: Math.round(value * 10) / 10,
      unit,
      ...(note !== undefined && { note }),
    })
    const notCounted = 'making the lines is not counted'
    return [
      result('raw posts of the same lines', rate(raw), 'points/s', `median of 3; ${notCounted}`),
      result('follower', rate(followed), 'points/s', 'median of 3; from entries to points in InfluxDB'),
      result('follower, of raw', (rate(followed) / rate(raw)) * 100, '%'),
      result('raw posts, event loop late, p99', late(raw, 'p99'), 'ms', 'on a machine shared with influxd'),
      result('raw posts, event loop late, most', late(raw, 'most'), 'ms'),
      result('follower, event loop late, p99', late(followed, 'p99'), 'ms'),
      result('follower, event loop late, most', late(followed, 'most'), 'ms'),
    ]
  } finally {
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
  return { seq, now: at, input: { type: 'reading', reading }, alertChanges: [] }
}

const roomOf = (_home: string, sensor: string) => (sensor === 'hall-door' ? 'hall' : 'living-room')

function lineProtocol(journal: readonly KeptEntry[]): string[] {
  const lines = journal.flatMap((entry) => pointsOf(entry, roomOf).points.map(line))
  const bodies: string[] = []
  for (let index = 0; index < lines.length; index += BATCH) {
    bodies.push(lines.slice(index, index + BATCH).join('\n'))
  }
  return bodies
}

/** The names here need no escaping. */
function line({ measurement, tags, fields, time }: Point): string {
  const tagged = Object.entries(tags).map(([name, value]) => `,${name}=${value}`)
  const state = fields.state === undefined ? '' : `state="${fields.state}",`
  return `${measurement}${tagged.join('')} ${state}value=${fields.value} ${time}`
}

interface Took {
  readonly seconds: number
  /** How late the event loop was, ms. */
  readonly late: { readonly p99: number; readonly most: number }
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

async function followAll(url: string, database: string, journal: readonly KeptEntry[]): Promise<Took> {
  await makeDatabase(url, database)
  const client = connectInflux1({ url, database })
  const source: JournalSource = {
    after: (seq, limit) => journal.slice(seq, seq + limit),
    newest: () => journal.length,
  }
  const done = Promise.withResolvers<void>()
  let cursor = 0
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const follower = createFollower({
    source,
    cursor: {
      get: () => cursor,
      set(seq) {
        cursor = seq
        if (seq === journal.length) done.resolve()
      },
    },
    writer: createInflux1Writer(client),
    onCommit: () => () => {},
    roomOf,
    clock: {
      now: () => Date.now(),
      later(call, ms) {
        const timer = setTimeout(call, ms)
        return () => clearTimeout(timer)
      },
    },
    random: Math.random,
    log: { info: () => {}, warn: (fields) => done.reject(new Error(JSON.stringify(fields))) },
    batch: BATCH,
  })
  delay.enable()
  const began = performance.now()
  follower.start()
  await done.promise
  const result = took(began, delay)
  await follower.stop()
  client.close()
  return result
}

async function makeDatabase(url: string, database: string): Promise<void> {
  await fetch(`${url}/query`, {
    method: 'POST',
    body: new URLSearchParams({ q: `CREATE DATABASE "${database}"` }),
  })
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
