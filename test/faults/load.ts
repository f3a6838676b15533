import { setTimeout as delay } from 'node:timers/promises'
import { connectPacket, openRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login, RawClient } from '../helpers/mqtt-client.ts'
import { waitFor } from '../helpers/wait-for.ts'

/** One reading that was sent, and whether its PUBACK came. */
export interface SentReading {
  readonly home: string
  readonly sensor: string
  /** Makes it recognisable where it has no id: no two are the same in a home. */
  readonly value: number | Alarm
  readonly id?: string
  /** When it went out first, and when its PUBACK came; milliseconds of this process. */
  readonly sentAt: number
  acknowledgedAt?: number
  acknowledged: boolean
}

/** What alarms say: somebody fell, or asks for help. */
export type Alarm = 'detected' | 'pressed'

export function isAlarm({ value }: Pick<SentReading, 'value'>): boolean {
  return typeof value === 'string'
}

export interface LoadOptions {
  readonly homes: readonly (Login & { readonly home: string })[]
  /** From 0 to 1, seeded: the same run sends the same. */
  readonly random: () => number
  /** Packets of one connection that may wait for their PUBACK. */
  readonly window: number
  /** How many of the packets are falls or calls for help, 0 to 1; each comes from a sensor of its own. */
  readonly falls: number
  readonly fallSensors: number
  /** With `keepOn` and `run`, a gateway rests so long after each PUBACK, ms; not given: it does not. */
  readonly rest?: number
  /** Every second gateway publishes at QoS 2, where the PUBREC is what PUBACK is at QoS 1. */
  readonly alsoQos2?: true
}

/** Gateways that publish without a pause, remember every PUBACK (PUBREC) and send the rest again with DUP. */
export interface Load {
  readonly sent: readonly SentReading[]
  /** How often a packet went out again with DUP. */
  resends(): number
  acknowledged(): number
  /** Acknowledged falls and calls for help. */
  alarms(): number
  /** How often a gateway had to connect. */
  connects(): number
  /** PUBACKs for something else than the oldest packet that waits for one [MQTT-4.6.0-2]. */
  outOfOrder(): number
  /** Connects all gateways to a hub and publishes until it is gone; resolves when all connections are. */
  run(port: number): Promise<void>
  /**
   * Publishes and connects again whenever a connection is gone or silent, until `isOver`; resolves when
   * everything has its PUBACK.
   */
  keepOn(port: () => number, isOver: () => boolean): Promise<void>
  /** Sends only what has no PUBACK yet, and resolves when there is nothing more. */
  finish(port: number): Promise<void>
}

interface Gateway extends Login {
  readonly home: string
  /** In the order in which they were sent first. */
  readonly unacknowledged: Map<number, { topic: string; payload: object; reading: SentReading }>
  readonly qos: 1 | 2
  /** Ids whose PUBREL was sent, and whose PUBCOMP has not come (QoS 2). */
  readonly released: Set<number>
  nextPacketId: number
  nextFall: number
}

/** Without an answer for so long a gateway takes its connection for broken, ms: a keepalive, but short. */
const SILENCE = 4_000

