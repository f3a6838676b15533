import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { SecureContextOptions } from 'node:tls'
import { Aedes } from 'aedes'
import type { AuthenticateError, Client, PublishPacket } from 'aedes'
import { accessTo } from './access.ts'
import type { Identity } from './access.ts'
import { createAddresses } from './addresses.ts'
import type { AddressesFacts, AddressLimits, Visit } from './addresses.ts'
import { createControlPackets } from './control-packets.ts'
import { deliverWithoutWaiting } from './deliver.ts'
import { createFloodWatch } from './flood-watch.ts'
import { identify } from './identify.ts'
import type { CertificatePolicy, GatewayDirectory } from './identify.ts'
import { listen } from './listeners.ts'
import type { Listener, ListenerOptions } from './listeners.ts'
import { grantQos0 } from './grant-qos.ts'
import type { Arrival, Intake } from './intake.ts'
import { limitPackets } from './packet-limit.ts'
import { passOnToSubscribers } from './pass-on.ts'
import { quietLog } from './quiet-log.ts'
import { createReconnects } from './reconnects.ts'
import { createRetained } from './retained.ts'
import type { RetainedFacts } from './retained.ts'
import { boundSessions } from './sessions.ts'
import { SHARE, TURN, createTurns } from './turns.ts'
import type { GatewayRate, Lane, TurnsFacts } from './turns.ts'
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
  readonly count: (what: BrokerCount) => void
}

/** What is counted: `docs/limits.md` says what each means. */
export const BROKER_COUNTS = [
  'refused-connect',
  'violation',
  'error',
  'refused-gateway',
  'failed-sign-in',
  'delayed-sign-in',
  'control-packets',
  'refused-subscription',
  'not-retained',
  'not-forwarded',
  'full',
  'address-full',
  'address-too-fast',
] as const
export type BrokerCount = (typeof BROKER_COUNTS)[number]

export interface BrokerLimits {
  /** Bytes of one packet. */
  readonly packet: number
  /** At all listeners together. */
  readonly connections: number
  /** Longest keepalive a client may ask for, seconds: a broken link is noticed after 1.5 times that. */
  readonly keepalive: number
  readonly address: AddressLimits
  readonly gateway: GatewayRate & {
    /** Open at a time. */
    readonly connections: number
  }
}

export const DEFAULT_LIMITS: BrokerLimits = {
  packet: 256 * 1024,
  connections: 20_000,
  keepalive: 90,
  address: { connections: 2000, newConnections: 50, failedSignIns: 20, except: ['127.0.0.1', '::1'] },
  gateway: { connections: 20, rate: 50, backlog: 200_000 },
}

/** How full it is where there is a limit. */
export interface BrokerFacts {
  readonly addresses: AddressesFacts
  /** Connections, signed in or not, by what they came over; those over the console's port are `http`. */
  readonly over: Readonly<Record<string, number>>
  readonly turns: TurnsFacts
  readonly retained: RetainedFacts
  /** Messages on their way to subscribers. */
  readonly passingOn: number
}

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
  facts(): BrokerFacts
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
/** Sessions that a gateway may ask to be kept; of more, the oldest that is not connected is forgotten. */
const KEPT_SESSIONS = 20
/** Of one client. */
const SUBSCRIPTIONS = 100
const LONGEST_FILTER = 512
/** A gateway of which so much waits may not come with more connections: what it sent before it closed others. */
const MOST_WAITING = { messages: 20_000, bytes: 8 * 1024 * 1024 }
/** A connection on which nobody has proved who they are by then is closed: 10 s for TLS, 10 s for CONNECT, and the wait after failures. */
const UNKNOWN_FOR = 25_000
/** On a slow disk two turns gather behind the one that is written: so long the others wait at most. */
const MOST_UNWRITTEN = 2 * (TURN + SHARE)
/** What a CONNECT counts among the control packets of a gateway: ten a second. */
const CONNECT_COUNTS = 640

/** Who a client is, and where its messages wait. */
interface Member extends Identity {
  readonly lane: Lane<Waiting>
}

interface Waiting {
  readonly client: Client
  readonly packet: PublishPacket
  readonly done: (error?: Error | null) => void
}

