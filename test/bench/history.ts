import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createFollower } from '../../hub/history/follower.ts'
import type { JournalSource, FollowedEntry } from '../../hub/history/history.ts'
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
    const raw: number[] = []
    const follower: number[] = []
    const stalls: number[] = []
    for (const round of [1, 2, 3]) {
      raw.push(entries / (await postRaw(influxd.url, `raw_${round}`, bodies)))
      const followed = await followAll(influxd.url, `follower_${round}`, journal)
      follower.push(entries / followed.seconds)
      stalls.push(followed.stall)
      for (const database of [`raw_${round}`, `follower_${round}`]) {
        const counts = await influxd.query(database, 'SELECT count("value") FROM /.*/')
        const there = counts.reduce((sum, series) => sum + Number(series.values[0]?.[1] ?? 0), 0)
        if (there !== entries) throw new Error(`${database} has ${there} points, expected ${entries}`)
      }
    }
    const rate = median(follower)
    const best = median(raw)
    return [
      { name: 'history: raw line protocol', value: Math.round(best), unit: 'points/s' },
      { name: 'history: follower', value: Math.round(rate), unit: 'points/s', note: 'median of 3' },
      { name: 'history: follower of raw', value: Math.round((rate / best) * 100), unit: '%' },
      { name: 'history: longest stall of the event loop', value: Math.round(median(stalls)), unit: 'ms' },
    ]
  } finally {
    await influxd.stop()
  }
}

/** 500 homes with four sensors each, a reading every few ms of journal time. */
function benchEntry(seq: number): FollowedEntry {
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

function lineProtocol(journal: readonly FollowedEntry[]): string[] {
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

/** @returns seconds */
async function postRaw(url: string, database: string, bodies: readonly string[]): Promise<number> {
  await makeDatabase(url, database)
  const began = performance.now()
  for (const body of bodies) {
    const response = await fetch(`${url}/write?db=${database}&precision=n`, { method: 'POST', body })
    if (!response.ok) throw new Error(`InfluxDB answered ${response.status}: ${await response.text()}`)
    await response.arrayBuffer()
  }
  return (performance.now() - began) / 1000
}

async function followAll(
  url: string,
  database: string,
  journal: readonly FollowedEntry[],
): Promise<{ seconds: number; stall: number }> {
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
  const seconds = (performance.now() - began) / 1000
  delay.disable()
  await follower.stop()
  client.close()
  return { seconds, stall: delay.max / 1e6 }
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
