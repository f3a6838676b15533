import type { Socket } from 'node:net'
import type { AddressRefusal, Addresses, Visit } from './addresses.ts'
import type { BrokerLog } from './broker.ts'

/** A connection on which nobody has proved who they are by then is closed: 10 s for TLS, 10 s for CONNECT, and the wait after failures. */
const UNKNOWN_FOR = 25_000

/** @returns undefined: it is not let in, or gone already */
export type Admit = (socket: Socket) => Visit | undefined

/** Lets connections in, as far as their address may have them, until they have been unknown for too long. */
export function createAdmit(
  addresses: Pick<Addresses, 'admit'>,
  onRefused: (why: AddressRefusal) => void,
  log: BrokerLog,
): Admit {
  return (socket) => {
    const { remoteAddress } = socket
    // It is gone already.
    if (remoteAddress === undefined) return undefined
    const admitted = addresses.admit(remoteAddress, () => socket.destroy())
    if (!admitted.ok) {
      onRefused(admitted.why)
      log.warn({ from: remoteAddress, reason: admitted.why }, 'a connection was not let in')
      return undefined
    }
    const { visit } = admitted
    const timer = setTimeout(() => socket.destroy(), UNKNOWN_FOR)
    timer.unref()
    socket.once('close', () => {
      clearTimeout(timer)
      visit.ended()
    })
    return {
      ...visit,
      signedIn() {
        clearTimeout(timer)
        visit.signedIn()
      },
    }
  }
}
