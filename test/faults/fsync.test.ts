import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { launchHub, startHubProcess, whenStarted } from '../helpers/hub-process.ts'
import type { LaunchedHub } from '../helpers/hub-process.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import { serverMissing } from '../helpers/servers.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { hubYaml, register } from './homes.ts'
import { recordFault } from './fault-row.ts'
import { findWrong, NOTHING_WRONG } from './invariants.ts'
import { readKept } from './kept.ts'
import { createLoad, isAlarm, seeded } from './load.ts'
import type { Load } from './load.ts'
import { atSync } from './strace.ts'
import { SHARE } from './thorough.ts'

/** Each is a start of the hub: 200 take minutes. */
const SYNCS = SHARE === 1 ? 200 : 30
/** Syncs of a first start, in which the database is made, and some more. */
const FIRST_SYNCS = 12
const HOMES = 3
const FALL_SENSORS = 200

describe.skipIf(serverMissing('strace'))('a hub that is killed at a sync', () => {
  it(
    `is whole after each of the first ${FIRST_SYNCS} of its first life`,
    { timeout: 120_000 },
    async ({ task }) => {
      const recovery: number[] = []
      const loads: Load[] = []
      const hit = await inLanes(FIRST_SYNCS, async (n) => {
        const config = hubYaml()
        const strace = atSync(n, 'signal=KILL')
        const first = launchHub({ config, through: strace.through })
        await untilEnd(first, async () => {
          // It dies somewhere in between: then the rest is asked for in vain.
          const hub = await whenStarted(first)
          const homes = await register(hub, 1, 1)
          await createLoad({ homes, random: seeded(n), window: 1, falls: 0, fallSensors: 1 }).run(
            hub.mqttPort,
          )
        })
        expect(strace.hit()).toBeDefined()

        const launchedAt = performance.now()
        const second = await startHubProcess({ data: first.data, config })
        recovery.push(performance.now() - launchedAt)
        const homes = await register(second, 1, 1)
        const load = createLoad({ homes, random: seeded(n), window: 2, falls: 0.1, fallSensors: 1 })
        const running = load.run(second.mqttPort)
        await waitFor('readings to be acknowledged', () => load.acknowledged() >= 20)
        const { code, stderr } = await second.kill('SIGTERM')
        expect(code, stderr).toBe(0)
        await running
        loads.push(load)
        expect({ ...(await findWrong({ data: first.data, sent: load.sent })), twice: [] }).toEqual(
          NOTHING_WRONG,
        )
        return strace.hit()
      })
      recordFault(task, {
        fault: 'kill -9 at each sync of the first start',
        times: FIRST_SYNCS,
        readings: total(loads, (load) => load.acknowledged()),
        alarms: total(loads, (load) => load.alarms()),
        lost: 0,
        doubled: 0,
        recovery,
      })
      console.log(`First life: killed at syncs of ${count(hit)}`)
    },
  )

  /**
   * One folder lives on through all of them, and nobody tidies up in between: what one kill leaves, the next
   * start recovers, and is killed itself at its next sync. That is harder than a new folder for each, and
   * takes half as many starts. Two folders, because there are two cores.
   */
  it(
    `has lost nothing after each of the first ${SYNCS} while publishing`,
    { timeout: SYNCS * 10_000 },
    async ({ task }) => {
      const config = hubYaml()
      const lanes = await Promise.all(
        [0, 1].map(async (lane) => {
          const first = await startHubProcess({ config })
          const { data } = first
          const homes = await register(first, HOMES, FALL_SENSORS)
          await first.kill('SIGTERM')
          const random = seeded(lane)
          const load = createLoad({ homes, random, window: 2, falls: 0.05, fallSensors: FALL_SENSORS })
          const hit: (string | undefined)[] = []
          const recovery: number[] = []
          for (let n = 1 + lane; n <= SYNCS; n += 2) {
            const strace = atSync(n, 'signal=KILL')
            const launchedAt = performance.now()
            const hub = launchHub({ data, config, through: strace.through })
            await untilEnd(hub, async () => {
              const { mqttPort } = await whenStarted(hub)
              recovery.push(performance.now() - launchedAt)
              await load.run(mqttPort)
            })
            hit.push(strace.hit())
            // Every tenth: it takes longer the more there is, and what was lost stays lost.
            if (n % 10 < 2)
              expect(await findWrong({ data, sent: load.sent }), `killed at sync ${n}`).toEqual(NOTHING_WRONG)
          }
          const last = await startHubProcess({ data, config })
          await load.finish(last.mqttPort)
          const { code, stderr } = await last.kill('SIGTERM')
          expect(code, stderr).toBe(0)
          const wrong = await findWrong({ data, sent: load.sent })
          expect(wrong).toEqual(NOTHING_WRONG)
          expect(readKept(data).readings.size).toBe(load.sent.length)
          expect(load.outOfOrder()).toBe(0)
          return { hit, load, recovery, wrong }
        }),
      )
      const hit = lanes.flatMap((lane) => lane.hit)
      expect(hit.filter((file) => file !== undefined)).toHaveLength(SYNCS)
      const sum = (of: (load: Load) => number): number =>
        total(
          lanes.map(({ load }) => load),
          of,
        )
      recordFault(task, {
        fault: 'kill -9 at the n-th sync while publishing',
        times: SYNCS,
        readings: sum((load) => load.acknowledged()),
        alarms: sum((load) => load.alarms()),
        lost: total(lanes, ({ wrong }) => wrong.lost.length),
        doubled: total(lanes, ({ wrong }) => wrong.twice.length),
        recovery: lanes.flatMap((lane) => lane.recovery),
      })
      console.log(
        `Killed at ${SYNCS} syncs of ${count(hit)}; ${sum((load) => load.acknowledged())} readings acknowledged, ` +
          `${sum((load) => load.sent.filter(isAlarm).length)} alarms among them, ` +
          `${sum((load) => load.resends())} packets sent again with DUP`,
      )
      expect(sum((load) => load.resends())).toBeGreaterThan(SYNCS / 2)
    },
  )

  it('has lost nothing after one in the middle of a checkpoint', { timeout: 120_000 }, async ({ task }) => {
    const config = hubYaml()
    const first = await startHubProcess({ config })
    const { data } = first
    const homes = await register(first, HOMES, FALL_SENSORS)
    await first.kill('SIGTERM')
    const load = createLoad({
      homes,
      random: seeded(3),
      window: 3,
      falls: 0.05,
      fallSensors: FALL_SENSORS,
    })
    for (let n = 1; n <= 3; n++) {
      const strace = atSync(n, 'signal=KILL', join(data, 'hub.db'))
      const hub = launchHub({ data, config, through: strace.through })
      await untilEnd(hub, async () => load.run((await whenStarted(hub)).mqttPort))
      expect(strace.hit()).toBe('hub.db')
    }
    const last = await startHubProcess({ data, config })
    await load.finish(last.mqttPort)
    await last.kill('SIGTERM')
    const wrong = await findWrong({ data, sent: load.sent })
    recordFault(task, {
      fault: 'kill -9 in the middle of a checkpoint',
      times: 3,
      readings: load.acknowledged(),
      alarms: load.alarms(),
      lost: wrong.lost.length,
      doubled: wrong.twice.length,
    })
    expect(wrong).toEqual(NOTHING_WRONG)
  })
})