export function createLoad(options: LoadOptions): Load {
  const { random, window } = options
  const sent: SentReading[] = []
  const gateways = options.homes.map((login, index): Gateway => ({
    ...login,
    qos: options.alsoQos2 === true && index % 2 === 1 ? 2 : 1,
    released: new Set(),
    unacknowledged: new Map(),
    nextPacketId: 1,
    nextFall: 0,
  }))
  let resends = 0
  let acknowledged = 0
  let outOfOrder = 0
  let alarms = 0
  let connects = 0

  function next(gateway: Gateway): void {
    const isFall = random() < options.falls && gateway.nextFall < options.fallSensors
    const number = sent.length + 1
    // Every third is no fall, but a call for help.
    const alarm: Alarm = gateway.nextFall % 3 === 2 ? 'pressed' : 'detected'
    const sensor = isFall ? `fall-${gateway.nextFall++}` : 'meter'
    const value = isFall ? alarm : number
    const id = random() < 0.5 ? `n${number}` : undefined
    const reading: SentReading = {
      home: gateway.home,
      sensor,
      value,
      sentAt: performance.now(),
      acknowledged: false,
      ...(id !== undefined && { id }),
    }
    sent.push(reading)
    const kind = value === 'pressed' ? 'sos' : 'fall'
    const payload = isFall ? { kind, value, id } : { kind: 'weight', value: number / 1000, id }
    const topic = `homes/${gateway.home}/sensors/${sensor}`
    do gateway.nextPacketId = (gateway.nextPacketId % 65_535) + 1
    while (gateway.unacknowledged.has(gateway.nextPacketId) || gateway.released.has(gateway.nextPacketId))
    gateway.unacknowledged.set(gateway.nextPacketId, { topic, payload, reading })
  }

  /** As a client must: after a new CONNACK everything without PUBACK again, in order, with DUP [MQTT-4.4.0-1]. */
  async function open(gateway: Gateway, port: number, within?: number): Promise<RawClient> {
    connects++
    const client = await openRaw(port)
    try {
      client.send(connectPacket(gateway, { clientId: 'load', clean: false }))
      const { returnCode } = await client.waitFor('connack', undefined, within)
      if (returnCode !== 0) throw new Error(`The broker refused with return code ${returnCode}`)
    } catch (cause) {
      client.destroy()
      throw cause
    }
    for (const [messageId, { topic, payload }] of gateway.unacknowledged) {
      resends++
      client.send(publishPacket(topic, payload, { qos: gateway.qos, messageId, dup: true }))
    }
    for (const messageId of gateway.released) client.send({ cmd: 'pubrel', messageId })
    client.onPacket((packet) => {
      const messageId = packet.messageId ?? 0
      if (packet.cmd === 'pubcomp') gateway.released.delete(messageId)
      if (packet.cmd !== (gateway.qos === 1 ? 'puback' : 'pubrec')) return
      if (gateway.qos === 2) {
        gateway.released.add(messageId)
        client.send({ cmd: 'pubrel', messageId })
      }
      // For what was heard before: that of the first time came too late [MQTT-4.3.3-1].
      if (gateway.qos === 2 && !gateway.unacknowledged.has(messageId)) return
      const [oldest] = gateway.unacknowledged.keys()
      if (messageId !== oldest) outOfOrder++
      const waiting = gateway.unacknowledged.get(messageId)
      if (!waiting) return
      gateway.unacknowledged.delete(messageId)
      waiting.reading.acknowledged = true
      waiting.reading.acknowledgedAt = performance.now()
      acknowledged++
      if (isAlarm(waiting.reading)) alarms++
    })
    return client
  }

  function fill(gateway: Gateway, client: RawClient): void {
    while (!client.isClosed && gateway.unacknowledged.size < window) {
      next(gateway)
      const [messageId, { topic, payload }] = [...gateway.unacknowledged].at(-1) ?? never()
      client.send(publishPacket(topic, payload, { qos: gateway.qos, messageId }))
    }
  }

  return {
    sent,
    resends: () => resends,
    acknowledged: () => acknowledged,
    alarms: () => alarms,
    connects: () => connects,
    outOfOrder: () => outOfOrder,
    async keepOn(port, isOver) {
      await Promise.all(
        gateways.map(async (gateway) => {
          while (!isOver() || gateway.unacknowledged.size > 0) {
            const client = await open(gateway, port(), SILENCE).catch(() => undefined)
            if (!client) {
              await delay(20)
              continue
            }
            let heardAt = performance.now()
            const fillOn = (): void => {
              if (!isOver()) fill(gateway, client)
            }
            client.onPacket(() => {
              heardAt = performance.now()
              if (options.rest === undefined) fillOn()
              else setTimeout(fillOn, options.rest)
            })
            fillOn()
            const isDone = (): boolean =>
              client.isClosed ||
              (isOver() && gateway.unacknowledged.size === 0) ||
              performance.now() - heardAt > SILENCE
            while (!isDone()) await delay(5)
            client.destroy()
          }
        }),
      )
    },
    async run(port) {
      await Promise.all(
        gateways.map(async (gateway) => {
          // The hub may be killed in the middle of a CONNECT: then there is nothing to wait for.
          const client = await open(gateway, port).catch(() => undefined)
          if (!client) return
          const next = (): void => fill(gateway, client)
          client.onPacket(options.rest === undefined ? next : () => setTimeout(next, options.rest))
          next()
          await client.waitForClose(120_000)
        }),
      )
    },
    async finish(port) {
      await Promise.all(
        gateways.map(async (gateway) => {
          const client = await open(gateway, port)
          await waitFor('the last PUBACKs', () => gateway.unacknowledged.size === 0)
          client.destroy()
        }),
      )
    },
  }
}

function never(): never {
  throw new Error('There is no packet')
}

/** Random numbers from 0 to 1 that a seed makes the same every time (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
