import { setImmediate as nextTurn } from 'node:timers/promises'
import { pino } from 'pino'
import { loadConfig } from '../../hub/config.ts'
import { connectInflux1 } from '../../hub/history/influx1-client.ts'
import { createInflux1Writer } from '../../hub/history/influx1.ts'
import { AT_ONCE } from '../../hub/history/sampler.ts'
import { startHub } from '../../hub/hub.ts'
import { createHomeRounds } from '../../hub/office/home-rounds.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import type { Influxd } from '../helpers/influxd.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { median } from './figures.ts'
import type { Figure } from './figures.ts'
import { keepHomes } from './homes.ts'

const TURNS = 6
const MOST = 167
const ALERTS = 500

/** One round through all homes, as a hub makes it, with the shipped rules and alerts that are open. */
export async function benchSamples(quick: boolean): Promise<Figure[]> {
  const influxd = await startInfluxd()
  try {
    const figures: Figure[] = []
    for (const homes of [1000, 20_000]) figures.push(...(await measure(homes, influxd, quick)))
    return figures
  } finally {
    await influxd.stop()
  }
}

async function measure(homes: number, influxd: Influxd, quick: boolean): Promise<Figure[]> {
  const data = tempDir('bench-samples')
  keepHomes(data, homes)
  const config = { ...(await loadConfig(undefined)), data }
  const hub = await startHub({ config, log: pino({ level: 'silent' }), offline: true, onFailure: () => {} })
  const client = connectInflux1({ url: influxd.url, database: `homes_${homes}` })
  const writer = createInflux1Writer(client)
  try {
    const { core, office } = hub
    await Promise.all(
      [...core.homes()].slice(0, ALERTS).map(({ id: home }) => {
        const now = core.now()
        const fall = { home, sensor: 'fall', kind: 'fall', value: 'detected', at: now, receivedAt: now }
        return core.take({ type: 'reading', reading: fall })
      }),
    )
    const rounds = createHomeRounds({ core, look: office.protection.look, turns: TURNS, most: MOST })
    const count = Math.max(TURNS, Math.ceil(homes / MOST))
    const [taken, gaps, writeGaps]: [number[], number[], number[]] = [[], [], []]
    let points = 0
    // The first round has all the sensors too. What the compiler does first is not counted.
    for (let turn = 0; turn < count * (quick ? 2 : 5); turn++) {
      const began = performance.now()
      const [made, gap] = await longestStretch(() => rounds.next())
      const took = performance.now() - began
      const [, writeGap] = await longestStretch(async () => {
        for (let from = 0; from < made.length; from += AT_ONCE) {
          const result = await writer.write(made.slice(from, from + AT_ONCE))
          if (!result.ok || result.refused.length > 0) throw new Error('InfluxDB did not take the samples')
        }
      })
      points += made.length
      if (turn < TURNS) continue
      taken.push(took)
      gaps.push(gap)
      writeGaps.push(writeGap)
    }
    const figure = (name: string, value: number, note: string): Figure => ({
      name: `samples.${homes}.${name}`,
      value: Math.round(value * 100) / 100,
      unit: 'ms',
      note,
    })
    return [
      figure(
        'turn',
        median(taken),
        `${homes} homes of four sensors, ${ALERTS} open alerts; a turn each 10 s`,
      ),
      figure(
        'stretch',
        Math.max(...gaps),
        `work of the thread at one stretch, the most of ${taken.length} turns`,
      ),
      figure('write-stretch', Math.max(...writeGaps), `the same of writing their ${points} points`),
    ]
  } finally {
    client.close()
    await hub.stop()
  }
}

/** What this thread has worked, ms: a busy machine changes it less than it does the time that passes. */
function cpu(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

/** Runs the work, and looks how long nothing else had its turn meanwhile, in ms of work. */
async function longestStretch<T>(work: () => Promise<T>): Promise<[T, number]> {
  const done = new AbortController()
  let longest = 0
  let last = cpu()
  const look = () => {
    const now = cpu()
    longest = Math.max(longest, now - last)
    last = now
  }
  const watching = (async () => {
    while (!done.signal.aborted) {
      await nextTurn()
      look()
    }
  })()
  const made = await work()
  done.abort()
  await watching
  return [made, longest]
}
