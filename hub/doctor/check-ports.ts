import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Config } from '../config.ts'
import { findingsOf } from './finding.ts'
import type { Finding } from './finding.ts'

interface Port {
  readonly setting: string
  readonly host: string
  readonly port: number
}

/** Whether the ports of a configuration are free for the hub, or its own. */
export async function checkPorts({ mqtt, http }: Config, isRunning: boolean): Promise<readonly Finding[]> {
  const { websocket } = mqtt
  const ports: Port[] = [
    { setting: 'mqtt', host: mqtt.host, port: mqtt.port },
    ...(mqtt.tls ? [{ setting: 'mqtt.tls', host: mqtt.tls.host, port: mqtt.tls.port }] : []),
    ...(websocket?.port === undefined
      ? []
      : [{ setting: 'mqtt.websocket', host: websocket.host ?? mqtt.host, port: websocket.port }]),
    { setting: 'http', host: http.host, port: http.port },
  ]
  return await Promise.all(ports.filter(({ port }) => port !== 0).map((one) => checkPort(one, isRunning)))
}

async function checkPort({ setting, host, port }: Port, isRunning: boolean): Promise<Finding> {
  const { ok, warn, fail } = findingsOf(`port ${port}`)
  const problem = await whyNotFree(host, port)
  if (problem === undefined) {
    return isRunning
      ? warn(
          `The hub that runs does not listen on ${host}:${port} (${setting}).`,
          'Was it started with another configuration? Give that one to --config, or start the hub again.',
        )
      : ok(`${host}:${port} is free for ${setting}.`)
  }
  if (problem === 'EADDRINUSE') {
    return isRunning
      ? ok(`${host}:${port} is in use (${setting}).`)
      : fail(
          `Another program has ${host}:${port} (${setting}).`,
          `See which: ss -ltnp 'sport = :${port}'. Stop it, or choose another ${setting}.port.`,
        )
  }
  if (isRunning && problem === 'EACCES')
    return ok(`${host}:${port} needs rights that this user has not (${setting}).`)
  return fail(
    `Cannot listen on ${host}:${port} (${setting}): ${problem}.`,
    `Choose another ${setting}.host or port.`,
  )
}

async function whyNotFree(host: string, port: number): Promise<string | undefined> {
  const server = createServer()
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    return undefined
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code ?? String(cause)
  } finally {
    server.close()
  }
}
