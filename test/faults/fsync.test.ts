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
import { compare, NOTHING_WRONG, readKept } from './kept.ts'
import { createLoad, seeded } from './load.ts'
import { atSync } from './strace.ts'
import { SHARE } from './thorough.ts'

const SYNCS = 60 * SHARE
/** Syncs of a first start, in which the database is made, and some more. */
const FIRST_SYNCS = 12
const HOMES = 3
const FALL_SENSORS = 200

describe.skipIf(serverMissing('strace'))('a hub that is killed at a sync', () => {
  it(`is whole after each of the first ${FIRST_SYNCS} of its first life`, { timeout: 120_000 }, async () => {
    const hit = await inLanes(FIRST_SYNCS, async (n) => {
      const config = hubYaml()
      const strace = atSync(n, 'signal=KILL')
      const first = launchHub({ config, through: strace.through })
      await untilEnd(first, async () => {
        // It dies somewhere in between: then the rest is asked for in vain.
        const hub = await whenStarted(first)
        const homes = await register(hub, 1, 1)
        await createLoad({ homes, random: seeded(n), window: 1, falls: 0, fallSensors: 1 }).run(hub.mqttPort)
      })
      expect(strace.hit()).toBeDefined()

      const second = await startHubProcess({ data: first.data, config })
      const homes = await register(second, 1, 1)
      const load = createLoad({ homes, random: seeded(n), window: 2, falls: 0.1, fallSensors: 1 })
      const running = load.run(second.mqttPort)
      await waitFor('readings to be acknowledged', () => load.acknowledged() >= 20)
      const { code, stderr } = await second.kill('SIGTERM')
      expect(code, stderr).toBe(0)
      await running
      const kept = readKept(first.data)
      expect({ ...compare(load.sent, kept), twice: [] }).toEqual(NOTHING_WRONG)
      return strace.hit()
    })
    console.log(`First life: killed at syncs of ${count(hit)}`)
  })

  /**
   * One folder lives on through all of them, and nobody tidies up in between: what one kill leaves, the next
   * start recovers, and is killed itself at its next sync. That is harder than a new folder for each, and
   * takes half as many starts. Two folders, because there are two cores.
   */
  it(`has lost nothing after each of the first ${SYNCS} while publishing`, { timeout: 300_000 }, async () => {
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
        for (let n = 1 + lane; n <= SYNCS; n += 2) {
          const strace = atSync(n, 'signal=KILL')
          const hub = launchHub({ data, config, through: strace.through })
          await untilEnd(hub, async () => load.run((await whenStarted(hub)).mqttPort))
          hit.push(strace.hit())
          // Every tenth: it takes longer the more there is, and what was lost stays lost.
          if (n % 10 < 2)
            expect(compare(load.sent, readKept(data)), `killed at sync ${n}`).toEqual(NOTHING_WRONG)
        }
        const last = await startHubProcess({ data, config })
        await load.finish(last.mqttPort)
        const { code, stderr } = await last.kill('SIGTERM')
        expect(code, stderr).toBe(0)
        const kept = readKept(data)
        expect(compare(load.sent, kept)).toEqual(NOTHING_WRONG)
        expect(kept.readings.size).toBe(load.sent.length)
        expect(load.outOfOrder()).toBe(0)
        return { hit, load }
      }),
    )
    const hit = lanes.flatMap((lane) => lane.hit)
    expect(hit.filter((file) => file !== undefined)).toHaveLength(SYNCS)
    const sum = (of: (lane: (typeof lanes)[number]) => number): number =>
      lanes.reduce((total, lane) => total + of(lane), 0)
    console.log(
      `Killed at ${SYNCS} syncs of ${count(hit)}; ${sum(({ load }) => load.acknowledged())} readings acknowledged, ` +
        `${sum(({ load }) => load.sent.filter(({ value }) => value === 'detected').length)} falls among them, ` +
        `${sum(({ load }) => load.resends())} packets sent again with DUP`,
    )
    expect(sum(({ load }) => load.resends())).toBeGreaterThan(SYNCS / 2)
  })

  it('has lost nothing after one in the middle of a checkpoint', { timeout: 120_000 }, async () => {
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
    expect(compare(load.sent, readKept(data))).toEqual(NOTHING_WRONG)
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
  it.each([1, 3, 4, 5, 12, 30])(
    'ends with a clear error at sync %i, acknowledges nothing of that batch, and recovers',
    { timeout: 60_000 },
    async (n) => {
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

      const second = await startHubProcess({ data, config })
      await second.kill('SIGTERM')
      const { readings, integrity } = readKept(data)
      const expected = Array.from({ length: acknowledged }, (_, i) => `h-0/meter ${i + 1} n${i + 1}`)
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
    waitFor('the hub to end', () => false, { timeout: 30_000, interval: 1000 }),
  ])
  await done
  if (!ended) throw failure
  if (failure instanceof Error && failure.name === 'AssertionError') throw failure
}

function count(files: readonly (string | undefined)[]): string {
  const counts = Map.groupBy(files, (file) => file ?? 'none')
  return [...counts].map(([file, all]) => `${file} (${all.length})`).join(', ')
}
