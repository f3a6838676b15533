import { connect as connectTcp } from 'node:net'
import type { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { connect as connectTls } from 'node:tls'
import mqtt from 'mqtt-packet'
import type { Client, Phase, Result, Setup } from './generator-protocol.ts'

/**
 * Gateways that publish at QoS 1, in a process of their own (started by `start-generator.ts`): what they send is made
 * beforehand and only the packet ids are written into it, so that what is measured is the other side. Every PUBACK must
 * come, in the order of the packets [MQTT-4.6.0-2].
 */

/** More than one connection ever has under way; a power of two. */
const RING = 1024
/** Each connection says that it is alive once in this time, ms. */
const PING_EVERY = 50_000
/** How long the last PUBACKs may take, ms. */
const PATIENCE = 60_000
const PINGREQ = Buffer.from([0xc0, 0])

interface Connection {
  readonly socket: Socket
  /** All messages twice, one behind the other, so that any stretch of them is one piece. */
  frames: Buffer
  /** Where each frame begins, and at last where the last one ends. */
  readonly begins: readonly number[]
  readonly idsAt: readonly number[]
  readonly sentAt: Float64Array
  /** The message to be sent next. */
  next: number
  sent: number
  acknowledged: number
}

async function openAll(setup: Setup): Promise<Generator> {
  const connections: Connection[] = []
  // A few at a time: nobody's queue of connections is longer than some hundreds.
  for (let first = 0; first < setup.clients.length; first += 100) {
    const some = setup.clients.slice(first, first + 100)
    connections.push(...(await Promise.all(some.map((client) => open(setup, client)))))
  }
  return createGenerator(connections, setup.messages.length)
}

type Generator = ReturnType<typeof createGenerator>

function createGenerator(connections: readonly Connection[], messages: number) {
  /** What becomes of PUBACKs while nothing runs. */
  let heard: (connection: Connection, count: number) => void = () => {}
  let failed: (error: Error) => void = fail

  for (const connection of connections) {
    let rest: Buffer = Buffer.alloc(0)
    connection.socket.on('data', (data: Buffer) => {
      const all = rest.length > 0 ? Buffer.concat([rest, data]) : data
      let offset = 0
      let count = 0
      while (offset < all.length) {
        if (all[offset] === 0xd0 && offset + 2 <= all.length) {
          offset += 2
          continue
        }
        if (offset + 4 > all.length) break
        if (all[offset] !== 0x40) return failed(new Error(`expected PUBACK, got ${all[offset]}`))
        const expected = idOf(connection.acknowledged + count)
        const got = all.readUInt16BE(offset + 2)
        if (got !== expected)
          return failed(new Error(`expected the PUBACK of packet ${expected}, got ${got}`))
        count++
        offset += 4
      }
      rest = offset < all.length ? all.subarray(offset) : EMPTY
      if (count > 0) heard(connection, count)
    })
    connection.socket.on('error', (error) => failed(error))
    connection.socket.on('close', () => failed(new Error('a connection was closed by the other side')))
  }
  let pinged = 0
  const pings = setInterval(() => {
    const until = pinged + Math.ceil(connections.length / (PING_EVERY / 100))
    for (; pinged < until; pinged++) connections[pinged % connections.length]?.socket.write(PINGREQ)
  }, 100)

  function send(connection: Connection, count: number): void {
    const { socket, frames, begins, idsAt, sentAt, next } = connection
    const now = performance.now()
    for (let index = 0; index < count; index++) {
      const number = connection.sent++
      if (number - connection.acknowledged >= RING) throw new Error('a connection has too many under way')
      sentAt[number % RING] = now
      frames.writeUInt16BE(idOf(number), idsAt[next + index] as number)
    }
    const piece = frames.subarray(begins[next] as number, begins[next + count] as number)
    connection.next = (next + count) % messages
    socket.write(piece)
    // What the system has not taken yet must not be written over.
    if (socket.writableLength > 0) connection.frames = Buffer.from(frames)
  }

  async function run(phase: Phase): Promise<Result> {
    const { warmUp, time, pace, count = Infinity } = phase
    const times: number[] = []
    const begin = performance.now()
    const from = begin + warmUp
    const end = count === Infinity ? from + time : Infinity
    let cpu = process.cpuUsage()
    let cpuFrom = begin
    const counting = setTimeout(() => {
      cpu = process.cpuUsage()
      cpuFrom = performance.now()
    }, warmUp)
    let sent = 0
    let acknowledged = 0
    let counted = 0
    let last = begin
    let turn = 0
    let timer: NodeJS.Timeout | undefined
    const deadline = setTimeout(
      () => failed(new Error(`${sent - acknowledged} of ${sent} were not acknowledged in time`)),
      warmUp + time + PATIENCE,
    )
    await new Promise<void>((fulfil, reject) => {
      failed = reject
      const give = (connection: Connection, wanted: number): void => {
        const some = Math.min(wanted, count - sent)
        if (some <= 0) return
        sent += some
        send(connection, some)
      }
      const giveNext = (): void => give(connections[turn++ % connections.length] as Connection, 1)
      const over = (now: number): boolean => now >= end || sent >= count
      heard = (connection, acked) => {
        const now = performance.now()
        for (let index = 0; index < acked; index++) {
          const at = connection.sentAt[connection.acknowledged++ % RING] as number
          if (now >= from && now < end) {
            counted++
            times.push(now - at)
          }
        }
        acknowledged += acked
        last = now
        if (over(now)) {
          if (acknowledged === sent) fulfil()
        } else if ('each' in pace) give(connection, acked)
        else if (pace.rate === undefined) for (let index = 0; index < acked; index++) giveNext()
      }
      if ('each' in pace) for (const connection of connections) give(connection, pace.each)
      else if (pace.rate === undefined) for (let index = 0; index < pace.together; index++) giveNext()
      else {
        const { rate, together } = pace
        timer = setInterval(() => {
          const now = performance.now()
          const due = Math.floor(((Math.min(now, end) - begin) / 1000) * rate)
          const some = Math.min(due, count, acknowledged + together) - sent
          for (let index = 0; index < some; index++) giveNext()
          if (over(now) && acknowledged === sent) fulfil()
        }, 2)
      }
    }).finally(() => {
      clearTimeout(counting)
      clearTimeout(deadline)
      clearInterval(timer)
      heard = () => {}
      failed = fail
    })
    const { user, system } = process.cpuUsage(cpu)
    const share = (user + system) / 1000 / (performance.now() - cpuFrom)
    const sorted = Float64Array.from(times).sort()
    const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? 0
    const seconds = count === Infinity ? time / 1000 : (last - from) / 1000
    return {
      sent,
      acknowledged,
      counted,
      seconds,
      p50: at(0.5),
      p99: at(0.99),
      share,
    }
  }

  return {
    run,
    close() {
      clearInterval(pings)
      for (const { socket } of connections) {
        socket.removeAllListeners('close')
        socket.destroy()
      }
    },
  }
}

const EMPTY = Buffer.alloc(0)

/** Of the packet with this number: ids go from 1 to 65,535 and begin again. */
function idOf(number: number): number {
  return (number % 65_535) + 1
}

function open({ port, tls, messages }: Setup, client: Client): Promise<Connection> {
  return new Promise((fulfil, reject) => {
    const to = { port, host: '127.0.0.1', noDelay: true }
    // Whoever it is: this measures, and guards nothing.
    const socket = tls === true ? connectTls({ ...to, rejectUnauthorized: false }) : connectTcp(to)
    socket.once('error', reject)
    socket.once('data', (data) => {
      socket.off('error', reject)
      if (data[3] === 0) fulfil({ socket, ...framesOf(client, messages), ...freshCounts() })
      else reject(new Error(`connection of ${client.id} refused with code ${data[3]}`))
    })
    socket.write(
      mqtt.generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clientId: client.id,
        clean: true,
        keepalive: 90,
        ...(client.username !== undefined && { username: client.username }),
        ...(client.password !== undefined && { password: Buffer.from(client.password) }),
      }),
    )
  })
}

