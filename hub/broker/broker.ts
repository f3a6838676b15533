import type { EventEmitter } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Aedes } from 'aedes'
import type { AuthenticateError, Client, PublishPacket } from 'aedes'
import { accessTo } from './access.ts'
import type { Identity } from './access.ts'
import { grantQos0 } from './grant-qos.ts'
import type { Arrival, Intake } from './intake.ts'
import { limitPackets } from './packet-limit.ts'
import { provenBy } from './next-password.ts'
import { passOnToSubscribers } from './pass-on.ts'
import type { Core } from '../core/core.ts'
import type { Input } from '../model/input.ts'

/** What the broker asks of the register. */
export interface GatewayDirectory {
  gateway(
    id: string,
  ): { readonly home: string; readonly passwordHash: string; readonly nextHash?: string } | undefined
  /** The gateway came with its new password. */
  useNextPassword?(id: string): void
}

export interface BrokerOptions {
  readonly core: Core
  readonly intake: Intake
  readonly gateways: GatewayDirectory
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly limits: BrokerLimits
  readonly log: BrokerLog
  readonly count: (what: 'refused-connect' | 'violation' | 'error') => void
}

export interface BrokerLimits {
  /** Bytes of one packet. */
  readonly packet: number
  readonly connections: number
  /** Longest keepalive a client may ask for, seconds: a broken link is noticed after 1.5 times that. */
  readonly keepalive: number
}

export const DEFAULT_LIMITS: BrokerLimits = { packet: 256 * 1024, connections: 20_000, keepalive: 90 }

export interface BrokerLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface Broker {
  readonly port: number
  connections(): number
  stop(): Promise<void>
}

/** A topic that nobody can subscribe to: where packets go that are acknowledged but not passed on. */
const NOWHERE = '$aal/not-passed-on'
const LONGEST_CLIENT_ID = 256
/** The same misbehaviour of a gateway is journalled once in this time; the metrics count every one. */
const AUDIT_EVERY = 60_000
/** Retained messages are kept in memory: so many topics of a home, and none larger than this (bytes). */
const RETAINED_TOPICS = 500
const LARGEST_RETAINED = 16_384