describe.skipIf(serverMissing('strace'))('a hub whose disk fails', () => {
  const config = hubYaml()
  /** With one home; each test has a copy. */
  let folder: string
  let login: Awaited<ReturnType<typeof register>>[number]
  beforeAll(async () => {
    const hub = await startHubProcess({ config })
    const [home] = await register(hub, 1, 1)
    if (!home) throw new Error('There is no home')
    await hub.kill('SIGTERM')
    folder = hub.data
    login = home
  }, 120_000)

  // Not 2: that is the folder itself, at whose failing sync SQLite goes on (os_unix.c, unixSync).
  it.for([1, 3, 4, 5, 12, 30])(
    'ends with a clear error at sync %i, acknowledges nothing of that batch, and recovers',
    { timeout: 60_000 },
    async (n, { task }) => {
      const data = join(tempDir('hub'), 'data')
      cpSync(folder, data, { recursive: true })
      const strace = atSync(n, 'error=EIO')
      const hub = launchHub({ data, config, through: strace.through })
      let acknowledged = 0
      const publishOne = async (port: number): Promise<void> => {
        const client = await connectRaw(port, login)
        for (;;) {
          const messageId = acknowledged + 1
          const reading = { kind: 'weight', value: messageId / 1000, id: `n${messageId}` }
          client.send(publishPacket(`homes/${login.home}/sensors/meter`, reading, { qos: 1, messageId }))
          await client.waitFor('puback', (packet) => packet.messageId === messageId)
          expect(strace.hit(), 'a PUBACK came after the sync had failed').toBeUndefined()
          acknowledged = messageId
        }
      }
      await untilEnd(hub, async () => publishOne((await whenStarted(hub)).mqttPort))
      const { code, signal, stderr } = await hub.ended
      expect({ code, signal }).toEqual({ code: 1, signal: null })
      expect(strace.hit()).toBeDefined()
      expect(stderr).toMatch(/^Cannot (?:write|open) .*: disk I\/O error/m)
      expect(stderr).not.toMatch(/^\s+at /m)

      const launchedAt = performance.now()
      const second = await startHubProcess({ data, config })
      const recovery = performance.now() - launchedAt
      await second.kill('SIGTERM')
      const { readings, integrity } = readKept(data)
      const expected = Array.from({ length: acknowledged }, (_, i) => `h-0/meter ${i + 1} n${i + 1}`)
      recordFault(task, {
        fault: 'a sync fails (EIO)',
        times: 1,
        readings: acknowledged,
        alarms: 0,
        lost: expected.filter((key) => !readings.has(key)).length,
        doubled: expected.filter((key) => (readings.get(key) ?? 0) > 1).length,
        recovery: [recovery],
      })
      expect(expected.filter((key) => readings.get(key) !== 1)).toEqual([])
      // At most the one whose sync failed is there too: its PUBACK never came, so it would come again with DUP.
      expect(readings.size - acknowledged).toBeOneOf([0, 1])
      expect(integrity).toBe('ok')
    },
  )
})

/** Runs the work for 1, 2, … on two lanes at once. */
async function inLanes<T>(last: number, work: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 1
  const lane = async (): Promise<void> => {
    while (next <= last) results.push(await work(next++))
  }
  await Promise.all([lane(), lane()])
  return results
}

/** Does something with a hub until the hub is gone; what fails because it is gone is as it should be. */
async function untilEnd(hub: LaunchedHub, work: () => Promise<void>): Promise<void> {
  let failure: unknown
  const done = work().catch((error: unknown) => {
    failure = error
  })
  const ended = await Promise.race([
    hub.ended,
    waitFor('the hub to end', () => false, { timeout: 90_000, interval: 1000 }),
  ])
  await done
  if (!ended) throw failure
  if (failure instanceof Error && failure.name === 'AssertionError') throw failure
}

function count(files: readonly (string | undefined)[]): string {
  const counts = Map.groupBy(files, (file) => file ?? 'none')
  return [...counts].map(([file, all]) => `${file} (${all.length})`).join(', ')
}

function total<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((sum, one) => sum + of(one), 0)
}
