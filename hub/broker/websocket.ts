import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { createWebSocketStream, WebSocketServer } from 'ws'
import type { Visit } from './addresses.ts'
import type { EntranceOptions } from './listeners.ts'

const PATH = '/mqtt'
const PROTOCOL = 'mqtt'
/** A frame may hold a whole packet with its header. */
const HEADER = 64

export interface WebSocketEntrance {
  /** For the event of that name of an HTTP server. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  stop(): void
}

export interface WebSocketOptions extends Pick<EntranceOptions, 'packet' | 'accept'> {
  /** Who comes by this connection; undefined: it may not. */
  readonly visitOf: (socket: Socket) => Visit | undefined
}

/** MQTT over WebSocket (MQTT 3.1.1, chapter 6). Nothing is compressed: packets are small, and memory is bounded. */
export function createWebSocketEntrance(options: WebSocketOptions): WebSocketEntrance {
  const { packet, visitOf, accept } = options
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: packet + HEADER,
    perMessageDeflate: false,
    handleProtocols: () => PROTOCOL,
  })
  return {
    upgrade(request, socket, head) {
      const refusal = whyNot(request)
      if (refusal !== undefined) return refuse(socket, refusal)
      const below = request.socket as Socket
      const visit = visitOf(below)
      if (!visit) return refuse(socket, '503 Service Unavailable')
      server.handleUpgrade(request, socket, head, (webSocket) => {
        // Only binary frames hold MQTT [MQTT-6.0.0-1].
        webSocket.on('message', (_data, isBinary) => {
          if (!isBinary) webSocket.terminate()
        })
        const stream = createWebSocketStream(webSocket)
        // The broker listens when it has taken it over, and no longer once it has closed it.
        stream.on('error', () => {})
        accept(stream, below, visit)
      })
    },
    stop() {
      for (const webSocket of server.clients) webSocket.terminate()
      server.close()
    },
  }
}

function whyNot(request: IncomingMessage): string | undefined {
  if (new URL(request.url ?? '/', 'http://hub').pathname !== PATH) return '404 Not Found'
  const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
  // [MQTT-6.0.0-3]
  return offered.includes(PROTOCOL) ? undefined : '400 Bad Request'
}

function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => {})
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
