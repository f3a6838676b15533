import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { launchHub, startHubProcess, whenStarted } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { startInfluxd } from '../helpers/influxd.ts'
import { countInflux, total } from '../helpers/history-counts.ts'
import { serverMissing } from '../helpers/servers.ts'
import { startSmsGateway } from '../helpers/sms-gateway.ts'
import { startTroubleProxy } from '../helpers/trouble-proxy.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { recordFault } from './fault-row.ts'
import { hubYaml, register } from './homes.ts'
import { findWrong, NOTHING_WRONG } from './invariants.ts'
import { countQueued } from './kept.ts'
import { createLoad, seeded } from './load.ts'
import { SHARE } from './thorough.ts'

/** Other tests may have the machine. */
const SLOW = { timeout: 90_000 }
const HOMES = 4
const FALL_SENSORS = 300
const ROUNDS = 6
/** Within which a hub under load ends by itself when it is asked to; systemd waits 90 s, Docker 10 s. */
const STOPS_WITHIN = 9_000

/** Each of them is in the quick half by itself. */
it.skipIf(SHARE < 1 || serverMissing('influxd'))(
  'several at once: killed while InfluxDB catches up and no SMS goes, twice in its start, with messages under way, and stopped under load',
  { timeout: 600_000 },
  async ({ task, onTestFinished }) => {
    let hub: HubProcess | undefined
    const current = (): HubProcess => {
      if (!hub) throw new Error('There is no hub now')
      return hub
    }
    const influxd = await startInfluxd()
    onTestFinished(() => influxd.stop('SIGKILL'))
    const proxy = await startTroubleProxy(influxd.url, ({ url }) => url?.startsWith('/write') === true)
    onTestFinished(() => proxy.stop())
    const gateway = await startSmsGateway(() => hub?.url ?? '')
    onTestFinished(() => gateway.stop())
    gateway.reports(() => false)
    const config = `${hubYaml()}influxdb: { url: "${proxy.url}" }\nchannels:\n${gateway.channelYaml('first')}`
    hub = await startHubProcess({ config })
    onTestFinished(async () => void (await hub?.kill('SIGKILL')))
    const { data } = hub
    const homes = await register(hub, HOMES, FALL_SENSORS)
    const random = seeded(23)
    const load = createLoad({ homes, random, window: 8, falls: 0.05, fallSensors: FALL_SENSORS, rest: 10 })
    let isOver = false
    const running = load.keepOn(
      () => hub?.mqttPort ?? 1,
      () => isOver,
    )
    const written = async (): Promise<number> => total(await countInflux(influxd).catch(() => ({})))
    const moreAlarms = async (what: string, count: number): Promise<void> => {
      const until = load.alarms() + count
      await waitFor(`alarms ${what}`, () => load.alarms() >= until, { ...SLOW, interval: 5 })
    }
    let kills = 0
    const kill = async (): Promise<void> => {
      kills++
      expect((await current().kill('SIGKILL')).signal).toBe('SIGKILL')
      hub = undefined
    }
    const recovery: number[] = []
    const start = async (): Promise<void> => {
      const launchedAt = performance.now()
      hub = await whenStarted(launchHub({ data, config }))
      recovery.push(performance.now() - launchedAt)
    }
    const stops: number[] = []

    for (let round = 0; round < ROUNDS; round++) {
      proxy.make({ is: 'reset' })
      gateway.treat(() => 'refuse')
      await moreAlarms('without InfluxDB and SMS', 10)
      const before = await written()
      proxy.make({ is: 'slow', ms: 100 })
      await waitFor('InfluxDB to catch up', async () => (await written()) > before, { ...SLOW, interval: 10 })
      await kill()

      for (let n = 0; n < 2; n++) {
        const starting = launchHub({ data, config })
        // Anywhere in its start.
        await delay(200 + random() * 1_500)
        kills++
        await starting.kill('SIGKILL')
      }
      proxy.make({ is: 'lost-answer' })
      gateway.treat(() => 'hold')
      await start()
      await waitFor('messages under way', () => gateway.held().length > 0, SLOW)
      await kill()

      proxy.make({ is: 'none' })
      gateway.treat(() => 'take')
      await start()
      await moreAlarms('after it', 5)
      const asked = performance.now()
      const { code, stderr } = await current().kill('SIGTERM')
      hub = undefined
      stops.push(performance.now() - asked)
      expect(code, stderr).toBe(0)
      await start()
    }
    isOver = true
    await running
    await waitFor('the messages to leave', () => countQueued(data) === 0, { ...SLOW, interval: 100 })
    await waitFor(
      'all to be written',
      async () => {
        const { history } = await current().api<{ history: { waiting: number } }>('GET', '/api/system')
        return history.waiting === 0
      },
      SLOW,
    )
    const { code, stderr } = await current().kill('SIGTERM')
    expect(code, stderr).toBe(0)
    const taken = gateway.taken()
    const wrong = await findWrong({ data, sent: load.sent, taken, crashes: kills, influxd })
    recordFault(task, {
      fault: 'several at once (kill, InfluxDB, SMS, SIGTERM)',
      times: kills + stops.length,
      readings: load.acknowledged(),
      alarms: load.alarms(),
      lost: wrong.lost.length,
      doubled: wrong.twice.length,
      doubledMessages: taken.length - new Set(taken.map(({ key }) => key)).size,
      recovery,
    })
    console.log(`Stopped under load within ${stops.map((ms) => `${Math.round(ms)} ms`).join(', ')}`)
    expect(wrong).toEqual(NOTHING_WRONG)
    expect(stops.filter((ms) => ms > STOPS_WITHIN)).toEqual([])
  },
)
