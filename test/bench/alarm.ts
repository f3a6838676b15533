import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import { listen } from '../helpers/listen.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { MESSAGES, phoneOf } from './bench-homes.ts'
import { startBenchHub } from './bench-hub.ts'
import type { BenchHub } from './bench-hub.ts'
import { at } from './figures.ts'
import type { Figure } from './figures.ts'
import { progress } from './progress.ts'
import { startGenerator } from './start-generator.ts'

/** Homes that send the readings beside which somebody falls in another. */
const BACKGROUND = 200
const SCENES = [
  { rate: 1000, most: 50 },
  { rate: 5000, most: 150 },
] as const

/** From the publish of a fall to the call at the SMS gateway, beside a steady stream of readings. */
export async function benchAlarm(quick: boolean): Promise<Figure[]> {
  const falls = quick ? 100 : 1200
  const every = quick ? 25 : 40
  const warmUp = quick ? 20 : 100
  const arrivals = new Map<string, number>()
  let repeated = 0
  const gateway = await listen((request, response) => {
    const now = performance.now()
    const to = new URL(request.url ?? '/', 'http://localhost').searchParams.get('to')
    // Each minute the hub asks whether the gateway is there.
    if (to === null) return response.end()
    if (arrivals.has(to)) repeated++
    else arrivals.set(to, now)
    response.writeHead(202).end('0: Accepted for delivery')
  })
  const kannel = `{ url: "${gateway.url}/cgi-bin/sendsms", username: u, password: p, secret: "0123456789012345678901" }`
  const hub = await startBenchHub(BACKGROUND + warmUp + falls * SCENES.length, `sms: { kannel: ${kannel} }\n`)
  const generator = await startGenerator({
    port: hub.port,
    clients: hub.gateways.slice(0, BACKGROUND),
    messages: MESSAGES,
  })
  try {
    const figures: Figure[] = []
    progress('warming up')
    await Promise.all([
      fallAll(hub, range(BACKGROUND, warmUp), every, arrivals),
      generator.run({ pace: { together: 2000, rate: 1000 }, warmUp: 0, time: warmUp * every + 2000 }),
    ])
    for (const [scene, { rate, most }] of SCENES.entries()) {
      progress(`${falls} falls beside ${rate} readings/s`)
      const indexes = range(BACKGROUND + warmUp + scene * falls, falls)
      const before = repeated
      const [took, stream] = await Promise.all([
        fallAll(hub, indexes, every, arrivals),
        generator.run({ pace: { together: 2000, rate }, warmUp: 2000, time: falls * every }),
      ])
      const kept = stream.counted / stream.seconds
      if (kept < 0.95 * rate) throw new Error(`The hub took ${Math.round(kept)} of ${rate} readings/s`)
      if (repeated > before) throw new Error(`${repeated - before} messages were sent twice`)
      const note = `${falls} falls, one each ${every} ms, beside ${Math.round(kept)} readings/s of ${BACKGROUND} homes; the most ${at(took, 1).toFixed(1)} ms`
      const figure = (name: string, share: number): Figure => ({
        name: `alarm.${rate}.publish-to-sms-${name}`,
        value: at(took, share),
        unit: 'ms',
        note,
      })
      figures.push(figure('p50', 0.5), { ...figure('p99', 0.99), aim: { most } }, figure('p99.9', 0.999))
    }
    return figures
  } finally {
    await generator.stop()
    await hub.stop()
    await gateway.stop()
  }
}

function range(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index)
}

/** @returns for each home the time from the publish of its fall to the SMS to its contact, ms */
async function fallAll(
  hub: BenchHub,
  indexes: readonly number[],
  every: number,
  arrivals: ReadonlyMap<string, number>,
): Promise<number[]> {
  const clients = []
  for (const index of indexes) {
    const login = hub.gateways[index] as BenchHub['gateways'][number]
    clients.push(await connectRaw(hub.port, login, { clientId: login.id, keepalive: 90 }))
  }
  const begin = performance.now() + 500
  const sentAt: number[] = []
  for (const [turn, index] of indexes.entries()) {
    await new Promise((fulfil) => setTimeout(fulfil, Math.max(0, begin + turn * every - performance.now())))
    const topic = `homes/${hub.gateways[index]?.home}/sensors/fall`
    sentAt.push(performance.now())
    clients[turn]?.send(publishPacket(topic, { kind: 'fall', value: 'detected' }, { qos: 1, messageId: 1 }))
  }
  await waitFor('every message', () => indexes.every((index) => arrivals.has(phoneOf(index))), {
    timeout: 60_000,
  })
  // They stay until all have fallen: a gateway that goes is another alert.
  for (const client of clients) client.destroy()
  return indexes.map((index, turn) => (arrivals.get(phoneOf(index)) ?? Infinity) - (sentAt[turn] ?? 0))
}
