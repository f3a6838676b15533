import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

/** A TCP link on loopback that can be cut: what went into it and has not come out is lost. */
export interface CutLink {
  readonly port: number
  /** Where it leads from now on. */
  leadTo(port: number): void
  cut(): void
  mend(): void
  /** Bytes that went through it towards where it leads. */
  bytes(): number
  stop(): Promise<void>
}

export async function openLink(target: number): Promise<CutLink> {
  let port = target
  let isCut = false
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
    if (isCut) {
      near.destroy()
      return
    }
    const far = connect(port, '127.0.0.1')
    keep(far)
    near.on('data', (part) => (bytes += part.length))
    near.pipe(far).pipe(near)
    near.once('close', () => far.destroy())
    far.once('close', () => near.destroy())
  })
  await new Promise<void>((fulfil) => server.listen(0, '127.0.0.1', fulfil))
  return {
    port: (server.address() as AddressInfo).port,
    leadTo: (next) => void (port = next),
    cut() {
      isCut = true
      drop()
    },
    mend: () => void (isCut = false),
    bytes: () => bytes,
    async stop() {
      const closed = new Promise<void>((fulfil) => server.close(() => fulfil()))
      drop()
      await closed
    },
  }
}