/** MQTT 3.1.1 over TCP. What is acknowledged is on disk: the commit comes before the PUBACK. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { core, intake, gateways, limits, log, count } = options
  const identities = new WeakMap<Client, Identity>()
  const hasNoId = new WeakSet<Client>()
  const connected = new Map<string, number>()
  const audited = new Map<string, number>()
  /** The topics with a retained message, by home. */
  const retained = new Map<string, Set<string>>()
  /** Homes of which a gateway has subscribed to something; sessions end with this process. */
  const listening = new Set<string>()
  let isStopping = false

  const aedes = new Aedes({
    connectTimeout: 10_000,
    keepaliveLimit: limits.keepalive,
    drainTimeout: 30_000,
    maxClientsIdLength: 23,
    // A backlog may come right behind CONNECT [MQTT-3.1.4-5]; what waits is bounded by one read of the socket.
    queueLimit: 1000,
    preConnect(client, packet, done) {
      // [MQTT-3.1.3-8]: refused with return code 2, in `authenticate`, where there is an answer.
      if (!packet.clientId && !packet.clean) hasNoId.add(client)
      done(null, true)
    },
    authenticate(client, username, password, done) {
      const refuse = (returnCode: number, reason: string): void => {
        count('refused-connect')
        log.warn({ gateway: username ?? null, from: addressOf(client), reason }, 'connection refused')
        done(Object.assign(new Error(reason), { returnCode }) as AuthenticateError, null)
      }
      if (hasNoId.has(client)) return refuse(2, 'an empty client id needs clean=true')
      if (client.id.length > LONGEST_CLIENT_ID) return refuse(2, 'the client id is too long')
      const known = username === undefined ? undefined : gateways.gateway(username)
      const proof = provenBy(password ?? Buffer.alloc(0), known)
      if (!proof || !known || username === undefined) {
        return refuse(4, username === undefined ? 'no user name was given' : 'wrong user name or password')
      }
      if (proof === 'next') gateways.useNextPassword?.(username)
      identities.set(client, { gateway: username, home: known.home })
      // Sessions belong to the identity: nobody takes over another gateway's.
      client.id = `${username}/${client.id}`
      done(null, true)
    },
    authorizePublish(client, packet, done) {
      try {
        takePublish(client, packet, done)
      } catch (cause) {
        count('error')
        done(cause instanceof Error ? cause : new Error(String(cause)))
      }
    },
    authorizeSubscribe(client, subscription, done) {
      const identity = client && identities.get(client)
      if (!identity || !accessTo(subscription.topic, identity).allowed) {
        if (identity) audit(identity, 'subscribe', subscription.topic)
        done(null, null)
        return
      }
      listening.add(identity.home)
      done(null, subscription)
    },
    authorizeForward(client, packet) {
      // Whatever is stored about subscriptions, no home hears another.
      const identity = identities.get(client)
      return identity && accessTo(packet.topic, identity).allowed ? packet : null
    },
  })

  function takePublish(
    client: Client | null,
    packet: PublishPacket,
    done: (error?: Error | null) => void,
  ): void {
    // PUBACKs leave in the order in which the packets came [MQTT-4.6.0-2]: what is not kept waits its turn too.
    const takeInputs = (inputs: readonly Input[]): void => {
      core.submit(inputs, (error) => done(error ?? null))
    }
    const identity = client ? identities.get(client) : undefined
    if (!identity) {
      dropPacket(packet)
      return takeInputs([])
    }
    const access = accessTo(packet.topic, identity)
    if (!access.allowed) {
      audit(identity, 'publish', packet.topic)
      dropPacket(packet)
      return takeInputs([])
    }
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
    if (packet.retain) packet.retain = mayRetain(identity.home, packet.topic, payload.length)
    // An empty retained message only takes the retained one away.
    if (payload.length === 0 && packet.retain) return takeInputs([])
    const { messageId, dup } = packet as { messageId?: number; dup?: boolean }
    const arrival: Arrival = {
      home: identity.home,
      topic: packet.topic,
      rest: access.rest,
      payload,
      ...(packet.qos > 0 &&
        messageId !== undefined &&
        client && { sent: { client: client.id, packetId: messageId, dup: dup === true } }),
    }
    takeInputs(intake.inputsOf(arrival, core.now()))
  }

  function mayRetain(home: string, topic: string, size: number): boolean {
    const topics = retained.get(home) ?? new Set<string>()
    retained.set(home, topics)
    if (size === 0) {
      topics.delete(topic)
      return true
    }
    if (size > LARGEST_RETAINED || (topics.size >= RETAINED_TOPICS && !topics.has(topic))) return false
    topics.add(topic)
    return true
  }

  function audit({ gateway, home }: Identity, action: 'publish' | 'subscribe', topic: string): void {
    count('violation')
    const key = `${gateway}|${action}`
    const now = core.now()
    if (now - (audited.get(key) ?? -Infinity) < AUDIT_EVERY) return
    audited.set(key, now)
    log.warn(
      { gateway, home, action, topic: topic.slice(0, 200) },
      'a gateway tried a topic that is not its own',
    )
    core.submit([{ type: 'violation', home, gateway, action, topic: topic.slice(0, 512) }], () => {})
  }

  function tellGateway(client: Client, change: 1 | -1): void {
    const identity = identities.get(client)
    if (!identity || isStopping) return
    const { gateway, home } = identity
    const before = connected.get(gateway) ?? 0
    const after = Math.max(0, before + change)
    if (after === 0) connected.delete(gateway)
    else connected.set(gateway, after)
    if (before > 0 === after > 0) return
    const to = after > 0 ? 'online' : 'offline'
    log.info({ gateway, home }, `gateway ${to}`)
    core.submit([{ type: 'gateway', home, gateway, to }], () => {})
  }

  passOnToSubscribers(aedes, (topic) => {
    const [top, home = ''] = topic.split('/', 2)
    return topic === NOWHERE || (top === 'homes' && !listening.has(home))
  })

  aedes.on('client', (client) => tellGateway(client, 1))
  aedes.on('clientDisconnect', (client) => tellGateway(client, -1))
  const tellError = (client: Client, error: Error): void => {
    count('error')
    const gateway = identities.get(client)?.gateway ?? null
    log.warn({ gateway, from: addressOf(client), reason: error.message }, 'connection closed')
  }
  aedes.on('clientError', tellError)
  const emitter: EventEmitter = aedes
  emitter.on('error', (error: Error) => {
    count('error')
    log.warn({ reason: error.message }, 'the broker could not pass a message on')
  })
  aedes.on('connectionError', tellError)

  await aedes.listen()
  const server = createServer({ noDelay: true }, (socket) => {
    const client = aedes.handle(socket)
    limitPackets(client, limits.packet)
    grantQos0(client)
  })
  server.maxConnections = limits.connections
  try {
    await new Promise<void>((fulfil, reject) => {
      server.once('error', reject)
      server.listen(options.port, options.host, () => {
        server.off('error', reject)
        fulfil()
      })
    })
  } catch (cause) {
    // Its timers would keep the process from ending.
    await new Promise<void>((fulfil) => aedes.close(() => fulfil()))
    throw cause
  }

  return {
    port: (server.address() as AddressInfo).port,
    connections: () => aedes.connectedClients,
    async stop() {
      if (isStopping) return
      isStopping = true
      const closed = new Promise<void>((fulfil) => server.close(() => fulfil()))
      await new Promise<void>((fulfil) => aedes.close(() => fulfil()))
      await closed
    },
  }
}

/** The packet is acknowledged, since a sender without its PUBACK would send it for ever; it goes nowhere. */
function dropPacket(packet: PublishPacket): void {
  packet.topic = NOWHERE
  packet.retain = false
  packet.payload = Buffer.alloc(0)
}

function addressOf(client: Client): string {
  return (client.conn as { remoteAddress?: string }).remoteAddress ?? 'unknown'
}
