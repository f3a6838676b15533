import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { launchHub, startHubProcess } from '../helpers/hub-process.ts'
import { startSmsGateway } from '../helpers/sms-gateway.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { recordFault } from './fault-row.ts'
import { homesYaml, hubYaml, register } from './homes.ts'
import { findWrong, NOTHING_WRONG } from './invariants.ts'
import { countQueued, readKept } from './kept.ts'
import { createLoad, seeded } from './load.ts'
import { SHARE } from './thorough.ts'

const KILLS = 60 * SHARE
const HOMES = 8
const FALL_SENSORS = 150

it(
  `keeps every acknowledged reading and raises every fall once, over ${KILLS} times kill -9 while publishing`,
  { timeout: 300_000 },
  async ({ task, onTestFinished }) => {
    const random = seeded(20_261_121)
    const gateway = await startSmsGateway(() => '')
    onTestFinished(() => gateway.stop())
    gateway.reports(() => false)
    const config = `${hubYaml()}channels:\n${gateway.channelYaml('first')}`
    const first = await startHubProcess({ config })
    const { data } = first
    const homes = await register(first, HOMES, FALL_SENSORS)
    await first.kill('SIGTERM')

    const load = createLoad({
      homes,
      random,
      window: 16,
      falls: 0.05,
      fallSensors: FALL_SENSORS,
      alsoQos2: true,
    })
    let killedAtStart = 0
    const recovery: number[] = []
    for (let kill = 0; kill < KILLS; kill++) {
      const hub = launchHub({ data, config })
      const launchedAt = performance.now()
      // One in eight dies somewhere in its start: in the middle of recovery.
      if (random() < 0.125) {
        await delay(random() * 900)
        killedAtStart++
        await hub.kill('SIGKILL')
        continue
      }
      const started = await hub.started
      expect(started, hub.stderr()).toBeDefined()
      recovery.push(performance.now() - launchedAt)
      const until = load.acknowledged() + Math.floor(random() * 600)
      const running = load.run(started?.mqttPort ?? 0)
      await waitFor('readings to be acknowledged', () => load.acknowledged() >= until, { interval: 1 })
      await delay(random() * 20)
      const { signal } = await hub.kill('SIGKILL')
      expect(signal).toBe('SIGKILL')
      await running
    }

    const last = await startHubProcess({ data, config })
    await load.finish(last.mqttPort)
    expect(await last.api('POST', '/api/homes', { text: homesYaml(HOMES, FALL_SENSORS) })).toEqual({
      homes: HOMES,
      changed: 0,
      limitsReplaced: 0,
    })
    await waitFor('the last messages to leave', () => countQueued(data) === 0)
    const { code, stderr } = await last.kill('SIGTERM')
    expect(code, stderr).toBe(0)

    const taken = gateway.taken()
    const wrong = await findWrong({ data, sent: load.sent, taken, crashes: KILLS })
    recordFault(task, {
      fault: 'kill -9 while publishing',
      times: KILLS,
      readings: load.acknowledged(),
      alarms: load.alarms(),
      lost: wrong.lost.length,
      doubled: wrong.twice.length,
      doubledMessages: taken.length - new Set(taken.map(({ key }) => key)).size,
      recovery,
    })
    console.log(
      `${KILLS} kills (${killedAtStart} in the start), ${load.acknowledged()} readings acknowledged, ` +
        `${load.alarms()} alarms among them, ${load.resends()} packets sent again with DUP`,
    )
    expect(wrong).toEqual(NOTHING_WRONG)
    const kept = readKept(data)
    expect(kept.readings.size).toBe(load.sent.length)
    expect(kept.alerts.size).toBe(load.alarms())
    expect(load.outOfOrder()).toBe(0)
    // Otherwise the kills have hit nothing.
    expect(load.resends()).toBeGreaterThan(KILLS)
    expect(load.alarms()).toBeGreaterThan(200)
  },
)
