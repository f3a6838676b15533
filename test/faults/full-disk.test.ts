import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AlertView } from '../../hub/http/alert-view.ts'
import type { ShedInput } from '../../hub/model/input.ts'
import type { DiskStage } from '../../hub/model/system.ts'
import { launchHub, startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { startInflux2Api } from '../helpers/influx2-api.ts'
import type { Influx2Api } from '../helpers/influx2-api.ts'
import { startSmsGateway } from '../helpers/sms-gateway.ts'
import type { SmsGateway } from '../helpers/sms-gateway.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { hubYaml, register } from './homes.ts'
import { findWrong, NOTHING_WRONG } from './invariants.ts'
import { readInputs, readKept } from './kept.ts'
import { createLoad, isAlarm, seeded } from './load.ts'
import type { Load } from './load.ts'
import { cannotMount, startSmallDisk } from './small-disk.ts'
import type { SmallDisk } from './small-disk.ts'

const MB = 1024 * 1024
/** Other tests may have the machine. */
const SLOW = { timeout: 30_000, interval: 20 }

interface System {
  readonly disk: { readonly free: number; readonly stage: DiskStage; readonly notKept?: number }
  readonly history: { readonly waiting: number; readonly error?: string }
}

describe.skipIf(cannotMount())('a hub whose disk fills up', () => {
  let disk: SmallDisk
  let influx: Influx2Api
  let sms: SmsGateway
  let hub: HubProcess
  let load: Load
  let running: Promise<void>
  let config: string
  let shed = 0

  beforeAll(async () => {
    disk = await startSmallDisk(160 * MB)
    influx = await startInflux2Api()
    sms = await startSmsGateway(() => hub.url)
    config = [
      `${hubYaml()}disk: { low: 90, history: 70, readings: 40, reserve: 24 }`,
      `influxdb: { version: 2, url: "${influx.url}", org: care, token: "${influx.token}", graphs: journal }`,
      `channels:\n${sms.channelYaml('first')}`,
    ].join('\n')
    hub = await startHubProcess({ ...disk.hub, config })
    const homes = await register(hub, 2, 150)
    load = createLoad({ homes, random: seeded(11), window: 2, falls: 0.01, fallSensors: 150, rest: 10 })
    running = load.run(hub.mqttPort)
    await more(100)
  }, 120_000)
  afterAll(async () => {
    await hub?.kill()
    await Promise.all([sms?.stop(), influx?.stop()])
    await disk?.stop()
  })

  const system = () => hub.api<System>('GET', '/api/system')
  const openRules = async () =>
    (await hub.api<{ alerts: AlertView[] }>('GET', '/api/alerts')).alerts.map(({ rule }) => rule)
  const falls = () => load.sent.filter((one) => one.acknowledged && isAlarm(one))

  async function more(count: number): Promise<void> {
    const until = load.acknowledged() + count
    await waitFor('PUBACKs', () => load.acknowledged() >= until, SLOW)
  }

  /** The hub itself writes meanwhile: a later stage will do. */
  async function leave(left: number, ...stages: DiskStage[]): Promise<void> {
    disk.fill(left)
    const isThere = async (): Promise<boolean> => {
      const { disk: now } = await system()
      if (stages.includes(now.stage)) return true
      throw new Error(`it is ${JSON.stringify(now)}`)
    }
    await waitFor(`the disk to be ${stages.join(' or ')}`, isThere, SLOW)
  }

  it('says so, and sheds the history first: InfluxDB waits, and readings are kept', async () => {
    expect((await system()).disk.stage).toBe('ok')
    await waitFor('points', () => influx.written.length > 0, SLOW)
    await leave(60 * MB, 'no-history')
    await waitFor('the alert', async () => (await openRules()).includes('hub-disk-low'), SLOW)
    await waitFor('the follower to stop', async () => (await system()).history.error !== undefined, SLOW)
    await waitFor(
      'more to wait than a follower that works leaves',
      async () => (await system()).history.waiting > 200,
      SLOW,
    )
    const { history, disk: state } = await system()
    expect(history.error).toMatch(/nearly full/)
    expect(state.notKept).toBeUndefined()
  })

  it('then keeps alarms alone: readings have their PUBACK and are counted, falls alert', async () => {
    await leave(20 * MB, 'alarms-only', 'reserve-used')
    await waitFor('the alert', async () => (await openRules()).includes('hub-disk-full'), SLOW)
    expect(await openRules()).not.toContain('hub-disk-low')
    const before = falls().length
    await waitFor('falls', () => falls().length >= before + 3, SLOW)
    await waitFor('readings that are not kept', async () => ((await system()).disk.notKept ?? 0) > 100, SLOW)
    const { protection } = await hub.api<{ protection: { reasons: { code: string }[] } }>(
      'GET',
      '/api/homes/h-0',
    )
    expect(protection.reasons.map(({ code }) => code)).toContain('alarms-only')
  })

  it('goes on with alarms when nothing at all is left, from one moment to the next', async () => {
    disk.fill(0)
    const before = falls().length
    await waitFor('falls', () => falls().length >= before + 3, SLOW)
    await waitFor(
      'the reserve to be in use',
      async () => (await system()).disk.stage === 'reserve-used',
      SLOW,
    )
  })

  it('takes all up again when there is room, by itself', async () => {
    disk.empty()
    await waitFor('the disk to be well', async () => (await system()).disk.stage === 'ok', SLOW)
    await waitFor('the alerts to be over', async () => !(await openRules()).join().includes('disk'), SLOW)
    shed = (await system()).disk.notKept ?? 0
    await more(100)
    expect((await system()).disk.notKept).toBe(shed)
    await waitFor('the reserve to be there again', async () => (await system()).disk.free < 130 * MB, SLOW)
  })

  it('ends with a clear error when the reserve is used up too, says at the start what to do, and has lost nothing', async () => {
    while ((await Promise.race([hub.ended, new Promise((fulfil) => setTimeout(fulfil, 50))])) === undefined) {
      disk.fill(0)
    }
    const { code, stderr } = await hub.ended
    expect(code, stderr).toBe(1)
    expect(stderr).toMatch(/^Cannot write to the data folder: the disk of .* is full.*make room on it/m)
    expect(stderr).not.toMatch(/^\s+at /m)
    await running

    disk.fill(0)
    const second = await launchHub({ ...disk.hub, config }).ended
    expect(second.code).toBe(1)
    expect(second.stderr).toMatch(/full. Make room on its disk/)

    disk.empty()
    hub = await startHubProcess({ ...disk.hub, config })
    await load.finish(hub.mqttPort)
    await waitFor('InfluxDB to have all', async () => (await system()).history.waiting === 0, SLOW)
    const kept = readKept(disk.hub.dataHere)
    const first = kept.notifications.filter(({ template, step }) => template === 'alert' && step === 1)
    await waitFor(
      'the SMS of each fall',
      () => first.every(({ id }) => sms.taken().some(({ key }) => key === id)),
      SLOW,
    )
    const { code: last, stderr: words } = await hub.kill('SIGTERM')
    expect(last, words).toBe(0)

    const { lost, ...others } = await findWrong({ data: disk.hub.dataHere, sent: load.sent })
    expect({ ...others, lost: [] }).toEqual(NOTHING_WRONG)
    expect(lost.filter((key) => !key.includes('/meter '))).toEqual([])
    expect(falls().length).toBeGreaterThan(6)
    // What is not there was said to be not kept, to the last one, but for what was shed as the hub ended.
    const said = readInputs(disk.hub.dataHere, 'shed') as ShedInput[]
    const counted = said.flatMap(({ notKept = {} }) => Object.values(notKept)).reduce((a, b) => a + b, 0)
    expect(counted).toBeGreaterThanOrEqual(shed)
    expect(shed).toBeGreaterThan(100)
    expect(lost.length).toBeGreaterThanOrEqual(counted)
    console.log(
      `${load.acknowledged()} readings acknowledged, ${falls().length} falls among them, ${lost.length} not kept`,
    )
  })
})
