import { createReconnects } from './reconnects.ts'
import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { SecureContextOptions } from 'node:tls'
import { Aedes } from 'aedes'
import type { AuthenticateError, Client, PublishPacket } from 'aedes'
import { accessTo } from './access.ts'
import type { Identity } from './access.ts'
import { identify } from './identify.ts'
import type { CertificatePolicy, GatewayDirectory } from './identify.ts'
import { listen } from './listeners.ts'
import type { Listener, ListenerOptions } from './listeners.ts'
import { grantQos0 } from './grant-qos.ts'
import type { Arrival, Intake } from './intake.ts'
import { limitPackets } from './packet-limit.ts'
import { passOnToSubscribers } from './pass-on.ts'
import { createWebSocketEntrance } from './websocket.ts'
import type { WebSocketEntrance } from './websocket.ts'
import type { Core } from '../core/core.ts'
import type { Input } from '../model/input.ts'
import { shownTopic } from '../source/shown-topic.ts'

export interface BrokerOptions {
  readonly core: Core
  readonly intake: Intake
  readonly gateways: GatewayDirectory
  readonly listeners: readonly ListenerOptions[]
  /** Over TLS; not given: passwords only. */
  readonly clientCertificates?: CertificatePolicy
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
  /** In the order of the options. */
  readonly ports: readonly number[]
  connections(): number
  /** How often a gateway connected in the last five minutes, where that is a loop. */
  reconnects(gateway: string): number | undefined
  /** Another certificate for all that speak TLS; whoever is connected stays so. */
  secure(options: SecureContextOptions): void
  /** For an HTTP server that gateways may use too. */
  readonly upgrade: WebSocketEntrance['upgrade']
  /**
   * Closes every connection of a gateway and forgets its sessions, at once; nothing that is still on its way from it is
   * taken. Whether it may come back is the register's to say: change that first.
   * @param why for the log
   * @returns how many connections there were
   */
  disconnect(gateway: string, why: string): number
  /** The same for every gateway of a home; what is retained of it is forgotten too. */
  disconnectHome(home: string, why: string): number
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

/** MQTT 3.1.1 over TCP, TLS and WebSocket. What is acknowledged is on disk: the commit comes before the PUBACK. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { core, intake, gateways, limits, log, count, clientCertificates = 'none' } = options
  const identities = new WeakMap<Client, Identity>()
  const hasNoId = new WeakSet<Client>()
  /** What each client came in by: a TLS connection knows its certificate. */
  const socketOf = new WeakMap<Client, Socket>()
  /** Who has proved who they are, and is not gone, by gateway. */
  const live = new Map<string, Set<Client>>()
  /** Ids of clients that asked for a session to be kept, by gateway. */
  const keptSessions = new Map<string, Set<string>>()
  const sentAway = new WeakSet<Client>()
  const connected = new Map<string, number>()
  const reconnects = createReconnects()
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
        // What else is written there may be a password in the wrong field.
        const gateway = username && gateways.gateway(username) ? username : null
        log.warn(
          { gateway, from: socketOf.get(client)?.remoteAddress ?? 'unknown', reason },
          'connection refused',
        )
        done(Object.assign(new Error(reason), { returnCode }) as AuthenticateError, null)
      }
      if (hasNoId.has(client)) return refuse(2, 'an empty client id needs clean=true')
      if (client.id.length > LONGEST_CLIENT_ID) return refuse(2, 'the client id is too long')
      const socket = socketOf.get(client)
      if (!socket) return refuse(3, 'the connection is gone')
      const shown = { username: username ?? undefined, password: password ?? undefined, socket }
      const identified = identify(shown, gateways, clientCertificates, Date.now())
      if (!identified.ok) return refuse(identified.returnCode, identified.reason)
      const { gateway } = identified.identity
      identities.set(client, identified.identity)
      remember(client, gateway)
      // Sessions belong to the identity: nobody takes over another gateway's.
      client.id = `${gateway}/${client.id}`
      if (!client.clean) addTo(keptSessions, gateway, client.id)
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
    const identity = client && !sentAway.has(client) ? identities.get(client) : undefined
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
    const isKept = packet.retain
    if (packet.retain) packet.retain = mayRetain(identity.home, packet.topic, payload.length)
    // An empty retained message only takes the retained one away.
    if (payload.length === 0 && packet.retain) return takeInputs([])
    const { messageId, dup } = packet as { messageId?: number; dup?: boolean }
    const arrival: Arrival = {
      home: identity.home,
      topic: packet.topic,
      rest: access.rest,
      payload,
      ...(isKept && { kept: true }),
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
    const shown = shownTopic(topic, isKnownIn(topic))
    log.warn({ gateway, home, action, topic: shown }, 'a gateway tried a topic that is not its own')
    core.submit([{ type: 'violation', home, gateway, action, topic: shown }], () => {})
  }

  /** Ids of homes, and of the sensors of the home that a topic names. */
  function isKnownIn(topic: string): (level: string) => boolean {
    const meant = core.home(topic.split('/', 2)[1] ?? '')
    return (level) =>
      core.home(level) !== undefined ||
      meant?.sensors.some(({ id, address }) => id === level || address === level) === true
  }

  function noteComing(gateway: string, home: string): void {
    const now = core.now()
    const wasLoop = reconnects.loopOf(gateway, now) !== undefined
    reconnects.came(gateway, now)
    const times = reconnects.loopOf(gateway, now)
    if (times === undefined || wasLoop) return
    log.warn(
      { gateway, home, times },
      'a gateway connects again and again: is a second box using its credentials?',
    )
  }

  function tellGateway(client: Client, change: 1 | -1): void {
    const identity = identities.get(client)
    if (!identity || isStopping) return
    const { gateway, home } = identity
    if (change === 1) noteComing(gateway, home)
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
    log.warn(
      { gateway, from: socketOf.get(client)?.remoteAddress ?? 'unknown', reason: error.message },
      'connection closed',
    )
  }
  aedes.on('clientError', tellError)
  const emitter: EventEmitter = aedes
  emitter.on('error', (error: Error) => {
    count('error')
    log.warn({ reason: error.message }, 'the broker could not pass a message on')
  })
  aedes.on('connectionError', tellError)

  const entrance = {
    packet: limits.packet,
    connections: limits.connections,
    accept(stream: Duplex, socket: Socket): void {
      const client = aedes.handle(stream)
      socketOf.set(client, socket)
      limitPackets(client, limits.packet)
      grantQos0(client)
    },
    onError(socket: Socket, error: Error): void {
      count('error')
      log.warn(
        { from: socket.remoteAddress ?? 'unknown', reason: error.message },
        'no TLS connection came about',
      )
    },
  }

  await aedes.listen()
  const listeners: Listener[] = []
  const webSockets = createWebSocketEntrance(entrance)
  const stop = async (): Promise<void> => {
    if (isStopping) return
    isStopping = true
    for (const listener of listeners) listener.close()
    await new Promise<void>((fulfil) => aedes.close(() => fulfil()))
    webSockets.stop()
    await Promise.all(listeners.map((listener) => listener.stop()))
  }
  for (const one of options.listeners) {
    try {
      listeners.push(await listen(one, entrance))
    } catch (cause) {
      // Its timers would keep the process from ending.
      await stop()
      throw new ListenError(one, cause)
    }
  }

  function remember(client: Client, gateway: string): void {
    addTo(live, gateway, client)
    client.conn.once('close', () => {
      const clients = live.get(gateway)
      clients?.delete(client)
      if (clients?.size === 0) live.delete(gateway)
    })
  }

  function disconnect(gateway: string, why: string): number {
    const clients = [...(live.get(gateway) ?? [])]
    for (const client of clients) {
      sentAway.add(client)
      // Its last will is nobody's wish any more; aedes keeps it where a test pins it.
      ;(client as unknown as { will: unknown }).will = null
      client.close()
      // It may still be on its way in, and have nothing to close yet.
      client.conn.destroy()
    }
    for (const id of keptSessions.get(gateway) ?? []) forgetSession(aedes, id)
    keptSessions.delete(gateway)
    if (clients.length > 0)
      log.warn({ gateway, connections: clients.length, why }, 'a gateway was disconnected')
    return clients.length
  }

  return {
    ports: listeners.map(({ port }) => port),
    connections: () => aedes.connectedClients,
    reconnects: (gateway) => reconnects.loopOf(gateway, core.now()),
    secure(context) {
      for (const listener of listeners) listener.secure(context)
    },
    upgrade: webSockets.upgrade,
    disconnect,
    disconnectHome(home, why) {
      const of = [...live].filter(([, clients]) =>
        [...clients].some((one) => identities.get(one)?.home === home),
      )
      const closed = of.reduce((sum, [gateway]) => sum + disconnect(gateway, why), 0)
      for (const topic of retained.get(home) ?? []) {
        aedes.publish({ cmd: 'publish', topic, payload: '', qos: 0, dup: false, retain: true }, () => {})
      }
      retained.delete(home)
      listening.delete(home)
      return closed
    },
    stop,
  }
}

/** Where it was that nobody can listen; `cause` says why. */
export class ListenError extends Error {
  readonly listener: ListenerOptions

  constructor(listener: ListenerOptions, cause: unknown) {
    super(`Cannot listen on ${listener.host}:${listener.port}: ${(cause as Error).message}`, { cause })
    this.name = 'ListenError'
    this.listener = listener
  }
}

/** What is used of the store inside aedes; not its public face, so a test pins it. */
interface SessionStore {
  cleanSubscriptions(client: { readonly id: string }): Promise<unknown>
}

function forgetSession(aedes: Aedes, id: string): void {
  const { persistence } = aedes as unknown as { persistence: SessionStore }
  persistence.cleanSubscriptions({ id }).catch(() => {})
}

function addTo<T>(sets: Map<string, Set<T>>, key: string, value: T): void {
  const known = sets.get(key)
  if (known) known.add(value)
  else sets.set(key, new Set([value]))
}

/** The packet is acknowledged, since a sender without its PUBACK would send it for ever; it goes nowhere. */
function dropPacket(packet: PublishPacket): void {
  packet.topic = NOWHERE
  packet.retain = false
  packet.payload = Buffer.alloc(0)
}
