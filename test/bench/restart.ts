import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import type { Input } from '../../hub/model/input.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { MESSAGES, countReadings, homeId, seedHomes } from './bench-homes.ts'
import { startHubOn } from './bench-hub.ts'
import type { BenchHub } from './bench-hub.ts'
import { ofRounds } from './figures.ts'
import type { Figure } from './figures.ts'
import { progress } from './progress.ts'
import { shippedRules } from './shipped-rules.ts'
import { startGenerator } from './start-generator.ts'
import { startBenchCore } from './bench-core.ts'

const HOMES = 1000
const SPAN = 10 * 3_600_000

/**
 * From the start of the process after `kill -9` under full load until a gateway has connected and has its first PUBACK.
 */
export async function benchRestart(quick: boolean): Promise<Figure[]> {
  const readings = quick ? 100_000 : 1_000_000
  const data = join(tempDir('bench-restart'), 'data')
  progress(`writing ${readings.toLocaleString('en')} readings`)
  const gateways = await keepReadings(data, readings)
  let hub: BenchHub | undefined = await startHubOn(data, gateways)
  try {
    const times: number[] = []
    const listening: number[] = []
    for (let round = 0; round < (quick ? 3 : 7); round++) {
      progress(`kill ${round + 1}`)
      await loadAndKill(hub)
      const began = performance.now()
      hub = await startHubOn(data, gateways)
      listening.push(performance.now() - began)
      await acknowledgeOne(hub)
      times.push(performance.now() - began)
    }
    await hub.kill('SIGTERM')
    const there = countReadings(data)
    if (there < readings) throw new Error(`The journal has ${there} readings, expected ${readings} or more`)
    const size = statSync(join(data, 'hub.db')).size / 1e6
    const note = `${there.toLocaleString('en')} readings, ${HOMES.toLocaleString('en')} homes, ${Math.round(size)} MB; from starting the process; the machine has the files in memory`
    return [
      { name: 'restart.to-first-puback', ...ofRounds(times), unit: 'ms', note, aim: { most: 3000 } },
      { name: 'restart.to-listening', ...ofRounds(listening), unit: 'ms', note: 'the hub says its ports' },
    ]
  } finally {
    await hub.stop()
  }
}

/** Ten hours of the homes until now, through the core and its rules as they came. */
async function keepReadings(data: string, count: number): Promise<BenchHub['gateways']> {
  const from = Date.now() - SPAN
  let wall = from
  const clock = { wall: () => wall, steady: () => wall }
  const gateways = await seedHomes(data, HOMES, clock)
  const { db, close } = openDatabase(data)
  const { core, submit } = startBenchCore(createSqliteStore(db), clock)
  await submit([{ type: 'rules', files: await shippedRules() }])
  await submit(gateways.map(({ home, id }): Input => ({ type: 'gateway', home, gateway: id, to: 'online' })))
  const said = MESSAGES.map(({ sensor, payload }) => ({
    sensor,
    ...(JSON.parse(payload) as { kind: string; value: number | boolean }),
  }))
  for (let first = 0; first < count; first += HOMES) {
    const at = from + Math.floor((first / count) * SPAN)
    wall = at
    const one = said[(first / HOMES) % said.length] as (typeof said)[number]
    await submit(
      Array.from({ length: Math.min(HOMES, count - first) }, (_, index): Input => {
        return { type: 'reading', reading: { home: homeId(index), ...one, at, receivedAt: at } }
      }),
    )
  }
  core.stop()
  close()
  return gateways
}

async function loadAndKill(hub: BenchHub): Promise<void> {
  const generator = await startGenerator({
    port: hub.port,
    clients: hub.gateways.slice(0, 50),
    messages: MESSAGES,
  })
  const cutOff = generator.run({ pace: { each: 20 }, warmUp: 0, time: 60_000 }).then(
    () => new Error('the hub was not killed'),
    () => undefined,
  )
  await delay(1500)
  await hub.kill('SIGKILL')
  const wrong = await cutOff
  await generator.stop()
  if (wrong) throw wrong
}

async function acknowledgeOne(hub: BenchHub): Promise<void> {
  const login = hub.gateways[500] as BenchHub['gateways'][number]
  const client = await connectRaw(hub.port, login, { clientId: 'first' })
  const [message] = MESSAGES
  if (!message) throw new Error('there is no message')
  const topic = `homes/${login.home}/sensors/${message.sensor}`
  const acknowledged = new Promise<void>((fulfil) => {
    client.onPacket((packet) => {
      if (packet.cmd === 'puback') fulfil()
    })
  })
  client.send(publishPacket(topic, message.payload, { qos: 1, messageId: 1 }))
  await acknowledged
  client.destroy()
}
