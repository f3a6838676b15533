import { expect, it } from 'vitest'
import { startHubProcess } from '../helpers/hub-process.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import { serverMissing } from '../helpers/servers.ts'
import { startSmsGateway } from '../helpers/sms-gateway.ts'
import { startTroubleProxy } from '../helpers/trouble-proxy.ts'
import type { Trouble } from '../helpers/trouble-proxy.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { alarmDelays, noteArrivals } from './alarm-delays.ts'
import { recordFault } from './fault-row.ts'
import { hubYaml, register } from './homes.ts'
import { findWrong, NOTHING_WRONG } from './invariants.ts'
import { createLoad, isAlarm, seeded } from './load.ts'
import { SHARE } from './thorough.ts'

const HOMES = 3
const FALL_SENSORS = 400
/** Alarms that come while each trouble lasts. */
const ALARMS = 12 / SHARE
/** Of a busy machine, ms: the hub waits 10 s for InfluxDB, and no alarm may. */
const IN_TIME = 5_000

interface Case {
  readonly fault: string
  readonly trouble: Trouble
  /** How many requests must have met it before it is over. */
  readonly meets: number
}

const QUICK: readonly Case[] = [
  { fault: 'InfluxDB slow (1.5 s a write)', trouble: { is: 'slow', ms: 1_500 }, meets: 1 },
  {
    fault: 'InfluxDB answers 503',
    trouble: { is: 'answers', status: 503, body: '{"error":"timeout"}' },
    meets: 1,
  },
  { fault: 'InfluxDB half-open', trouble: { is: 'silent' }, meets: 1 },
  { fault: 'InfluxDB writes, and its answer is lost', trouble: { is: 'lost-answer' }, meets: 1 },
]
/** The hub waits up to a minute after an answer that says it is not wanted. */
const THOROUGH: readonly Case[] = [
  { fault: 'InfluxDB slow (9 s a write)', trouble: { is: 'slow', ms: 9_000 }, meets: 2 },
  { fault: 'InfluxDB too slow (12 s a write)', trouble: { is: 'slow', ms: 12_000 }, meets: 2 },
  {
    fault: 'InfluxDB answers 503',
    trouble: { is: 'answers', status: 503, body: '{"error":"timeout"}' },
    meets: 3,
  },
  {
    fault: 'InfluxDB answers 500',
    trouble: { is: 'answers', status: 500, body: 'engine: out of memory' },
    meets: 3,
  },
  { fault: 'InfluxDB answers 429', trouble: { is: 'answers', status: 429, body: '' }, meets: 3 },
  {
    fault: 'InfluxDB answers 401',
    trouble: { is: 'answers', status: 401, body: '{"error":"authorization failed"}' },
    meets: 1,
  },
  {
    fault: 'a proxy before InfluxDB answers 400',
    trouble: { is: 'answers', status: 400, body: '<html>Bad Request</html>' },
    meets: 1,
  },
  {
    fault: 'a proxy before InfluxDB answers 404',
    trouble: { is: 'answers', status: 404, body: '<html>Not Found</html>' },
    meets: 1,
  },
  {
    fault: 'a proxy before InfluxDB answers 413',
    trouble: { is: 'answers', status: 413, body: 'Request Entity Too Large' },
    meets: 1,
  },
  { fault: 'InfluxDB half-open', trouble: { is: 'silent' }, meets: 3 },
  { fault: 'InfluxDB writes, and its answer is lost', trouble: { is: 'lost-answer' }, meets: 3 },
  { fault: 'InfluxDB resets connections', trouble: { is: 'reset' }, meets: 3 },
]

it.skipIf(serverMissing('influxd'))(
  'whatever InfluxDB answers, alarms are told in time, and it has every point once when it is well again',
  { timeout: 900_000 },
  async ({ task, onTestFinished }) => {
    const influxd = await startInfluxd()
    onTestFinished(() => influxd.stop('SIGKILL'))
    const proxy = await startTroubleProxy(influxd.url, ({ url }) => url?.startsWith('/write') === true)
    onTestFinished(() => proxy.stop())
    const gateway = await startSmsGateway(() => hub.url)
    onTestFinished(() => gateway.stop())
    const arrivals = noteArrivals(gateway)
    const config = `${hubYaml()}influxdb: { url: "${proxy.url}" }\nchannels:\n${gateway.channelYaml('first')}`
    const hub = await startHubProcess({ config })
    onTestFinished(async () => void (await hub.kill('SIGKILL')))
    const { data } = hub
    const homes = await register(hub, HOMES, FALL_SENSORS)
    const load = createLoad({
      homes,
      random: seeded(11),
      window: 2,
      falls: 0.05,
      fallSensors: FALL_SENSORS,
      // So that there are alarms left for the last of them.
      rest: 15 / SHARE,
    })
    const waiting = async (): Promise<number> =>
      (await hub.api<{ history: { waiting: number } }>('GET', '/api/system')).history.waiting

    const parts = []
    for (const { fault, trouble, meets } of SHARE === 1 ? THOROUGH : QUICK) {
      proxy.make(trouble)
      const from = { readings: load.acknowledged(), alarms: load.alarms(), sent: load.sent.length }
      // It rests between two: what is waited for below is that InfluxDB has everything.
      let isOver = false
      const running = load.keepOn(
        () => hub.mqttPort,
        () => isOver,
      )
      await waitFor(`alarms: ${fault}`, () => load.alarms() - from.alarms >= ALARMS && proxy.met() >= meets, {
        timeout: 120_000,
        interval: 5,
      })
      isOver = true
      const times = proxy.met()
      await running
      proxy.make({ is: 'none' })
      const wellAt = performance.now()
      await waitFor(`all to be written: ${fault}`, async () => (await waiting()) === 0, { timeout: 90_000 })
      parts.push({
        fault,
        times,
        readings: load.acknowledged() - from.readings,
        alarms: load.alarms() - from.alarms,
        recovery: [performance.now() - wellAt],
        sent: load.sent.slice(from.sent).filter(isAlarm),
      })
    }
    await waitFor('the messages to leave', () => arrivals.size >= load.alarms())
    const { code, stderr } = await hub.kill('SIGTERM')
    expect(code, stderr).toBe(0)
    const wrong = await findWrong({ data, sent: load.sent, taken: gateway.taken(), influxd })
    for (const { sent, ...row } of parts) {
      const delays = alarmDelays(data, sent, arrivals)
      const { length: lost } = wrong.lost
      const { length: doubled } = wrong.twice
      recordFault(task, { ...row, lost, doubled, alarmDelays: delays })
      expect(
        delays.filter((ms) => !(ms < IN_TIME)),
        row.fault,
      ).toEqual([])
    }
    expect(wrong).toEqual(NOTHING_WRONG)
  },
)
