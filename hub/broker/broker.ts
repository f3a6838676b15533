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
import { createAdmit } from './admit.ts'
import { createControlPackets } from './control-packets.ts'
import { deliverWithoutWaiting } from './deliver.ts'
import { isDropped } from './drop-packet.ts'
import { createFloodWatch } from './flood-watch.ts'
import { identify } from './identify.ts'
import type { CertificatePolicy, GatewayDirectory } from './identify.ts'
import { listen } from './listeners.ts'
import type { Listener, ListenerOptions } from './listeners.ts'
import { grantQos0 } from './grant-qos.ts'
import type { Intake } from './intake.ts'
import { createMembers } from './members.ts'
import { limitPackets } from './packet-limit.ts'
import { passOnToSubscribers } from './pass-on.ts'
import { quietLog } from './quiet-log.ts'
import { createRetained } from './retained.ts'
import type { RetainedFacts } from './retained.ts'
import { boundSessions } from './sessions.ts'
import { createSubscriptions } from './subscriptions.ts'
import { createTakePublish } from './take-publish.ts'
import { SHARE, TURN, createTurns } from './turns.ts'
import type { GatewayRate, Lane, TurnsFacts } from './turns.ts'
import { createViolations } from './violations.ts'
import { createWebSocketEntrance } from './websocket.ts'
import type { WebSocketEntrance } from './websocket.ts'
import type { Core } from '../core/core.ts'

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

const LONGEST_CLIENT_ID = 256
/** A gateway of which so much waits may not come with more connections: what it sent before it closed others. */
const MOST_WAITING = { messages: 20_000, bytes: 8 * 1024 * 1024 }
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
  const hasNoId = new WeakSet<Client>()
  /** What each client came in by: a TLS connection knows its certificate. */
  const socketOf = new WeakMap<Client, Socket>()
  const visits = new WeakMap<Client, Visit>()
  const members = createMembers<Member>({
    core,
    connections: limits.gateway.connections,
    forgetSession: (id) => sessions.forget(id),
    log,
  })
  const retained = createRetained()
  const addresses = createAddresses(limits.address, limits.connections, steady)
  const controlPackets = createControlPackets()
  const subscriptions = createSubscriptions()
  const violations = createViolations({ core, onEach: () => count('violation'), log })
  const takePublish = createTakePublish({
    core,
    intake,
    identityOf: (client) => (members.isSentAway(client) ? undefined : members.of(client)),
    retained,
    controlPackets,
    violations,
    onNotRetained: () => count('not-retained'),
  })
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
      members.add(client, { gateway, home, lane }, id)
      done(null, true)
    },
    authorizePublish(client, packet, done) {
      try {
        const member = client && members.of(client)
        if (!client || !member || turns.goes(member.lane, packet.payload.length)) {
          takePublish(client, packet, done)
        } else turns.wait(member.lane, { client, packet, done }, packet.payload.length)
      } catch (cause) {
        count('error')
        done(cause instanceof Error ? cause : new Error(String(cause)))
      }
    },
    authorizeSubscribe(client, subscription, done) {
      const identity = client && members.of(client)
      if (!client || !identity) return done(null, null)
      const answer = subscriptions.ask(client, identity, subscription.topic)
      if (answer === 'not-its-own') violations.note(identity, 'subscribe', subscription.topic)
      if (answer === 'too-many') count('refused-subscription')
      done(null, answer === 'granted' ? subscription : null)
    },
    authorizeForward(client, packet) {
      // Whatever is stored about subscriptions, no home hears another.
      const identity = members.of(client)
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
    const noRoom = members.whyNoRoom(gateway, id)
    if (noRoom !== undefined) return noRoom
    if (lane.waiting.length - lane.next > MOST_WAITING.messages || lane.bytes > MOST_WAITING.bytes) {
      return 'too much waits that the gateway has sent'
    }
    return undefined
  }

  passOnToSubscribers(aedes, (topic) => isDropped(topic) || subscriptions.isForNobody(topic))

  aedes.on('client', (client) => {
    if (!isStopping) members.came(client)
  })
  aedes.on('clientDisconnect', (client) => {
    if (!isStopping) members.left(client)
  })
  const tellError = (client: Client, error: Error): void => {
    count('error')
    const gateway = members.of(client)?.gateway ?? null
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

  const admit = createAdmit(addresses, count, log)
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
          const identity = members.of(client)
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
  const sessions = boundSessions(aedes, retained, subscriptions.isGranted)
  aedes.on('unsubscribe', (filters, client) => subscriptions.end(client, filters))
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

  return {
    ports: listeners.map(({ port }) => port),
    connections: () => aedes.connectedClients,
    reconnects: members.reconnects,
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
    disconnect: members.disconnect,
    disconnectHome(home, why) {
      const closed = members.disconnectHome(home, why)
      retained.forget(home)
      subscriptions.forgetHome(home)
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
