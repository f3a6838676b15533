import { connect } from 'mqtt'
import type { IClientOptions, IPublishPacket, ISubscriptionGrant, MqttClient } from 'mqtt'
import type { Core } from '../core/core.ts'
import type { Input } from '../model/input.ts'
import { serviceOf } from '../model/service-state.ts'
import type { ConnectorFacts } from '../model/system.ts'
import { fillTemplate, parseTopicPattern } from '../source/topic-pattern.ts'
import { shownTopic } from '../source/shown-topic.ts'
import { sayConnectorError } from './connector-error.ts'
import type { ConnectorHomes } from './connector-homes.ts'
import type { Intake } from './intake.ts'
import { createPacketLengths } from './packet-lengths.ts'

/** One broker that others own, and whose messages are whose. */
export interface ConnectorOptions {
  readonly id: string
  readonly url: string
  readonly username?: string
  readonly password?: string
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly clientId: string
  readonly protocol: 4 | 5
  /** ms */
  readonly keepalive: number
  /** How long the broker keeps the session (MQTT 5), ms. */
  readonly session: number
  readonly inFlight: number
  readonly subscriptions: readonly {
    readonly topic: string
    readonly as?: string | undefined
    readonly home?: string | undefined
  }[]
}

export interface ConnectorParts {
  readonly core: Pick<Core, 'submit' | 'now' | 'home'>
  readonly intake: Intake
  readonly homes: Pick<ConnectorHomes, 'homeOf'>
  readonly later: (call: () => void, ms: number) => () => void
  /** From 0 to 1. */
  readonly random: () => number
  /** It works again, or does not; not before it was so for a while. */
  readonly onState: (facts: ConnectorFacts) => void
  readonly count: (what: ConnectorCount) => void
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
}

/** `unknown`: of no registered home; `failed`: could not be written, and will come again. */
export type ConnectorCount = 'taken' | 'retained' | 'unknown' | 'failed'

export interface Connector {
  facts(): ConnectorFacts
  start(): void
  stop(): Promise<void>
}

/** Seconds to wait before the 1st, 2nd, … new attempt; the last one again and again. */
const WAITS = [1, 2, 5, 10, 20, 40, 60]
/** A connection that lasted so long was a good one: the waits begin anew. */
const STEADY = 30_000
/** So long without a connection is told to people. */
export const DOWN_AFTER = 60_000
const CONNECT_TIMEOUT = 15_000
const MOST_UNKNOWN = 20
/** Bytes. Of what is longer so much is read, which is no JSON any more: it is kept as undecoded, and of an alarm sensor raised. */
const LARGEST_PAYLOAD = 1024 * 1024
/** Bytes. MQTT.js keeps a packet until it is whole, up to 256 MB: a broker that sends a larger one than this is left. */
const LARGEST_PACKET = 16 * 1024 * 1024
/** So often at most the log says that devices of nobody are heard. */
const SAY_UNKNOWN_EVERY = 60_000

/**
 * The hub as a client of a broker that it does not own. A message is acknowledged after the commit, and one that could
 * not be written is not: MQTT.js would go on with the next, so that connection is thrown away with all that came on it,
 * and the broker delivers it again to the next one. One message is taken at a time, in order; the rest waits in the socket.
 */
