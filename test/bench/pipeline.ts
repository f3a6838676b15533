import { connectAsync } from 'mqtt'
import { countInflux, total } from '../helpers/history-counts.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import type { Influxd } from '../helpers/influxd.ts'
import { startMosquitto } from '../helpers/mosquitto.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { MESSAGES, countReadings, homeId } from './bench-homes.ts'
import { startBenchHub } from './bench-hub.ts'
import type { BenchHub } from './bench-hub.ts'
import { cpuOf } from './cpu-of.ts'
import { median, ofRounds } from './figures.ts'
import type { Figure } from './figures.ts'
import type { Client, Phase, Result, Setup } from './generator-protocol.ts'
import { startFlowSide } from './node-red-flow.ts'
import { progress } from './progress.ts'
import { startGenerator } from './start-generator.ts'
import { startNodeServer } from './start-node-server.ts'

/** Publishes of each connection under way: in all as many, or nearly so, whoever sends them. */
const SCENES = [
  { connections: 50, each: 20 },
  { connections: 1000, each: 2 },
] as const

interface Round {
  /** Readings a second. */
  readonly rate: number
  /** Processor time of the side's own processes for each reading, µs. */
  readonly cost: number
  readonly p50: number
  readonly p99: number
  /** Of a processor, that the generator used. */
  readonly share: number
}

interface Side {
  readonly name: string
  readonly note: string
  run(phase: Phase): Promise<Round>
  /** At the end. @throws Error when something of all that was sent is missing, or there twice */
  check(): Promise<void>
  stop(): Promise<void>
}

/** What a side is made of. */
interface Parts {
  readonly name: string
  readonly note: string
  /** Whose processor time counts. */
  readonly pids: readonly number[]
  readonly setup: Setup
  /** No more readings than this are on their way to InfluxDB at a time. */
  readonly most?: number
  readonly check?: (sent: number) => Promise<void>
  readonly stop: () => Promise<void>
}

/**
 * QoS 1 readings acknowledged a second: the whole hub with the shipped rules (on disk before each PUBACK), beside what
 * people would use instead, all under the same generator and by turns.
 */
export async function benchPipeline(quick: boolean): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const scene of SCENES) figures.push(...(await measure(scene, quick)))
  return figures
}

async function measure({ connections, each }: (typeof SCENES)[number], quick: boolean): Promise<Figure[]> {
  const sides: Side[] = []
  const results = new Map<string, Round[]>()
  const rounds = quick ? 2 : 5
  const time = quick ? 1500 : 4000
  try {
    for (const open of [
      openHub,
      openHubWithInflux,
      openMosquitto,
      openPersistent,
      openAedes,
      openFlow,
      openSink,
    ]) {
      progress(`${connections} connections, starting ${open.name.replace('open', '').toLowerCase()}`)
      sides.push(await open(connections))
    }
    for (let round = 0; round < rounds; round++) {
      for (const side of sides) {
        progress(`${connections} connections, round ${round + 1} of ${rounds}, ${side.name}`)
        const made = await side.run({ pace: { each }, warmUp: round === 0 ? 2000 : 500, time })
        results.set(side.name, [...(results.get(side.name) ?? []), made])
      }
    }
    // What was sent is counted.
    for (const side of sides) await side.check()
  } finally {
    for (const side of sides) await side.stop()
  }
  return figuresOf(sides, results, connections, each)
}

