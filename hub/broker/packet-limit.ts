import type { Client } from 'aedes'

/** What is used of the parser inside aedes; not its public face, so a test pins it. */
interface Parser {
  packet: { length: number }
  _parseLength(): boolean
  emit(event: 'error', error: Error): boolean
}

/** Before CONNECT is through nobody needs much: credentials and a will. */
const BEFORE_CONNECT = 64 * 1024

/**
 * Refuses a packet by its declared length, before a byte of it is kept; aedes itself has no limit.
 * @param limit bytes, after the client is connected
 */
export function limitPackets(client: Client, limit: number): void {
  const parser = (client as unknown as { _parser: Parser })._parser
  const parseLength = parser._parseLength.bind(parser)
  parser._parseLength = () => {
    const isComplete = parseLength()
    const allowed = client.connected ? limit : Math.min(limit, BEFORE_CONNECT)
    if (!isComplete || parser.packet.length <= allowed) return isComplete
    parser.emit('error', new Error(`packet of ${parser.packet.length} bytes, allowed are ${allowed}`))
    return false
  }
}