/** MQTT 3.1.1 over TCP, TLS and WebSocket. What is acknowledged is on disk: the commit comes before the PUBACK. */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
  const { core, intake, gateways, limits, count, clientCertificates = 'none' } = options
  const steady = (): number => performance.now()
  const log = quietLog(options.log, steady)
  const identities = new WeakMap<Client, Member>()
  const hasNoId = new WeakSet<Client>()
  /** What each client came in by: a TLS connection knows its certificate. */
  const socketOf = new WeakMap<Client, Socket>()
  const visits = new WeakMap<Client, Visit>()
  /** Who has proved who they are, and is not gone, by gateway. */
  const live = new Map<string, Set<Client>>()
  /** Ids of clients that asked for a session to be kept, by gateway. */
  const keptSessions = new Map<string, Set<string>>()
  const sentAway = new WeakSet<Client>()
  const connected = new Map<string, number>()
  const reconnects = createReconnects()
  const audited = new Map<string, number>()
  const retained = createRetained()
  const addresses = createAddresses(limits.address, limits.connections, steady)
  const controlPackets = createControlPackets()
  /** What each client is subscribed to. */
  const subscribed = new WeakMap<Client, Set<string>>()
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
      // The database may be closed already.
      if (isStopping)
        return done(Object.assign(new Error('the hub stops'), { returnCode: 3 }) as AuthenticateError, null)
      const refuse = (returnCode: number, reason: string, wait = 0): void => {
        count('refused-connect')
        // What else is written there may be a password in the wrong field.
        const gateway = username && gateways.gateway(username) ? username : null
        log.warn(
          { gateway, from: socketOf.get(client)?.remoteAddress ?? 'unknown', reason },
          'connection refused',
        )
        const answer = (): void =>
          done(Object.assign(new Error(reason), { returnCode }) as AuthenticateError, null)
        if (wait > 0) setTimeout(answer, wait).unref()
        else answer()
      }
      if (hasNoId.has(client)) return refuse(2, 'an empty client id needs clean=true')
      if (client.id.length > LONGEST_CLIENT_ID) return refuse(2, 'the client id is too long')
      const socket = socketOf.get(client)
      const visit = visits.get(client)
      if (!socket || !visit) return refuse(3, 'the connection is gone')
      const shown = { username: username ?? undefined, password: password ?? undefined, socket }
      const identified = identify(shown, gateways, clientCertificates, Date.now())
      if (!identified.ok) {
        count('failed-sign-in')
        const wait = visit.failed()
        if (wait > 0) count('delayed-sign-in')
        return refuse(identified.returnCode, identified.reason, wait)
      }
      visit.signedIn()
      const { gateway, home } = identified.identity
      const lane = turns.lane(gateway)
      // Sessions belong to the identity: nobody takes over another gateway's.
      const id = `${gateway}/${client.id}`
      const full = whyFull(gateway, id, lane)
      if (full !== undefined) {
        count('refused-gateway')
        return refuse(3, full)
      }
      identities.set(client, { gateway, home, lane })
      remember(client, gateway)
      client.id = id
      if (!client.clean) keepSession(gateway, id)
      done(null, true)
    },
    authorizePublish(client, packet, done) {
      try {
        const member = client && identities.get(client)
        if (!client || !member || turns.goes(member.lane, packet.payload.length)) {
          takePublish(client, packet, done)
        } else turns.wait(member.lane, { client, packet, done }, packet.payload.length)
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
      const filters = subscribed.get(client) ?? new Set()
      subscribed.set(client, filters)
      if (
        subscription.topic.length > LONGEST_FILTER ||
        (filters.size >= SUBSCRIPTIONS && !filters.has(subscription.topic))
      ) {
        count('refused-subscription')
        done(null, null)
        return
      }
      filters.add(subscription.topic)
      listening.add(identity.home)
      done(null, subscription)
    },
    authorizeForward(client, packet) {
      // Whatever is stored about subscriptions, no home hears another.
      const identity = identities.get(client)
      return identity && accessTo(packet.topic, identity).allowed ? packet : null
    },
  })

  const floodWatch = createFloodWatch({
    core,
    rate: limits.gateway.rate,
    homeOf: (gateway) => gateways.gateway(gateway)?.home,
    log,
  })
  const turns = createTurns<Waiting>({
    limits: limits.gateway,
    now: core.now,
    isBehind: () => core.unwritten() > MOST_UNWRITTEN,
    take({ client, packet, done }) {
      try {
        takePublish(client, packet, (error) => {
          // There is nobody to acknowledge it to, and nothing to be said of each of what may be thousands.
          const isAwaited = packet.qos > 0 && (packet as { messageId?: number }).messageId !== undefined
          if (!client.closed || !isAwaited) done(error)
        })
      } catch (cause) {
        count('error')
        done(cause instanceof Error ? cause : new Error(String(cause)))
      }
    },
    onFlood: (gateway, isFlooding) => floodWatch.tell(gateway, isFlooding),
  })

  /** @param id of the client, with the gateway's */
  function whyFull(gateway: string, id: string, lane: Lane<Waiting>): string | undefined {
    if (!controlPackets.take(gateway, CONNECT_COUNTS, core.now())) return 'the gateway connects too often'
    // One that takes over a connection of its own needs no room.
    const open = live.get(gateway)
    if (
      open &&
      open.size >= limits.gateway.connections &&
      ![...open].some((one) => one.id === id && !one.closed)
    ) {
      return `the gateway has ${open.size} connections already`
    }
    if (lane.waiting.length - lane.next > MOST_WAITING.messages || lane.bytes > MOST_WAITING.bytes) {
      return 'too much waits that the gateway has sent'
    }
    return undefined
  }

  function keepSession(gateway: string, id: string): void {
    const ids = keptSessions.get(gateway) ?? new Set()
    keptSessions.set(gateway, ids)
    ids.delete(id)
    ids.add(id)
    if (ids.size <= KEPT_SESSIONS) return
    const connectedIds = new Set([...(live.get(gateway) ?? [])].map((client) => client.id))
    for (const old of ids) {
      if (old === id || connectedIds.has(old)) continue
      ids.delete(old)
      sessions.forget(old)
      break
    }
  }

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
    if (packet.retain && !retained.mayKeep(identity.home, packet.topic, payload.length)) {
      count('not-retained')
      packet.retain = false
    }
    if (packet.qos === 2) controlPackets.expectOne(identity.gateway)
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

  /** Over the console's port. */
  let overHttp = 0

  function admit(socket: Socket): Visit | undefined {
    const { remoteAddress } = socket
    // It is gone already.
    if (remoteAddress === undefined) return undefined
    const admitted = addresses.admit(remoteAddress, () => socket.destroy())
    if (!admitted.ok) {
      count(admitted.why)
      log.warn({ from: remoteAddress, reason: admitted.why }, 'a connection was not let in')
      return undefined
    }
    const { visit } = admitted
    const timer = setTimeout(() => socket.destroy(), UNKNOWN_FOR)
    timer.unref()
    socket.once('close', () => {
      clearTimeout(timer)
      visit.ended()
    })
    return {
      ...visit,
      signedIn() {
        clearTimeout(timer)
        visit.signedIn()
      },
    }
  }

  const entrance = {
    packet: limits.packet,
    admit,
    accept(stream: Duplex, socket: Socket, visit: Visit): void {
      const client = aedes.handle(stream)
      socketOf.set(client, socket)
      visits.set(client, visit)
      limitPackets(client, {
        length: limits.packet,
        refuse(cmd, length) {
          const identity = identities.get(client)
          if (!identity || controlPackets.take(identity.gateway, length, core.now())) return undefined
          count('control-packets')
          return `too many packets that are no messages, such as this ${cmd.toUpperCase()}`
        },
      })
      grantQos0(client)
      deliverWithoutWaiting(client, () => count('not-forwarded'))
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
  const sessions = boundSessions(
    aedes,
    retained,
    (client, filter) => subscribed.get(client)?.has(filter) ?? false,
  )
  aedes.on('unsubscribe', (filters, client) => {
    for (const filter of filters) subscribed.get(client)?.delete(filter)
  })
  const listeners: Listener[] = []
  const webSockets = createWebSocketEntrance({
    packet: limits.packet,
    accept: entrance.accept,
    visitOf(socket) {
      const visit = admit(socket)
      if (visit) {
        overHttp++
        socket.once('close', () => overHttp--)
      }
      return visit
    },
  })
  const stop = async (): Promise<void> => {
    if (isStopping) return
    isStopping = true
    for (const listener of listeners) listener.close()
    turns.stop()
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
    for (const id of keptSessions.get(gateway) ?? []) sessions.forget(id)
    keptSessions.delete(gateway)
    if (clients.length > 0)
      log.warn({ gateway, connections: clients.length, why }, 'a gateway was disconnected')
    return clients.length
  }

  return {
    ports: listeners.map(({ port }) => port),
    connections: () => aedes.connectedClients,
    reconnects: (gateway) => reconnects.loopOf(gateway, core.now()),
    facts() {
      const over: Record<string, number> = { http: overHttp }
      for (const listener of listeners) over[listener.over] = listener.connections()
      const { mq } = aedes as unknown as { mq: { length: number; current: number } }
      return {
        addresses: addresses.facts(),
        over,
        turns: turns.facts(),
        retained: retained.facts(),
        passingOn: mq.length + mq.current,
      }
    },
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
      retained.forget(home)
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
