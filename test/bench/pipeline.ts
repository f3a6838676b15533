import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { connectAsync } from 'mqtt'
import { startMosquitto } from '../helpers/mosquitto.ts'
import { startBenchHub } from './bench-hub.ts'
import type { Client, Job, Result } from './generator.ts'
import { median } from './figures.ts'
import type { Figure } from './figures.ts'
import { startBareAedes } from './start-bare-aedes.ts'

const CONNECTIONS = 50
const WINDOW = 20

/**
 * QoS 1 readings acknowledged a second: the whole hub with the shipped rules (on disk before each PUBACK), bare
 * aedes and mosquitto (in memory), one generator, by turns.
 */
export async function benchPipeline(quick: boolean): Promise<Figure[]> {
  const hub = await startBenchHub(CONNECTIONS)
  const mosquitto = await startMosquitto()
  const aedes = await startBareAedes()
  try {
    const sides = [
      {
        name: 'hub',
        port: hub.port,
        clients: hub.gateways.map(({ home, username, password }) => ({
          id: username,
          username,
          password,
          topic: `homes/${home}/sensors/pulse`,
        })),
      },
      { name: 'aedes', port: aedes.port, clients: plainClients() },
      { name: 'mosquitto', port: mosquitto.port, clients: plainClients() },
    ]
    const results = new Map<string, Result[]>(sides.map(({ name }) => [name, []]))
    const time = quick ? 1500 : 5000
    for (let round = 0; round < (quick ? 3 : 5); round++) {
      for (const { name, port, clients } of sides) {
        const result = await generate({
          port,
          clients,
          window: WINDOW,
          time,
          warmUp: round === 0 ? 1500 : 500,
        })
        results.get(name)?.push(result)
      }
    }
    const rate = (name: string): number =>
      median((results.get(name) ?? []).map(({ acknowledged, seconds }) => acknowledged / seconds))
    const [ours, bare, theirs] = [rate('hub'), rate('aedes'), rate('mosquitto')]
    const latency = (name: string, key: 'p50' | 'p99'): number =>
      median((results.get(name) ?? []).map((result) => result[key]))
    const load = `${CONNECTIONS} connections, ${WINDOW} publishes under way each`
    return [
      { name: 'pipeline.hub', value: ours, unit: 'readings/s', note: load },
      {
        name: 'pipeline.aedes',
        value: bare,
        unit: 'publishes/s',
        note: `${load}; in memory, no access check`,
      },
      { name: 'pipeline.mosquitto', value: theirs, unit: 'publishes/s', note: `${load}; in memory` },
      { name: 'pipeline.hub-to-mosquitto', value: ours / theirs, unit: 'ratio', sides: [ours, theirs] },
      { name: 'pipeline.hub-to-aedes', value: ours / bare, unit: 'ratio', sides: [ours, bare] },
      { name: 'pipeline.hub-puback-p50', value: latency('hub', 'p50'), unit: 'ms', note: 'at full load' },
      { name: 'pipeline.hub-puback-p99', value: latency('hub', 'p99'), unit: 'ms', note: 'at full load' },
    ]
  } finally {
    await Promise.all([hub.stop(), mosquitto.stop(), aedes.stop()])
  }
}

/** From the publish of a fall to the call at the SMS gateway, beside a steady stream of readings. */
export async function benchAlarmLatency(quick: boolean): Promise<Figure[]> {
  const background = 1000
  const falls = quick ? 100 : 400
  const arrivals = new Map<string, number>()
  const gateway = createServer((incoming, answer) => {
    const to = new URL(incoming.url ?? '/', 'http://localhost').searchParams.get('to') ?? ''
    if (!arrivals.has(to)) arrivals.set(to, performance.now())
    answer.writeHead(202).end('0: Accepted for delivery')
  })
  await new Promise<void>((fulfil) => gateway.listen(0, '127.0.0.1', fulfil))
  const { port } = gateway.address() as AddressInfo
  const hub = await startBenchHub(
    falls,
    `sms: { kannel: { url: "http://127.0.0.1:${port}/cgi-bin/sendsms", username: u, password: p, secret: "0123456789012345678901" } }\n`,
  )
  try {
    const clients = await Promise.all(
      hub.gateways.map(({ username, password }) =>
        connectAsync(`mqtt://127.0.0.1:${hub.port}`, { username, password, reconnectPeriod: 0 }),
      ),
    )
    const reading = JSON.stringify({ kind: 'heart_rate', value: 72 })
    let sent = 0
    const begin = performance.now()
    const stream = setInterval(() => {
      const due = Math.floor(((performance.now() - begin) / 1000) * background)
      for (; sent < due; sent++) {
        const index = sent % clients.length
        clients[index]?.publish(`homes/${hub.gateways[index]?.home}/sensors/pulse`, reading, { qos: 1 })
      }
    }, 2)
    const sentAt = new Map<string, number>()
    for (let index = 0; index < falls; index++) {
      const due = begin + 1000 + index * 25
      await new Promise((fulfil) => setTimeout(fulfil, Math.max(0, due - performance.now())))
      const number = `+4790${String(index % 200).padStart(6, '0')}`
      sentAt.set(`${index}|${number}`, performance.now())
      const topic = `homes/${hub.gateways[index]?.home}/sensors/fall`
      clients[index]?.publish(topic, JSON.stringify({ kind: 'fall', value: 'detected' }), { qos: 1 })
    }
    const late = performance.now() + 10_000
    while (arrivals.size < Math.min(falls, 200) && performance.now() < late) {
      await new Promise((fulfil) => setTimeout(fulfil, 20))
    }
    clearInterval(stream)
    await Promise.all(clients.map((client) => client.endAsync(true)))
    const took = [...sentAt]
      .slice(0, 200)
      .map(([key, at]) => (arrivals.get(key.split('|')[1] ?? '') ?? Infinity) - at)
      .sort((a, b) => a - b)
    const at = (share: number): number => took[Math.floor((took.length - 1) * share)] ?? Infinity
    const note = `${took.length} falls beside ${background} readings/s; generator in the same process`
    return [
      { name: 'alarm.publish-to-sms-p50', value: at(0.5), unit: 'ms', note },
      { name: 'alarm.publish-to-sms-p99', value: at(0.99), unit: 'ms', note },
    ]
  } finally {
    await hub.stop()
    gateway.closeAllConnections()
    gateway.close()
  }
}

function plainClients(): Client[] {
  return Array.from({ length: CONNECTIONS }, (_, index) => ({
    id: `bench-${index}`,
    topic: `homes/h-${index}/sensors/pulse`,
  }))
}

function generate(job: Job): Promise<Result> {
  return new Promise((fulfil, reject) => {
    const file = fileURLToPath(new URL('./generator.ts', import.meta.url))
    const child = spawn(process.execPath, [file, 'run'], { stdio: ['pipe', 'pipe', 'inherit'] })
    let out = ''
    child.stdout.on('data', (part) => (out += String(part)))
    child.once('error', reject)
    child.once('exit', (code) =>
      code === 0 ? fulfil(JSON.parse(out) as Result) : reject(new Error(`the generator ended with ${code}`)),
    )
    child.stdin.end(JSON.stringify(job))
  })
}
