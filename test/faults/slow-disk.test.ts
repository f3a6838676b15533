import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { launchHub, startHubProcess, whenStarted } from '../helpers/hub-process.ts'
import { connectRaw } from '../helpers/mqtt-client.ts'
import { serverMissing } from '../helpers/servers.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { hubYaml, register } from './homes.ts'
import { findWrong, NOTHING_WRONG } from './invariants.ts'
import { createLoad, seeded } from './load.ts'
import { slowSyncs } from './strace.ts'

/** How long each sync takes, ms: as on a disk that is about to fail, or is shared by too many. */
const SYNC = 300
const HOMES = 12
const WINDOW = 20
const ACKNOWLEDGED = 1500
/** As short as it may be: the hub gives up a client after 1.5 times that, s. */
const KEEPALIVE = 2

it.skipIf(serverMissing('strace'))(
  'a hub whose syncs take 300 ms closes no connection, has PUBACKs and pings answered, and lets batches grow',
  { timeout: 120_000 },
  async () => {
    const config = hubYaml()
    const first = await startHubProcess({ config })
    const { data } = first
    const homes = await register(first, HOMES, 10)
    await first.kill('SIGTERM')

    const hub = await whenStarted(launchHub({ data, config, through: slowSyncs(SYNC) }))
    const memory = (): number => {
      const kb = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pidOf(hub.pid)}/status`, 'utf8'))?.[1]
      return Number(kb) / 1024
    }
    const load = createLoad({ homes, random: seeded(5), window: WINDOW, falls: 0.02, fallSensors: 10 })
    const before = memory()
    const began = Date.now()
    // It says nothing but pings, and is closed when one is not answered in time.
    const [login] = homes
    if (!login) throw new Error('There is no home')
    const quiet = await connectRaw(hub.mqttPort, login, { clientId: 'quiet', keepalive: KEEPALIVE })
    let pongs = 0
    quiet.onPacket(({ cmd }) => (pongs += cmd === 'pingresp' ? 1 : 0))
    const pings = setInterval(() => quiet.send({ cmd: 'pingreq' }), 1000)

    const running = load.run(hub.mqttPort)
    await waitFor('PUBACKs', () => load.acknowledged() >= ACKNOWLEDGED, { timeout: 60_000 })
    const took = Date.now() - began
    await waitFor('answers to pings', () => pongs >= 3, { timeout: 20_000 })
    clearInterval(pings)
    expect(quiet.isClosed).toBe(false)
    const grown = memory() - before
    // Who lost their connection sends again; nobody did.
    expect(load.resends()).toBe(0)
    expect(load.outOfOrder()).toBe(0)
    // One sync each would be HOMES * WINDOW times as slow: what waits shares its commit.
    expect((load.acknowledged() / took) * SYNC).toBeGreaterThan(HOMES)
    expect(grown).toBeLessThan(150)
    quiet.destroy()
    await hub.kill('SIGKILL')
    await running
    expect(hub.stderr()).not.toMatch(/connection closed.*keepalive|keep ?alive/i)

    const last = await startHubProcess({ data, config })
    await load.finish(last.mqttPort)
    await last.kill('SIGTERM')
    expect(await findWrong({ data, sent: load.sent })).toEqual(NOTHING_WRONG)
    console.log(
      `${load.acknowledged()} readings acknowledged in ${took} ms; ${Math.round(grown)} MB more memory`,
    )
  },
)

/** The hub itself: strace is its parent. */
function pidOf(pid: number): number {
  const file = join('/proc', String(pid), 'task', String(pid), 'children')
  if (!existsSync(file)) return pid
  const child = Number(readFileSync(file, 'utf8').trim().split(' ')[0])
  return child > 0 ? pidOf(child) : pid
}