export function createConnector(options: ConnectorOptions, parts: ConnectorParts): Connector {
  const { id } = options
  const { core, intake, homes, log } = parts
  const routes = options.subscriptions.map(({ topic, as = '{rest}', home }) => ({
    pattern: parseTopicPattern(topic),
    as,
    home,
  }))
  /** What the settings write into topics themselves. */
  const written = new Set(options.subscriptions.flatMap(({ topic }) => topic.split('/')))
  const isKnown = (level: string): boolean => written.has(level) || core.home(level) !== undefined
  let client: MqttClient | undefined
  let ok = false
  let since = core.now()
  let error: string | undefined
  let lastMessageAt: number | undefined
  let failures = 0
  let isStopped = false
  let told: string | undefined
  let cancelWait = (): void => {}
  let cancelSteady = (): void => {}
  let cancelDown = (): void => {}
  let unknownSaidAt = -Infinity
  let unknownCount = 0
  /** Topics of devices that belong to no home, the newest last. */
  const unknown = new Set<string>()

  function facts(): ConnectorFacts {
    return {
      connector: id,
      ok,
      since,
      ...(lastMessageAt !== undefined && { lastMessageAt }),
      ...(error !== undefined && { error }),
      ...(unknownCount > 0 && { unknown: { count: unknownCount, topics: [...unknown] } }),
    }
  }

  function tell(): void {
    const news = ok ? 'ok' : `not ${error}`
    if (told === news) return
    told = news
    parts.onState(facts())
  }

  function isUp(): void {
    ok = true
    since = core.now()
    error = undefined
    cancelDown()
    cancelDown = () => {}
    cancelSteady = parts.later(() => (failures = 0), STEADY)
    log.info({ connector: id }, 'connected to its broker')
    tell()
  }

  /** @param why for people */
  function isDown(why: string): void {
    const was = ok
    ok = false
    if (was) since = core.now()
    if (was || error !== why) log.warn({ connector: id, reason: why }, 'no connection to its broker')
    error = why
    cancelSteady()
    cancelDown()
    const left = Math.max(0, since + DOWN_AFTER - core.now())
    cancelDown = parts.later(tell, left)
  }

  function open(): void {
    if (isStopped) return
    const { url, protocol, username, password, ca, cert, key, clientId, session, inFlight, keepalive } =
      options
    const settings: IClientOptions = {
      clientId,
      // What comes while the hub is away waits at the broker.
      clean: false,
      protocolVersion: protocol,
      keepalive: Math.round(keepalive / 1000),
      connectTimeout: CONNECT_TIMEOUT,
      // A new client for each attempt: nothing of the one before may be acknowledged on it.
      reconnectPeriod: 0,
      resubscribe: false,
      rejectUnauthorized: true,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(protocol === 5 && {
        properties: {
          sessionExpiryInterval: Math.round(session / 1000),
          receiveMaximum: inFlight,
          // Such a broker does not send what is larger, and goes on.
          maximumPacketSize: LARGEST_PACKET,
        },
      }),
    }
    const own = connect(url, settings)
    client = own
    let why: string | undefined
    const largestIn = createPacketLengths()
    own.stream.on('data', (bytes: Uint8Array) => {
      const largest = largestIn(bytes)
      if (largest <= LARGEST_PACKET || client !== own) return
      lose(own, `the broker sends a packet of ${largest} bytes, allowed are ${LARGEST_PACKET}`)
    })
    own.handleMessage = (packet, done) => take(own, packet, done)
    own.on('error', (cause) => {
      const told = cause as Error & { code?: number | string; errors?: readonly Error[] }
      // Several addresses of one name: the first says as much as all.
      why ??= sayConnectorError(told.errors?.[0] ?? told)
      if (client === own) lose(own, why)
    })
    own.on('disconnect', ({ reasonCode }) => {
      if (reasonCode !== undefined) why ??= sayConnectorError({ code: reasonCode })
    })
    own.on('close', () => {
      if (client === own) lose(own, why ?? 'the broker closed the connection')
    })
    own.on('connect', () => subscribe(own))
  }

  function subscribe(own: MqttClient): void {
    // With MQTT 5 a session that goes on gets no retained messages once more.
    const filters = Object.fromEntries(
      routes.map(({ pattern }) => [pattern.filter, { qos: 1 as const, rh: 1 }]),
    )
    own.subscribe(filters, (cause, granted) => {
      if (client !== own) return
      const refused = (granted as ISubscriptionGrant[] | undefined)?.find(({ qos }) => qos >= 128)
      if (refused) return lose(own, `the broker does not let it subscribe to ${refused.topic}`)
      if (cause) return lose(own, sayConnectorError(cause))
      isUp()
    })
  }

  /** Ends this connection, without DISCONNECT, and tries again after a while. */
  function lose(own: MqttClient, why: string): void {
    client = undefined
    own.on('error', () => {})
    own.end(true)
    if (isStopped) return
    isDown(why)
    failures++
    const wait = (WAITS[Math.min(failures, WAITS.length) - 1] ?? 60) * 1000
    cancelWait = parts.later(open, Math.round(wait * (0.8 + 0.4 * parts.random())))
  }

  function take(own: MqttClient, packet: IPublishPacket, done: (error?: Error) => void): void {
    if (client !== own) return
    let inputs: readonly Input[]
    try {
      inputs = inputsOf(packet)
    } catch (cause) {
      // Not of the message, or the same would come for ever: there is nothing in it that may throw.
      parts.count('failed')
      return lose(
        own,
        `a message could not be taken: ${cause instanceof Error ? cause.message : String(cause)}`,
      )
    }
    core.submit(inputs, (cause) => {
      // Of a connection that is gone: the broker sends it again.
      if (client !== own) return
      if (cause) {
        parts.count('failed')
        return lose(own, 'what came could not be written')
      }
      lastMessageAt = core.now()
      done()
    })
  }

  function inputsOf({
    topic: given,
    payload: raw,
    qos,
    messageId,
    dup,
    retain,
  }: IPublishPacket): readonly Input[] {
    const topic = given.toString()
    const payload = typeof raw === 'string' ? Buffer.from(raw) : raw
    const place = placeOf(topic)
    if (!place) {
      parts.count('unknown')
      noteUnknown(topic)
      return []
    }
    if (payload.length === 0 && retain) return []
    parts.count(retain ? 'retained' : 'taken')
    return intake.inputsOf(
      {
        home: place.home,
        topic: `homes/${place.home}/${place.rest}`,
        rest: place.rest,
        payload: payload.subarray(0, LARGEST_PAYLOAD),
        ...(retain && { retained: true }),
        ...(qos > 0 &&
          messageId !== undefined && {
            sent: { client: `connector:${id}`, packetId: messageId, dup: dup === true },
          }),
      },
      core.now(),
    )
  }

  /** Which home a message is of, and what its topic there would be. */
  function placeOf(topic: string): { readonly home: string; readonly rest: string } | undefined {
    for (const { pattern, as, home: fixed } of routes) {
      const found = pattern.match(topic)
      if (!found) continue
      const home = fixed ?? found['home'] ?? homes.homeOf(id, found['device'] ?? '')
      const facts = home === undefined ? undefined : core.home(home)
      // As with its gateways: a home that is closed is heard no more.
      if (facts && serviceOf(facts) !== 'closed') return { home: facts.id, rest: fillTemplate(as, found) }
    }
    return undefined
  }

  function noteUnknown(topic: string): void {
    unknownCount++
    const short = topic.slice(0, 200)
    unknown.delete(short)
    unknown.add(short)
    for (const first of unknown) {
      if (unknown.size <= MOST_UNKNOWN) break
      unknown.delete(first)
    }
    if (core.now() - unknownSaidAt < SAY_UNKNOWN_EVERY) return
    unknownSaidAt = core.now()
    log.warn(
      { connector: id, topic: shownTopic(topic, isKnown) },
      'a message belongs to no registered home or sensor',
    )
  }

  return {
    facts,
    start() {
      since = core.now()
      cancelDown = parts.later(tell, DOWN_AFTER)
      open()
    },
    async stop() {
      if (isStopped) return
      isStopped = true
      for (const cancel of [cancelWait, cancelSteady, cancelDown]) cancel()
      const own = client
      client = undefined
      if (own) await own.endAsync(true)
    },
  }
}