function figuresOf(
  sides: readonly Side[],
  results: ReadonlyMap<string, readonly Round[]>,
  connections: number,
  each: number,
): Figure[] {
  const of = (name: string, key: keyof Round): number[] => (results.get(name) ?? []).map((one) => one[key])
  const name = (what: string): string => `pipeline.${connections}.${what}`
  const ratio = (one: string, other: string, least?: number): Figure => {
    const both = (results.get(one) ?? []).map(
      ({ rate }, index) => rate / (of(other, 'rate')[index] ?? Number.NaN),
    )
    const value = median(of(one, 'rate')) / median(of(other, 'rate'))
    return {
      name: name(`${one}-to-${other}`),
      value,
      unit: 'ratio',
      span: [Math.min(...both), Math.max(...both)],
      sides: [median(of(one, 'rate')), median(of(other, 'rate'))],
      ...(least !== undefined && { aim: { least } }),
    }
  }
  return [
    ...sides.map((side): Figure => {
      const cost = median(of(side.name, 'cost')).toFixed(1)
      const share = Math.round(median(of(side.name, 'share')) * 100)
      const load = `${connections} connections, ${each} under way each`
      return {
        name: name(side.name),
        ...ofRounds(of(side.name, 'rate')),
        unit: 'readings/s',
        note: `${load}; ${side.note}; ${cost} µs of processor a reading; the generator used ${share} % of one`,
      }
    }),
    ratio('hub', 'mosquitto', 0.8),
    ratio('hub', 'mosquitto-persistent'),
    ratio('hub-influxdb', 'node-red', 2),
    ratio('hub', 'aedes'),
    {
      name: name('hub-puback-p50'),
      ...ofRounds(of('hub', 'p50')),
      unit: 'ms',
      note: 'from PUBLISH to PUBACK, at full load',
    },
    { name: name('hub-puback-p99'), ...ofRounds(of('hub', 'p99')), unit: 'ms', note: 'at full load' },
  ]
}

/** A side whose figure is what it acknowledged. */
async function acknowledging({ name, note, pids, setup, check, stop }: Parts): Promise<Side> {
  const generator = await startGenerator(setup)
  let sent = 0
  return {
    name,
    note,
    async run(phase) {
      const before = cpu(pids)
      const made = await generator.run(phase)
      const cost = ((cpu(pids) - before) / made.acknowledged) * 1e6
      sent += made.acknowledged
      return { rate: made.counted / made.seconds, cost, p50: made.p50, p99: made.p99, share: made.share }
    },
    async check() {
      await check?.(sent)
    },
    async stop() {
      await generator.stop()
      await stop()
    },
  }
}

/**
 * A side whose figure is what is in InfluxDB: whoever acknowledges at once has nothing yet. As many readings at a time
 * as take about the time of the phase, from the first publish until InfluxDB has the last.
 */
async function arriving(
  { name, note, pids, setup, most = Infinity, check, stop }: Parts,
  influxd: Influxd,
  database: string,
): Promise<Side> {
  const generator = await startGenerator(setup)
  let sent = 0
  /** As it was last time. */
  let rate = Number.NaN
  const pass = async (pace: Phase['pace'], wanted: number): Promise<Round> => {
    const [before, used, began] = [await writtenTo(influxd), cpu(pids), performance.now()]
    const parts: Result[] = []
    let count = 0
    while (count < wanted) {
      const some = Math.min(most, wanted - count)
      count += some
      const expected = before + count
      parts.push(await generator.run({ pace, count: some, warmUp: 0, time: 0 }))
      await waitFor(
        `${count} readings to be in InfluxDB`,
        async () => (await writtenTo(influxd)) >= expected,
        { timeout: 120_000, interval: 5 },
      )
    }
    sent += count
    const seconds = (performance.now() - began) / 1000
    rate = count / seconds
    const cost = ((cpu(pids) - used) / count) * 1e6
    const of = (key: 'p50' | 'p99'): number => median(parts.map((one) => one[key]))
    const worked = parts.reduce((sum, one) => sum + one.share * one.seconds, 0)
    return { rate, cost, p50: of('p50'), p99: of('p99'), share: worked / seconds }
  }
  return {
    name,
    note,
    async run({ pace, time, warmUp }) {
      if (Number.isNaN(rate)) {
        await pass(pace, 1000)
        await pass(pace, Math.max(1000, Math.round((rate * warmUp) / 1000)))
      }
      return await pass(pace, Math.max(1000, Math.round((rate * time) / 1000)))
    },
    async check() {
      expectAll('InfluxDB', total(await countInflux(influxd, database)), sent)
      await check?.(sent)
    },
    async stop() {
      await generator.stop()
      await stop()
    },
  }
}

function cpu(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + cpuOf(pid), 0)
}

/** Points that InfluxDB took so far, by its own count: asking for it costs nothing, as counting them would. */
async function writtenTo(influxd: Influxd): Promise<number> {
  const vars = (await (await fetch(`${influxd.url}/debug/vars`)).json()) as {
    readonly [key: string]: { readonly name?: string; readonly values?: Record<string, number> }
  }
  const http = Object.values(vars).find((one) => one.name === 'httpd')
  return http?.values?.['pointsWrittenOK'] ?? 0
}

