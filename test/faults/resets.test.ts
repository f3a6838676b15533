import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { expect, it } from 'vitest'
import { startHubProcess } from '../helpers/hub-process.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { recordFault } from './fault-row.ts'
import { hubYaml, register } from './homes.ts'
import { findWrong, NOTHING_WRONG } from './invariants.ts'
import { createLoad, seeded } from './load.ts'
import { SHARE } from './thorough.ts'

const RESETS = SHARE === 1 ? 500 : 60
const HOMES = 6
const FALL_SENSORS = 200

/**
 * A link that ends each connection after some hundred bytes, which is in the middle of a packet: both sides hear that,
 * or the gateway alone, while the hub keeps what it takes for a connection.
 */
async function openBadLink(port: () => number, random: () => number) {
  const sockets = new Set<Socket>()
  let resets = 0
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  }
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: port(), host: '127.0.0.1', noDelay: true })
    keep(near)
    keep(far)
    let left = 100 + Math.floor(random() * 4_000)
    const isHeardByHub = random() < 0.5
    const pass = (to: Socket) => (part: Buffer) => {
      if (left <= 0) return
      to.write(part.subarray(0, left))
      left -= part.length
      if (left > 0) return
      resets++
      near.resetAndDestroy()
      if (isHeardByHub) far.resetAndDestroy()
    }
    near.on('data', pass(far))
    far.on('data', pass(near))
    near.once('close', () => left > 0 && far.destroy())
    far.once('close', () => near.destroy())
  })
  await new Promise<void>((fulfil) => server.listen(0, '127.0.0.1', fulfil))
  return {
    port: (server.address() as AddressInfo).port,
    resets: () => resets,
    stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

it(
  `loses nothing and takes nothing twice over ${RESETS} resets in the middle of packets`,
  { timeout: 180_000 },
  async ({ task, onTestFinished }) => {
    const random = seeded(20_261_122)
    const hub = await startHubProcess({ config: hubYaml() })
    onTestFinished(async () => void (await hub.kill('SIGKILL')))
    const { data } = hub
    const link = await openBadLink(() => hub.mqttPort, random)
    onTestFinished(() => link.stop())
    const homes = await register(hub, HOMES, FALL_SENSORS)
    const load = createLoad({
      homes,
      random,
      window: 16,
      falls: 0.05,
      fallSensors: FALL_SENSORS,
      alsoQos2: true,
    })
    let isOver = false
    const running = load.keepOn(
      () => (isOver ? hub.mqttPort : link.port),
      () => isOver,
    )
    await waitFor('the resets', () => link.resets() >= RESETS, { timeout: 120_000 })
    isOver = true
    await running
    const { code, stderr } = await hub.kill('SIGTERM')
    expect(code, stderr).toBe(0)
    const wrong = await findWrong({ data, sent: load.sent })
    recordFault(task, {
      fault: 'resets in the middle of packets',
      times: link.resets(),
      readings: load.acknowledged(),
      alarms: load.alarms(),
      lost: wrong.lost.length,
      doubled: wrong.twice.length,
    })
    expect(wrong).toEqual(NOTHING_WRONG)
    expect(load.outOfOrder()).toBe(0)
    expect(load.resends()).toBeGreaterThan(RESETS / 2)
    expect(load.alarms()).toBeGreaterThan(20)
  },
)
