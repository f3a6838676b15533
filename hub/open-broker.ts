import type { SecureContextOptions } from 'node:tls'
import type { Logger } from 'pino'
import { ListenError, startBroker } from './broker/broker.ts'
import type { Broker, BrokerOptions } from './broker/broker.ts'
import type { Intake } from './broker/intake.ts'
import type { ListenerOptions } from './broker/listeners.ts'
import type { Config } from './config.ts'
import type { RunningCore } from './core/create-core.ts'
import type { GatewayCertificates } from './database/gateway-certificates.ts'
import type { Registry } from './database/registry.ts'
import { hostInUrl, listenProblem } from './listen-problem.ts'
import { servedGateways } from './office/served-gateways.ts'

export interface OpenBrokerParts {
  readonly core: RunningCore
  readonly registry: Registry
  readonly certificates: GatewayCertificates
  /** What the hub shows over TLS, where `mqtt.tls` is set up. */
  readonly shown?: SecureContextOptions
  readonly intake: Intake
  readonly count: BrokerOptions['count']
  readonly log: Logger
}

export interface OpenBroker {
  readonly broker: Broker
  /** MQTT over WebSocket has no port of its own: it comes over the console's. */
  readonly isOnHttp: boolean
  /** @param url of the console */
  addresses(url: string): {
    readonly mqttPort: number
    readonly mqttsPort?: number
    readonly webSocketUrl?: string
  }
}

/**
 * Starts the broker with the listeners of a configuration, for the gateways of the registry.
 * @throws Error with what to do when it cannot listen
 */
export async function openBroker(config: Config, parts: OpenBrokerParts): Promise<OpenBroker> {
  const { mqtt } = config
  const { core, registry, certificates } = parts
  const listeners = listenersOf(config, parts.shown)
  const served = servedGateways(registry, core)
  const broker = await startBroker({
    core,
    intake: parts.intake,
    gateways: {
      ...served,
      gatewayWithCertificate(fingerprint) {
        const known = certificates.inForce(fingerprint)
        return known && served.gateway(known.gateway) && { id: known.gateway, home: known.home }
      },
      certificateShown: (fingerprint) => certificates.shown(fingerprint, core.now()),
    },
    listeners,
    ...(mqtt.tls && { clientCertificates: mqtt.tls.clientCertificates }),
    limits: {
      packet: mqtt.maxPacket,
      connections: mqtt.maxConnections,
      keepalive: mqtt.maxKeepalive,
      ...mqtt.limits,
    },
    log: parts.log,
    count: parts.count,
  }).catch((cause: unknown) => {
    if (!(cause instanceof ListenError)) throw cause
    const { over, host, port } = cause.listener
    const name = over === 'tcp' ? 'mqtt' : over === 'tls' ? 'mqtt.tls' : 'mqtt.websocket'
    throw listenProblem(cause.cause, name, host, port)
  })
  const portOf = (...over: readonly ListenerOptions['over'][]): number | undefined =>
    broker.ports[listeners.findIndex((one) => over.includes(one.over))]
  return {
    broker,
    isOnHttp: mqtt.websocket !== undefined && mqtt.websocket.port === undefined,
    addresses(url) {
      const mqttsPort = portOf('tls')
      const ownPort = portOf('websocket', 'secure-websocket')
      const webSocketUrl = !mqtt.websocket
        ? undefined
        : ownPort === undefined
          ? `${url.replace(/^http/, 'ws')}/mqtt`
          : `${parts.shown ? 'wss' : 'ws'}://${hostInUrl(mqtt.host)}:${ownPort}/mqtt`
      return {
        mqttPort: portOf('tcp') ?? 0,
        ...(mqttsPort !== undefined && { mqttsPort }),
        ...(webSocketUrl !== undefined && { webSocketUrl }),
      }
    },
  }
}

function listenersOf({ mqtt }: Config, shown: OpenBrokerParts['shown']): ListenerOptions[] {
  const secure = shown && { options: shown, askForCertificate: mqtt.tls?.clientCertificates !== 'none' }
  const listeners: ListenerOptions[] = [{ over: 'tcp', host: mqtt.host, port: mqtt.port }]
  if (secure && mqtt.tls) listeners.push({ over: 'tls', host: mqtt.tls.host, port: mqtt.tls.port, secure })
  const port = mqtt.websocket?.port
  if (port === undefined) return listeners
  const own = mqtt.websocket?.host
  if (secure && mqtt.tls) {
    listeners.push({ over: 'secure-websocket', host: own ?? mqtt.tls.host, port, secure })
  } else listeners.push({ over: 'websocket', host: own ?? mqtt.host, port })
  return listeners
}
