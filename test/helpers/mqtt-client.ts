import { once } from 'node:events'
import { connect } from 'node:net'
import { generate, parser } from 'mqtt-packet'
import type { IConnackPacket, IConnectPacket, IPublishPacket, Packet, PacketCmd } from 'mqtt-packet'
import { waitFor } from './wait-for.ts'

/** An MQTT 3.1.1 connection that sends what it is told and nothing by itself. */
export interface RawClient {
  /** Everything that came, in order. */
  readonly received: readonly Packet[]
  readonly isClosed: boolean
  send(packet: Packet): void
  sendBytes(bytes: Uint8Array): void
  /** Calls for each packet as it arrives. */
  onPacket(listener: (packet: Packet) => void): void
  /** The first packet of this sort that came and that the predicate takes; throws when the broker closes. */
  waitFor<C extends PacketCmd>(
    cmd: C,
    predicate?: (packet: Extract<Packet, { cmd: C }>) => boolean,
    timeout?: number,
  ): Promise<Extract<Packet, { cmd: C }>>
  /** Resolves when the connection is closed, by whomever. */
  waitForClose(timeout?: number): Promise<void>
  /** Bytes that the other side has not taken yet. */
  unsent(): number
  /** Calls once, when it has taken all of them. */
  onceSent(call: () => void): void
  /** Reads nothing any more. */
  pause(): void
  /** Closes without DISCONNECT: as a broken link does. */
  destroy(): void
}

export type Login = { readonly username: string; readonly password: string }

/**
 * Opens a TCP connection and sends nothing yet.
 * @param from an address of this machine (127.0.0.0/8) that it comes from
 */
export async function openRaw(port: number, from = '127.0.0.1'): Promise<RawClient> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from, noDelay: true })
  const received: Packet[] = []
  const listeners: ((packet: Packet) => void)[] = []
  const incoming = parser({ protocolVersion: 4 })
  incoming.on('packet', (packet) => {
    received.push(packet)
    for (const listener of listeners) listener(packet)
  })
  let isClosed = false
  socket.on('data', (bytes) => incoming.parse(bytes))
  socket.on('close', () => (isClosed = true))
  await once(socket, 'connect')
  // From here on an error is a closed connection.
  socket.on('error', () => {})
  return {
    received,
    get isClosed() {
      return isClosed
    },
    send(packet) {
      socket.write(generate(packet))
    },
    sendBytes(bytes) {
      socket.write(bytes)
    },
    onPacket(listener) {
      listeners.push(listener)
    },
    waitFor: async (cmd, predicate = () => true, timeout) => {
      const found = await waitFor(
        `a ${cmd} packet`,
        () =>
          received.find((packet): packet is Extract<Packet, { cmd: typeof cmd }> => {
            return packet.cmd === cmd && predicate(packet as Extract<Packet, { cmd: typeof cmd }>)
          }) ??
          (isClosed && 'closed'),
        { timeout, interval: 5 },
      )
      if (found === 'closed') throw new Error(`The connection was closed before a ${cmd} packet came`)
      return found
    },
    waitForClose: async (timeout) => {
      await waitFor('the connection to be closed', () => isClosed, { timeout, interval: 5 })
    },
    unsent: () => socket.writableLength,
    onceSent(call) {
      socket.once('drain', call)
    },
    pause() {
      socket.pause()
    },
    destroy() {
      socket.destroy()
    },
  }
}

/** A CONNECT packet with the defaults of a careful gateway. */
export function connectPacket(login: Partial<Login>, more: Partial<IConnectPacket> = {}): IConnectPacket {
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: 'test',
    clean: true,
    keepalive: 60,
    ...(login.username !== undefined && { username: login.username }),
    ...(login.password !== undefined && { password: Buffer.from(login.password) }),
    ...more,
  }
}

/** A PUBLISH packet; objects go as JSON. */
export function publishPacket(
  topic: string,
  payload: object | string,
  more: Partial<IPublishPacket> = {},
): IPublishPacket {
  return {
    cmd: 'publish',
    topic,
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    qos: 0,
    dup: false,
    retain: false,
    ...more,
  }
}

/** Connects and returns the answer too, whatever it says. */
export async function tryConnect(
  port: number,
  login: Partial<Login>,
  more: Partial<IConnectPacket> = {},
): Promise<{ client: RawClient; connack: IConnackPacket }> {
  const client = await openRaw(port)
  client.send(connectPacket(login, more))
  return { client, connack: await client.waitFor('connack') }
}

/**
 * Connects.
 * @throws Error when the broker refuses
 */
export async function connectRaw(
  port: number,
  login: Login,
  more: Partial<IConnectPacket> = {},
): Promise<RawClient> {
  const { client, connack } = await tryConnect(port, login, more)
  if (connack.returnCode !== 0) throw new Error(`The broker refused with return code ${connack.returnCode}`)
  return client
}
