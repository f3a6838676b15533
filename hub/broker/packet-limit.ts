import type { Client } from 'aedes'

/** What is used of the parser inside aedes; not its public face, so a test pins it. */
interface Parser {
  packet: { length: number; cmd: string }
  _parseLength(): boolean
  emit(event: 'error', error: Error): boolean
}

/** Before CONNECT is through nobody needs much: credentials and a will. */
export const BEFORE_CONNECT = 32 * 1024

export interface PacketLimits {
  /** Bytes, after the client is connected. */
  readonly length: number
  /** @returns why this packet of a client that is connected may not come */
  readonly refuse: (cmd: string, length: number) => string | undefined
}

/** Refuses a packet by its sort and declared length, before a byte of it is kept; aedes itself has no limit. */
export function limitPackets(client: Client, { length: limit, refuse }: PacketLimits): void {
  const parser = (client as unknown as { _parser: Parser })._parser
  const parseLength = parser._parseLength.bind(parser)
  parser._parseLength = () => {
    const isComplete = parseLength()
    if (!isComplete) return false
    const { cmd, length } = parser.packet
    const allowed = client.connected ? limit : Math.min(limit, BEFORE_CONNECT)
    const reason =
      length > allowed
        ? `packet of ${length} bytes, allowed are ${allowed}`
        : client.connected && cmd !== 'publish'
          ? refuse(cmd, length)
          : undefined
    if (reason === undefined) return true
    parser.emit('error', new Error(reason))
    return false
  }
}
