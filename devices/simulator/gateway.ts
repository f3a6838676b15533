import { connect } from 'mqtt'
import type { MqttClient } from 'mqtt'

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
}

/** The box in a home: one MQTT connection, everything with QoS 1. */
export interface Gateway {
  /**
   * Connects, and from then on connects again whenever the link breaks.
   * @throws when the first attempt fails
   */
  start(): Promise<void>
  /** Sends now, or when the connection is back. */
  publish(rest: string, payload: Buffer): void
  /** The link breaks, without a goodbye, until `mend`. */
  cut(): void
  mend(): void
  /** Waits at most a second for what is under way. */
  stop(): Promise<void>
}

const RECONNECT_EVERY = 1000
const STOP_TIME = 1000

export function createGateway(options: GatewayOptions): Gateway {
  let client: MqttClient | undefined
  let isCut = false

  return {
    start() {
      const { url, username, password } = options
      client = connect(url, {
        clientId: `simulator-${username}`,
        username,
        password,
        keepalive: 30,
        reconnectPeriod: RECONNECT_EVERY,
      })
      const made = client
      return new Promise((fulfil, reject) => {
        const refuse = (cause: Error): void => {
          made.end(true)
          reject(new Error(`Cannot connect gateway ${username} to ${url}: ${whyNot(cause)}`, { cause }))
        }
        made.once('error', refuse)
        made.once('connect', () => {
          made.off('error', refuse)
          made.on('error', options.onTrouble)
          fulfil()
        })
      })
    },
    publish(rest, payload) {
      if (isCut) return
      const from = options.steady()
      client?.publish(`homes/${options.home}/${rest}`, payload, { qos: 1 }, (error) => {
        if (!error) options.onAcknowledged(options.steady() - from)
      })
    },
    cut() {
      isCut = true
      client?.end(true)
    },
    mend() {
      if (!isCut) return
      isCut = false
      client?.reconnect()
    },
    async stop() {
      if (!client) return
      const ending = client.endAsync(isCut)
      await Promise.race([ending, new Promise((fulfil) => setTimeout(fulfil, STOP_TIME).unref())])
      client.end(true)
    },
  }
}

/** Node wraps the reasons of several addresses into one error without a message. */
function whyNot(cause: Error & { errors?: readonly Error[] }): string {
  return cause.message || (cause.errors?.[0]?.message ?? cause.name)
}
