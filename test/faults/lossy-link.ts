import { z } from 'zod'
import { startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import { startSmsGateway } from '../helpers/sms-gateway.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { alarmDelays, noteArrivals } from './alarm-delays.ts'
import type { FaultRow } from './fault-row.ts'
import { hubYaml, register } from './homes.ts'
import { findWrong } from './invariants.ts'
import type { Wrong } from './invariants.ts'
import { countQueued } from './kept.ts'
import { createLoad, isAlarm, seeded } from './load.ts'
import { setWeather } from './own-network.ts'
import type { Weather } from './own-network.ts'

/** One stretch of bad weather. */
export interface Stretch {
  readonly fault: string
  readonly weather: Weather
  /** It lasts until so many more alarms have their PUBACK. */
  readonly alarms: number
}

/** What the script prints. */
export interface LossyRun {
  readonly rows: readonly FaultRow[]
  readonly wrong: Wrong
  readonly outOfOrder: number
  readonly resends: number
  readonly connects: number
}

const HOMES = 4
const FALL_SENSORS = 400
const [, script = '', plan = ''] = process.argv

/**
 * Run as a process in a network of its own (`runInOwnNetwork`): a real hub with its generator, InfluxDB and SMS gateway,
 * through stretches of bad weather on the ports of the hub and of InfluxDB.
 */
if (script === import.meta.filename) {
  const stretches = z.array(z.unknown()).parse(JSON.parse(plan)) as Stretch[]
  console.log(JSON.stringify(await runThrough(stretches)))
  process.exit(0)
}

async function runThrough(stretches: readonly Stretch[]): Promise<LossyRun> {
  let hub: HubProcess | undefined
  const gateway = await startSmsGateway(() => hub?.url ?? '')
  const arrivals = noteArrivals(gateway)
  const influxd = await startInfluxd()
  const config = `${hubYaml()}influxdb: { url: "${influxd.url}" }\nchannels:\n${gateway.channelYaml('first')}`
  hub = await startHubProcess({ config })
  const { data, mqttPort } = hub
  const homes = await register(hub, HOMES, FALL_SENSORS)
  const load = createLoad({
    homes,
    random: seeded(5),
    window: 8,
    falls: 0.05,
    fallSensors: FALL_SENSORS,
    alsoQos2: true,
  })
  let isOver = false
  const running = load.keepOn(
    () => mqttPort,
    () => isOver,
  )
  const parts = []
  for (const { fault, weather, alarms } of stretches) {
    setWeather([mqttPort, influxd.port], weather)
    const from = {
      readings: load.acknowledged(),
      alarms: load.alarms(),
      sent: load.sent.length,
      connects: load.connects(),
    }
    await waitFor(`alarms: ${fault}`, () => load.alarms() >= from.alarms + alarms, { timeout: 120_000 })
    parts.push({
      fault,
      times: Math.max(1, load.connects() - from.connects),
      readings: load.acknowledged() - from.readings,
      alarms: load.alarms() - from.alarms,
      sent: load.sent.slice(from.sent).filter(isAlarm),
    })
  }
  isOver = true
  setWeather([mqttPort, influxd.port], {})
  const clearAt = performance.now()
  await running
  await waitFor('the messages to leave', () => countQueued(data) === 0)
  const { api } = hub
  await waitFor(
    'InfluxDB to have everything',
    async () => (await api<{ history: { waiting: number } }>('GET', '/api/system')).history.waiting === 0,
    { timeout: 90_000 },
  )
  const caughtUp = performance.now() - clearAt
  const { code, stderr } = await hub.kill('SIGTERM')
  if (code !== 0) throw new Error(stderr)
  const wrong = await findWrong({ data, sent: load.sent, taken: gateway.taken(), influxd })
  const rows = parts.map(({ sent, ...row }) => ({
    ...row,
    lost: wrong.lost.length,
    doubled: wrong.twice.length,
    recovery: [caughtUp],
    alarmDelays: alarmDelays(data, sent, arrivals),
  }))
  await gateway.stop()
  await influxd.stop('SIGKILL')
  return { rows, wrong, outOfOrder: load.outOfOrder(), resends: load.resends(), connects: load.connects() }
}