function freshCounts(): Pick<Connection, 'sentAt' | 'next' | 'sent' | 'acknowledged'> {
  return { sentAt: new Float64Array(RING), next: 0, sent: 0, acknowledged: 0 }
}

function framesOf({ home }: Client, messages: Setup['messages']) {
  const begins: number[] = [0]
  const idsAt: number[] = []
  const parts: Buffer[] = []
  for (const { sensor, payload } of [...messages, ...messages]) {
    const topic = `homes/${home}/sensors/${sensor}`
    const frame = mqtt.generate({
      cmd: 'publish',
      topic,
      payload,
      qos: 1,
      messageId: 1,
      dup: false,
      retain: false,
    })
    const begin = begins.at(-1) ?? 0
    parts.push(frame)
    idsAt.push(begin + frame.indexOf(topic) + Buffer.byteLength(topic))
    begins.push(begin + frame.length)
  }
  return { frames: Buffer.concat(parts), begins, idsAt }
}

function fail(error: Error): void {
  process.stdout.write(`${JSON.stringify({ error: error.message })}\n`, () => process.exit(1))
}

const say = (value: object): void => void process.stdout.write(`${JSON.stringify(value)}\n`)
let generator: Generator | undefined
try {
  for await (const line of createInterface({ input: process.stdin })) {
    if (generator === undefined) {
      generator = await openAll(JSON.parse(line) as Setup)
      say({})
    } else {
      say(await generator.run(JSON.parse(line) as Phase))
    }
  }
  generator?.close()
} catch (error) {
  fail(error instanceof Error ? error : new Error(String(error)))
}
