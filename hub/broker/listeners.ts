import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import { createServer as createHttpServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer } from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { SecureContextOptions } from 'node:tls'
import type { Duplex } from 'node:stream'
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
  readonly connections: number
  /** @param socket the connection itself, TLS or not, where the stream lies on top of it */
  readonly accept: (stream: Duplex, socket: Socket) => void
  readonly onError: (socket: Socket, error: Error) => void
}

export interface Listener {
  readonly over: ListenerOptions['over']
  readonly port: number
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
  const sockets = new Set<Socket>()
  let webSockets: WebSocketEntrance | undefined
  let closed: Promise<void> | undefined
  const server = create()
  server.maxConnections = entrance.connections
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('tlsClientError', (error: Error, socket: Socket) => entrance.onError(socket, error))
  await new Promise<void>((fulfil, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      fulfil()
    })
  })
  const close = (): void => {
    closed ??= new Promise<void>((fulfil) => server.close(() => fulfil()))
  }
  return {
    over,
    port: (server.address() as AddressInfo).port,
    secure(context) {
      if ('setSecureContext' in server) server.setSecureContext(context)
    },
    close,
    async stop() {
      close()
      webSockets?.stop()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }

  function create(): Server | ReturnType<typeof createTlsServer> | ReturnType<typeof createHttpsServer> {
    const tls = 'secure' in options ? tlsOptions(options.secure) : {}
    switch (over) {
      case 'tcp':
        return createServer({ noDelay: true }, (socket) => entrance.accept(socket, socket))
      case 'tls':
        return createTlsServer({ ...tls, noDelay: true }, (socket) => entrance.accept(socket, socket))
      case 'websocket':
        return withWebSockets(createHttpServer(refusePage))
      case 'secure-websocket':
        return withWebSockets(createHttpsServer(tls, refusePage))
    }
  }

  function withWebSockets<T extends HttpServer | ReturnType<typeof createHttpsServer>>(on: T): T {
    webSockets = createWebSocketEntrance(entrance)
    on.on('upgrade', webSockets.upgrade)
    return on
  }
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
