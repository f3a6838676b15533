import { setTimeout } from 'node:timers/promises'
import { connect } from 'mqtt'
import type { MqttClient } from 'mqtt'
import { createBacklog } from './backlog.ts'

export interface GatewayOptions {
  /** `mqtt://127.0.0.1:1883` */
  readonly url: string
  readonly home: string
  readonly username: string
  readonly password: string
  /** Milliseconds that go on steadily. */
  readonly steady: () => number
  /** From publish to PUBACK, ms. */
  readonly onAcknowledged: (ms: number) => void
  /** The connection is refused or breaks; it is tried again. */
  readonly onTrouble: (error: Error) => void
  /** ms from one try to connect again to the next. */
  readonly reconnectEvery?: number
}

/** The box in a home: one MQTT connection, everything with QoS 1; without a link it keeps what it has to send. */
export interface Gateway {
  /**
   * Connects, and from then on connects again whenever the link breaks.
   * @throws when the first attempt fails
   */
  start(): Promise<void>
  /** Sends now, or in order when the connection is back. */
  publish(rest: string, payload: Buffer): void
  /** The link breaks, without a goodbye, until `mend`. */
  cut(): void
  mend(): void
  readonly isConnected: boolean
  /** Messages that nobody has acknowledged. */
  readonly waiting: number
  /** Messages that had no room. */
  readonly lost: number
  /** Waits at most two seconds for what is under way. */
  stop(): Promise<void>
}

const RECONNECT_EVERY = 1000
const STOP_TIME = 1000

export function createGateway(options: GatewayOptions): Gateway {
  let client: MqttClient | undefined
  let isCut = false
  const backlog = createBacklog<{ readonly topic: string; readonly payload: Buffer }>({
    send({ topic, payload }, done) {
      const from = options.steady()
      client?.publish(topic, payload, { qos: 1 }, (error) => {
        if (!error) options.onAcknowledged(options.steady() - from)
        done()
      })
    },
  })

  const isConnected = (): boolean => !isCut && client?.connected === true

  return {
    start() {
      const { url, username, password, reconnectEvery = RECONNECT_EVERY } = options
      client = connect(url, {
        clientId: `simulator-${username}`,
        username,
        password,
        keepalive: 30,
        reconnectPeriod: reconnectEvery,
      })
      const made = client
      made.on('connect', () => backlog.open())
      made.on('close', () => backlog.pause())
      return new Promise((fulfil, reject) => {
        const refuse = (cause: Error): void => {
          made.end(true)
          reject(new Error(`Cannot connect gateway ${username} to ${url}: ${whyNot(cause)}`, { cause }))
        }
        made.once('error', refuse)
        made.once('connect', () => {
          made.off('error', refuse)
          made.on('error', (error: Error) => options.onTrouble(new Error(whyNot(error), { cause: error })))
          fulfil()
        })
      })
    },
    publish(rest, payload) {
      backlog.add({ topic: `homes/${options.home}/${rest}`, payload })
    },
    cut() {
      isCut = true
      // MQTT.js forgets what is under way when it is ended.
      backlog.takeBack()
      client?.end(true)
    },
    mend() {
      if (!isCut) return
      isCut = false
      client?.reconnect()
    },
    get isConnected() {
      return isConnected()
    },
    get waiting() {
      return backlog.size
    },
    get lost() {
      return backlog.lost
    },
    async stop() {
      if (!client) return
      const last = options.steady() + STOP_TIME
      while (isConnected() && backlog.size > 0 && options.steady() < last) await setTimeout(20)
      // Without a connection there is nothing to say goodbye to, and a wait for it would not end.
      const ending = client.endAsync(!isConnected())
      await Promise.race([ending, setTimeout(STOP_TIME, undefined, { ref: false })])
      client.end(true)
    },
  }
}

/** Node wraps the reasons of several addresses into one error without a message. */
function whyNot(cause: Error & { errors?: readonly Error[] }): string {
  return cause.message || (cause.errors?.[0]?.message ?? cause.name)
}
