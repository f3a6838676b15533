import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { SecureContextOptions } from 'node:tls'
import type { Duplex } from 'node:stream'
import type { Visit } from './addresses.ts'
import { createWebSocketEntrance } from './websocket.ts'
import type { WebSocketEntrance } from './websocket.ts'

/** Whoever has not finished the TLS handshake by then is cut off, ms. */
const HANDSHAKE_TIMEOUT = 10_000

/** A place where clients come in. */
export type ListenerOptions = { readonly host: string; /** 0: any free port. */ readonly port: number } & (
  | { readonly over: 'tcp' | 'websocket' }
  | { readonly over: 'tls' | 'secure-websocket'; readonly secure: ListenerSecurity }
)

export interface ListenerSecurity {
  readonly options: SecureContextOptions
  /** Ask clients for a certificate. Who they are is decided by the registry, not by who signed it. */
  readonly askForCertificate: boolean
}

export interface EntranceOptions {
  /** Bytes of one packet. */
  readonly packet: number
  /** Before a byte is read; undefined: it may not come in. It ends by itself with the socket. */
  readonly admit: (socket: Socket) => Visit | undefined
  /** @param socket the connection itself, TLS or not, where the stream lies on top of it */
  readonly accept: (stream: Duplex, socket: Socket, visit: Visit) => void
  readonly onError: (socket: Socket, error: Error) => void
}

export interface Listener {
  readonly over: ListenerOptions['over']
  readonly port: number
  connections(): number
  /** Another certificate, for who comes from now on. */
  secure(options: SecureContextOptions): void
  /** Lets nobody in any more. */
  close(): void
  /** Ends what is left. */
  stop(): Promise<void>
}

/** @throws Error with the code of the system when it cannot listen there */
export async function listen(options: ListenerOptions, entrance: EntranceOptions): Promise<Listener> {
  const { over, host, port } = options
  // All of them, also who has not said a word yet: they must not keep the hub from stopping.
  const sockets = new Map<string, { readonly socket: Socket; readonly visit: Visit }>()
  let webSockets: WebSocketEntrance | undefined
  let closed: Promise<void> | undefined
  const inner = create()
  inner?.on('tlsClientError', (error: Error, socket: Socket) => entrance.onError(socket, error))
  // Who may not come in costs neither a handshake nor a parser: what speaks TLS or HTTP stands behind this door.
  const door = createServer({ noDelay: true, allowHalfOpen: over === 'websocket' }, (socket) => {
    const visit = entrance.admit(socket)
    if (!visit) {
      socket.destroy()
      return
    }
    const key = keyOf(socket)
    sockets.set(key, { socket, visit })
    socket.once('close', () => sockets.delete(key))
    if (inner) inner.emit('connection', socket)
    else entrance.accept(socket, socket, visit)
  })
  await new Promise<void>((fulfil, reject) => {
    door.once('error', reject)
    door.listen(port, host, () => {
      door.off('error', reject)
      fulfil()
    })
  })
  const close = (): void => {
    closed ??= new Promise<void>((fulfil) => door.close(() => fulfil()))
  }
  return {
    over,
    port: (door.address() as AddressInfo).port,
    connections: () => sockets.size,
    secure(context) {
      if (inner && 'setSecureContext' in inner) inner.setSecureContext(context)
    },
    close,
    async stop() {
      close()
      webSockets?.stop()
      for (const { socket } of sockets.values()) socket.destroy()
      await closed
    },
  }

  function create(): ReturnType<typeof createTlsServer> | HttpServer | undefined {
    const tls = 'secure' in options ? tlsOptions(options.secure) : {}
    switch (over) {
      case 'tcp':
        return undefined
      case 'tls':
        return createTlsServer(tls, (socket) => {
          const visit = visitOf(socket)
          if (visit) entrance.accept(socket, socket, visit)
          else socket.destroy()
        })
      case 'websocket':
        return withWebSockets(createHttpServer(refusePage))
      case 'secure-websocket':
        return withWebSockets(createHttpsServer(tls, refusePage))
    }
  }

  function withWebSockets<T extends HttpServer | ReturnType<typeof createHttpsServer>>(on: T): T {
    webSockets = createWebSocketEntrance({ ...entrance, visitOf })
    on.on('upgrade', webSockets.upgrade)
    return on
  }

  /** Of a socket, or of what lies over it. */
  function visitOf(socket: Socket): Visit | undefined {
    return sockets.get(keyOf(socket))?.visit
  }
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

function tlsOptions({ options, askForCertificate }: ListenerSecurity) {
  return {
    ...options,
    handshakeTimeout: HANDSHAKE_TIMEOUT,
    // Any is taken as it is shown; that they have its key, the handshake proves.
    ...(askForCertificate && { requestCert: true, rejectUnauthorized: false }),
  }
}

function refusePage(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { 'content-type': 'text/plain', upgrade: 'websocket' })
  response.end('MQTT over WebSocket, path /mqtt\n')
}
