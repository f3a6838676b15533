import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from 'mqtt-packet'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BROKER_COUNTS } from '../../hub/broker/broker.ts'
import { SHARE } from '../../hub/broker/turns.ts'
import { startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { connectPacket, connectRaw, openRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login, RawClient } from '../helpers/mqtt-client.ts'
import { startSmsGateway } from '../helpers/sms-gateway.ts'
import type { SmsGateway } from '../helpers/sms-gateway.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { bytesOf, FIRST, LATER } from '../security/malformed-packets.ts'
import { hubYaml, register } from './homes.ts'
import { findWrong, NOTHING_WRONG } from './invariants.ts'
import type { SentReading } from './load.ts'

const HOMES = 8
const FALL_SENSORS = 10
/** What a flood may make the hub's memory grow by, MB: docs/limits.md. */
const MOST_GROWTH = 200
/** An address that is limited; 127.0.0.1 is not. */
const STRANGER = '127.0.0.2'
const LIMITS = `mqtt:
  limits: { address: { connections: 150, newConnections: 40, failedSignIns: 5 }, gateway: { backlog: 60000 } }
`

let hub: HubProcess
let sms: SmsGateway
let homes: (Login & { home: string })[]
const sent: SentReading[] = []
let value = 0

beforeAll(async () => {
  sms = await startSmsGateway(() => hub.url)
  hub = await startHubProcess({ config: `${hubYaml()}${LIMITS}channels:\n${sms.channelYaml('sms')}` })
  homes = await register(hub, HOMES, FALL_SENSORS)
}, 90_000)
afterAll(async () => {
  await hub?.kill()
  await sms?.stop()
})

/** MB that the hub has in memory. */
function memory(): number {
  const [, kilobytes] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${hub.pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1024
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${hub.url}/metrics`)).text()
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  if (line === undefined) throw new Error(`There is no metric ${name}`)
  return Number(line.slice(name.length))
}
const refused = (what: string): Promise<number> => metric(`aal_broker_refusals_total{what="${what}"}`)

function homeAt(index: number): Login & { home: string } {
  const home = homes[index]
  if (!home) throw new Error('There is no such home')
  return home
}

/** A fall of another home gets its PUBACK, its alert and its SMS. */
async function expectFallHeard(client: RawClient, index: number, number: number): Promise<void> {
  const { home } = homeAt(index)
  const reading: SentReading = {
    home,
    sensor: `fall-${number}`,
    value: 'detected',
    sentAt: performance.now(),
    acknowledged: false,
  }
  const packet = publishPacket(
    `homes/${home}/sensors/${reading.sensor}`,
    { kind: 'fall', value: 'detected' },
    { qos: 1, messageId: number + 1 },
  )
  sent.push(reading)
  const before = sms.taken().length
  client.send(packet)
  await client.waitFor('puback', ({ messageId }) => messageId === number + 1)
  reading.acknowledged = true
  await waitFor('its SMS', () => sms.taken().length > before, { interval: 5 })
}

/** Publishes readings of the first home without a pause, and remembers each PUBACK. */
async function flood(clientId: string, qos: 0 | 1): Promise<{ client: RawClient; stop: () => void }> {
  const login = homeAt(0)
  const client = await connectRaw(hub.mqttPort, login, { clientId })
  const waiting = new Map<number, SentReading>()
  let packetId = 0
  let isOver = false
  const next = (): Buffer => {
    const reading: SentReading = {
      home: login.home,
      sensor: 'meter',
      value: ++value,
      sentAt: performance.now(),
      acknowledged: false,
    }
    sent.push(reading)
    packetId = (packetId % 65_535) + 1
    if (qos === 1) waiting.set(packetId, reading)
    const payload = { kind: 'weight', value: value / 1000 }
    return generate(publishPacket(`homes/${login.home}/sensors/meter`, payload, { qos, messageId: packetId }))
  }
  const fill = (): void => {
    if (isOver || client.isClosed || value > 480_000) return
    if (qos === 1) while (waiting.size < 1000) client.sendBytes(next())
    // What the hub does not read stays with the sender: it goes on when the hub has read.
    else {
      do client.sendBytes(Buffer.concat(Array.from({ length: 50 }, next)))
      while (client.unsent() < 64 * 1024)
      setImmediate(wait)
    }
  }
  const wait = (): void => {
    if (isOver || client.isClosed) return
    if (client.unsent() < 64 * 1024) fill()
    else client.onceSent(fill)
  }
  client.onPacket((packet) => {
    if (packet.cmd !== 'puback') return
    const reading = waiting.get(packet.messageId ?? 0)
    if (reading) reading.acknowledged = true
    waiting.delete(packet.messageId ?? 0)
    fill()
  })
  fill()
  return {
    client,
    stop() {
      isOver = true
    },
  }
}

describe('a hub that is flooded', () => {
  it('by one gateway on several connections: the falls of another home have their alert and SMS meanwhile, and nothing is lost', async () => {
    const before = memory()
    let most = before
    const other = await connectRaw(hub.mqttPort, homeAt(1), { clientId: 'box' })
    const own = await connectRaw(hub.mqttPort, homeAt(0), { clientId: 'box' })
    const floods = await Promise.all([flood('a', 0), flood('b', 1), flood('c', 0), flood('d', 1)])
    await waitFor('the flood', async () => (await metric('aal_messages_waiting')) > 500)
    const readings = async (): Promise<number> => await metric('aal_inputs_total{type="reading"}')
    const between: number[] = []
    for (let number = 0; number < 4; number++) {
      const atFirst = await readings()
      await expectFallHeard(other, 1, number)
      between.push((await readings()) - atFirst)
      most = Math.max(most, memory())
    }
    await waitFor('it to be held to its rate', async () => (await metric('aal_gateways_held')) === 1, {
      timeout: 60_000,
    })
    expect(
      (await hub.api<{ alerts: { rule: string; scope: string }[] }>('GET', '/api/alerts')).alerts,
    ).toContainEqual(expect.objectContaining({ rule: 'hub-flood', home: 'h-0' }))
    // Nothing more of the flood is read now: what waits is what was on its way.
    for (let number = 4; number < 8; number++) {
      await expectFallHeard(other, 1, number)
      most = Math.max(most, memory())
    }
    expect(await metric('aal_messages_waiting')).toBeLessThan(20_000)
    for (const { stop } of floods) stop()
    own.destroy()
    for (const { client } of floods) client.destroy()
    const acknowledged = sent.filter((reading) => reading.acknowledged).length
    console.log(
      `${value} readings sent, ${acknowledged} of them acknowledged; journalled while a fall was on its way: ` +
        `${between.join(', ')}; memory ${before.toFixed(0)} MB, at most ${most.toFixed(0)} MB`,
    )
    expect(acknowledged).toBeGreaterThan(1000)
    // From before the fall was sent until its SMS had come, with the time for two questions: a few turns, not a backlog.
    for (const one of between) expect(one).toBeLessThan(16 * SHARE)
    expect(most - before).toBeLessThan(MOST_GROWTH)
    other.destroy()
  }, 150_000)

  it('by strangers who guess and who say nothing: whoever is in stays in, and the right password still gets in', async () => {
    const before = memory()
    const inside = await connectRaw(hub.mqttPort, homeAt(2), { clientId: 'box' })
    const half = generate(connectPacket(homeAt(2))).subarray(0, 10)
    const silent = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const client = await openRaw(hub.mqttPort, STRANGER)
        client.sendBytes(half)
        return client
      }),
    )
    const guesses = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const client = await openRaw(hub.mqttPort, STRANGER)
        client.send(connectPacket({ username: homeAt(index % HOMES).username, password: 'guessed' }))
        return client
      }),
    )
    await waitFor('the guesses to wait', async () => (await refused('delayed-sign-in')) === 35)
    const neighbour = await openRaw(hub.mqttPort, STRANGER)
    neighbour.send(connectPacket(homeAt(3)))
    expect(await neighbour.waitFor('connack')).toMatchObject({ returnCode: 0 })
    await expectFallHeard(neighbour, 3, 0)
    await expectFallHeard(inside, 2, 0)
    const many = await Promise.all(
      Array.from({ length: 600 }, () => openRaw(hub.mqttPort, STRANGER).catch(() => undefined)),
    )
    await waitFor(
      'them to be refused',
      async () => (await refused('address-full')) + (await refused('address-too-fast')) > 500,
    )
    await expectFallHeard(inside, 2, 1)
    expect(memory() - before).toBeLessThan(MOST_GROWTH)
    for (const client of [...silent, ...guesses, ...many]) client?.destroy()
    neighbour.destroy()
    inside.destroy()
  }, 60_000)

  it('with thousands of malformed packets from many connections: memory stays as it is', async () => {
    const play = async (rounds: number): Promise<void> => {
      for (let round = 0; round < rounds; round++) {
        await Promise.all(
          FIRST.map(async ([, hex]) => {
            const client = await openRaw(hub.mqttPort)
            client.sendBytes(bytesOf(hex))
            await client.waitForClose()
          }),
        )
        if (round % 5 > 0) continue
        await Promise.all(
          LATER.map(async ([, hex], index) => {
            const client = await openRaw(hub.mqttPort)
            client.send(connectPacket(homeAt((round + index) % HOMES), { clientId: `m${index}` }))
            client.sendBytes(bytesOf(hex))
            client.send({ cmd: 'pingreq' })
            await Promise.race([client.waitFor('pingresp').catch(() => {}), client.waitForClose()])
            client.destroy()
          }),
        )
      }
    }
    await play(40)
    const before = memory()
    await play(150)
    const after = memory()
    console.log(
      `${150 * FIRST.length + 30 * LATER.length} malformed packets: ${before.toFixed(0)} MB, then ${after.toFixed(0)} MB`,
    )
    expect(after - before).toBeLessThan(40)
    const well = await connectRaw(hub.mqttPort, homeAt(4), { clientId: 'box' })
    await expectFallHeard(well, 4, 0)
    well.destroy()
  }, 120_000)

  it('shows each metric that docs/limits.md names, but those of parts that it does not have', async () => {
    const text = await (await fetch(`${hub.url}/metrics`)).text()
    const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'limits.md'), 'utf8')
    const named = [...new Set([...page.matchAll(/aal_\w+/g)].map(([name]) => name))]
    const missing = named.filter((name) => !text.includes(`# HELP ${name} `))
    expect(named.length).toBeGreaterThan(15)
    expect(missing.toSorted()).toEqual(['aal_grafana_live_total', 'aal_samples_total', 'aal_samples_waiting'])
    const counts = [...new Set([...page.matchAll(/…\{([\w-]+)\}/g)].map(([, what = '']) => what))]
    const words: readonly string[] = BROKER_COUNTS
    expect(counts.filter((what) => what !== 'x' && !words.includes(what))).toEqual([])
    expect(words.filter((what) => !counts.includes(what))).toEqual(['refused-connect'])
  })

  it('has everything that it acknowledged once, and an alert and a first message of each fall', async () => {
    const { code, stderr } = await hub.kill('SIGTERM')
    expect(code, stderr).toBe(0)
    expect(await findWrong({ data: hub.data, sent })).toEqual(NOTHING_WRONG)
  }, 60_000)
})
