import { connect } from 'node:net'
import type { Socket } from 'node:net'
import mqtt from 'mqtt-packet'

/**
 * A load generator of its own process: QoS 1 publishes over plain sockets, made ready beforehand, so that what
 * is measured is the other side. Reads its job as JSON from the command line, prints one JSON line.
 */
export interface Job {
  readonly port: number
  readonly clients: readonly Client[]
  /** Unacknowledged publishes each connection keeps under way. */
  readonly window: number
  /** How long it publishes, ms. */
  readonly time: number
  /** Time before counting starts, ms. */
  readonly warmUp: number
}

export interface Client {
  readonly id: string
  readonly username?: string
  readonly password?: string
  readonly topic: string
}

export interface Result {
  readonly acknowledged: number
  readonly seconds: number
  /** Times from publish to PUBACK, ms. */
  readonly p50: number
  readonly p99: number
}

async function run(job: Job): Promise<Result> {
  const end = { at: Infinity, from: Infinity }
  const times: number[] = []
  let acknowledged = 0
  const sockets = await Promise.all(job.clients.map((client) => open(job.port, client)))
  const start = performance.now()
  end.from = start + job.warmUp
  end.at = end.from + job.time
  const ended = sockets.map((socket, index) => publish(socket, job.clients[index] as Client))
  await Promise.all(ended)
  for (const socket of sockets) socket.destroy()
  const sorted = Float64Array.from(times).sort()
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0
  return { acknowledged, seconds: job.time / 1000, p50: at(0.5), p99: at(0.99) }

  function publish(socket: Socket, client: Client): Promise<void> {
    return new Promise((fulfil, reject) => {
      const sentAt = new Float64Array(65_536)
      const frame = mqtt.generate({
        cmd: 'publish',
        topic: client.topic,
        payload: '{"kind":"heart_rate","value":72}',
        qos: 1,
        messageId: 1,
        dup: false,
        retain: false,
      })
      const idAt = frame.indexOf(client.topic) + Buffer.byteLength(client.topic)
      let id = 0
      let open = 0
      const send = (count: number): void => {
        const now = performance.now()
        const out = Buffer.allocUnsafe(frame.length * count)
        for (let index = 0; index < count; index++) {
          id = id === 65_535 ? 1 : id + 1
          frame.copy(out, index * frame.length)
          out.writeUInt16BE(id, index * frame.length + idAt)
          sentAt[id] = now
        }
        open += count
        socket.write(out)
      }
      let rest: Buffer = Buffer.alloc(0)
      socket.on('data', (data: Buffer) => {
        const all = rest.length > 0 ? Buffer.concat([rest, data]) : data
        const now = performance.now()
        let offset = 0
        let count = 0
        for (; offset + 4 <= all.length; offset += 4) {
          if (all[offset] !== 0x40) return reject(new Error(`expected PUBACK, got ${all[offset]}`))
          count++
          if (now >= end.from && now < end.at) {
            acknowledged++
            times.push(now - (sentAt[all.readUInt16BE(offset + 2)] ?? now))
          }
        }
        rest = all.subarray(offset)
        open -= count
        if (now < end.at) send(count)
        else if (open === 0) fulfil()
      })
      socket.on('error', reject)
      socket.on('close', () => reject(new Error('connection closed by the other side')))
      send(job.window)
    })
  }
}

function open(port: number, client: Client): Promise<Socket> {
  return new Promise((fulfil, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.once('error', reject)
    socket.once('data', (data) => {
      socket.off('error', reject)
      if (data[3] === 0) fulfil(socket)
      else reject(new Error(`connection refused with code ${data[3]}`))
    })
    socket.write(
      mqtt.generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clientId: client.id,
        clean: true,
        keepalive: 60,
        ...(client.username !== undefined && { username: client.username }),
        ...(client.password !== undefined && { password: Buffer.from(client.password) }),
      }),
    )
  })
}

if (process.argv[2] !== undefined) {
  process.stdin.setEncoding('utf8')
  let text = ''
  for await (const part of process.stdin) text += String(part)
  process.stdout.write(`${JSON.stringify(await run(JSON.parse(text) as Job))}\n`)
}
