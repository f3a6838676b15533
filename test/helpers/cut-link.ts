import { connect, createServer } from 'node:net'
import type { Socket } from 'node:net'
import { freePort } from './free-port.ts'

/**
 * A TCP link on loopback that can be cut: what went into it and has not come out is lost, and nobody can connect until it
 * is mended.
 */
export interface CutLink {
  readonly port: number
  /** Where it leads from now on. */
  leadTo(port: number): void
  cut(): void
  mend(): Promise<void>
  /** Bytes that went through it towards where it leads. */
  bytes(): number
  stop(): Promise<void>
}

export async function openLink(target: number): Promise<CutLink> {
  let port = target
  let bytes = 0
  const sockets = new Set<Socket>()
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  }
  const drop = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const server = createServer((near) => {
    keep(near)
    const far = connect(port, '127.0.0.1')
    keep(far)
    near.on('data', (part) => (bytes += part.length))
    near.pipe(far).pipe(near)
    near.once('close', () => far.destroy())
    far.once('close', () => near.destroy())
  })
  // One that nobody else is given while the link is cut.
  const own = await freePort()
  const listen = async (): Promise<void> =>
    await new Promise<void>((fulfil) => server.listen(own, '127.0.0.1', fulfil))
  await listen()
  return {
    port: own,
    leadTo: (next) => void (port = next),
    cut() {
      server.close()
      drop()
    },
    mend: async () => await listen(),
    bytes: () => bytes,
    async stop() {
      const closed = new Promise<void>((fulfil) => server.close(() => fulfil()))
      drop()
      await closed
    },
  }
}