/** @throws Error when something was lost, or is there twice */
function expectAll(where: string, there: number, sent: number): void {
  if (there !== sent) throw new Error(`${where} has ${there} readings, expected ${sent}`)
}

function plainSetup(port: number, connections: number): Setup {
  const clients = Array.from({ length: connections }, (_, index): Client => ({
    id: `bench-${index}`,
    home: homeId(index),
  }))
  return { port, clients, messages: MESSAGES }
}

async function openHub(connections: number): Promise<Side> {
  const hub = await startBenchHub(connections)
  return await acknowledging({
    name: 'hub',
    note: 'shipped rules, on disk before the PUBACK',
    pids: [hub.pid],
    setup: setupOf(hub),
    check: (sent) => checkJournal(hub, sent),
    stop: () => hub.stop(),
  })
}

async function openHubWithInflux(connections: number): Promise<Side> {
  const influxd = await startInfluxd()
  const hub = await startBenchHub(connections, `influxdb: { url: "${influxd.url}", database: aal }\n`)
  const parts: Parts = {
    name: 'hub-influxdb',
    note: 'the same hub; counted once they are in InfluxDB',
    pids: [hub.pid, influxd.pid],
    setup: setupOf(hub),
    check: (sent) => checkJournal(hub, sent),
    async stop() {
      await hub.stop()
      await influxd.stop()
    },
  }
  return await arriving(parts, influxd, 'aal')
}

async function openMosquitto(connections: number): Promise<Side> {
  const config = 'allow_anonymous true\nset_tcp_nodelay true'
  const mosquitto = await startMosquitto({ quiet: true, config })
  return await acknowledging({
    name: 'mosquitto',
    note: 'as it comes: in memory, without a subscriber',
    pids: [mosquitto.pid],
    setup: plainSetup(mosquitto.port, connections),
    stop: () => mosquitto.stop(),
  })
}

/** A subscriber that is away has everything kept for it, and what is kept is written every two seconds. */
async function openPersistent(connections: number): Promise<Side> {
  const config = [
    'allow_anonymous true',
    'set_tcp_nodelay true',
    'max_queued_messages 0',
    'persistence true',
    `persistence_location ${tempDir('bench-mosquitto')}/`,
    'autosave_interval 2',
  ]
  const mosquitto = await startMosquitto({ quiet: true, config: config.join('\n') })
  const subscriber = await connectAsync(mosquitto.url, { clientId: 'away', clean: false })
  await subscriber.subscribeAsync('homes/#', { qos: 1 })
  await subscriber.endAsync()
  return await acknowledging({
    name: 'mosquitto-persistent',
    note: 'queues for a subscriber that is away, and writes that every 2 s, not before the PUBACK',
    pids: [mosquitto.pid],
    setup: plainSetup(mosquitto.port, connections),
    stop: () => mosquitto.stop(),
  })
}

async function openFlow(connections: number): Promise<Side> {
  const flow = await startFlowSide()
  const parts: Parts = {
    name: 'node-red',
    note: 'mosquitto, mqtt in, json, function, http request; counted once they are in InfluxDB',
    pids: flow.pids,
    setup: plainSetup(flow.port, connections),
    // InfluxDB 1.x answers "error syncing wal" to more than 1,024 writes at once, and the flow does not repeat them.
    most: 1000,
    stop: () => flow.stop(),
  }
  return await arriving(parts, flow.influxd, flow.database)
}

const openAedes = (connections: number): Promise<Side> =>
  openNode('bare-aedes', connections, 'aedes', "the hub's broker alone, in memory, no access check")

const openSink = (connections: number): Promise<Side> =>
  openNode(
    'puback-sink',
    connections,
    'sink',
    'answers and does nothing else: about as fast as the generator can be',
  )

async function openNode(
  file: Parameters<typeof startNodeServer>[0],
  connections: number,
  name: string,
  note: string,
): Promise<Side> {
  const server = await startNodeServer(file)
  return await acknowledging({
    name,
    note,
    pids: [server.pid],
    setup: plainSetup(server.port, connections),
    stop: () => server.stop(),
  })
}

function setupOf(hub: BenchHub): Setup {
  return { port: hub.port, clients: hub.gateways, messages: MESSAGES }
}

async function checkJournal(hub: BenchHub, sent: number): Promise<void> {
  await hub.kill('SIGTERM')
  expectAll('the journal', countReadings(hub.data), sent)
}
