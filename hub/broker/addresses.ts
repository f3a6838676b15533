import { addressKey } from '../model/address-key.ts'

/** What one address may do: a /64 counts as one with IPv6. Hundreds of homes may share one (NAT of a network operator). */
export interface AddressLimits {
  /** Open at a time. */
  readonly connections: number
  /** New ones a second, for as long as it likes; ten times as many at once. */
  readonly newConnections: number
  /** In a minute, before it has to wait for each further refusal. */
  readonly failedSignIns: number
  /** Those that are not limited: a proxy before the hub, this machine. */
  readonly except: readonly string[]
}

export type Admitted =
  | { readonly ok: true; readonly visit: Visit }
  | { readonly ok: false; readonly why: AddressRefusal }

export type AddressRefusal = 'full' | 'address-full' | 'address-too-fast'

/** One connection, from its first byte to its end. */
export interface Visit {
  /** It proved who it is. */
  signedIn(): void
  /**
   * It did not.
   * @returns how long its answer is to be kept back, ms
   */
  failed(): number
  /** Call it once. */
  ended(): void
}

export interface AddressesFacts {
  readonly connections: number
  /** That have not said who they are yet. */
  readonly unknown: number
  /** About which something is remembered. */
  readonly addresses: number
}

/**
 * Who may come in before it is known who it is. The limits are about the work and the memory that strangers cost; the right
 * password or certificate is never made to wait for the wrong ones of a neighbour behind the same address.
 */
export interface Addresses {
  /** @param close ends it, to make room for somebody who has just come */
  admit(address: string, close: () => void): Admitted
  facts(): AddressesFacts
}

/** So long the answer to a wrong password is kept back: who waits for it tries no other meanwhile. */
export const WAIT_AFTER_FAILURES = 5_000
/** Of all connections so many may be on their way in; of one address this share of it. */
const MOST_UNKNOWN = 5_000
const MOST_UNKNOWN_OF_ONE = 200
/** Who has not said who they are by then makes room when there is none: over TLS and a slow line it takes about a second. */
const ROOM_AFTER = 3_000
const MINUTE = 60_000
/** Times as many new connections at once as in a second: all the homes behind an address when the hub was away. */
const BURST = 10
/** Remembered at most; of those without a connection the oldest is forgotten first. */
const MOST_ADDRESSES = 50_000

interface Known {
  readonly key: string
  open: number
  /** Of those that have not said who they are, in the order in which they came. */
  readonly unknown: Set<Pending>
  /** New connections that it may make now. */
  room: number
  roomAt: number
  failures: number
  failuresSince: number
}

interface Pending {
  readonly known: Known
  readonly since: number
  readonly close: () => void
}

/** @param now a steady clock, ms */
export function createAddresses(limits: AddressLimits, most: number, now: () => number): Addresses {
  const addresses = new Map<string, Known>()
  const unknown = new Set<Pending>()
  const exempt = new Set(limits.except.map(addressKey))
  let connections = 0

  function knownOf(key: string, at: number): Known {
    const known = addresses.get(key)
    if (known) {
      // The newest last: that is the order in which they are forgotten.
      addresses.delete(key)
      addresses.set(key, known)
      return known
    }
    if (addresses.size >= MOST_ADDRESSES) forgetOne()
    const fresh: Known = {
      key,
      open: 0,
      unknown: new Set(),
      room: limits.newConnections * BURST,
      roomAt: at,
      failures: 0,
      failuresSince: at,
    }
    addresses.set(key, fresh)
    return fresh
  }

  /** There are fewer connections than addresses that are remembered, so one without is near. */
  function forgetOne(): void {
    for (const [key, { open }] of addresses) {
      if (open > 0) continue
      addresses.delete(key)
      return
    }
  }

  function isTooFast(known: Known, at: number): boolean {
    known.room = Math.min(
      limits.newConnections * BURST,
      known.room + ((at - known.roomAt) * limits.newConnections) / 1000,
    )
    known.roomAt = at
    if (known.room < 1) return true
    known.room--
    return false
  }

  /** @returns there is room now */
  function makeRoom(among: ReadonlySet<Pending>, at: number): boolean {
    const [oldest] = among
    if (!oldest || at - oldest.since < ROOM_AFTER) return false
    leave(oldest)
    oldest.close()
    return true
  }

  function leave(pending: Pending): void {
    unknown.delete(pending)
    pending.known.unknown.delete(pending)
  }

  return {
    admit(address, close) {
      const at = now()
      if (connections >= most) return { ok: false, why: 'full' }
      const key = addressKey(address)
      const isExempt = exempt.has(key)
      const known = knownOf(key, at)
      if (!isExempt) {
        if (isTooFast(known, at)) return { ok: false, why: 'address-too-fast' }
        if (known.open >= limits.connections) return { ok: false, why: 'address-full' }
        if (known.unknown.size >= MOST_UNKNOWN_OF_ONE && !makeRoom(known.unknown, at)) {
          return { ok: false, why: 'address-full' }
        }
      }
      if (unknown.size >= MOST_UNKNOWN && !makeRoom(unknown, at)) return { ok: false, why: 'full' }
      const pending: Pending = { known, since: at, close }
      unknown.add(pending)
      known.unknown.add(pending)
      known.open++
      connections++
      return {
        ok: true,
        visit: {
          signedIn: () => leave(pending),
          failed() {
            const failedAt = now()
            if (failedAt - known.failuresSince >= MINUTE) {
              known.failures = 0
              known.failuresSince = failedAt
            }
            known.failures++
            return !isExempt && known.failures > limits.failedSignIns ? WAIT_AFTER_FAILURES : 0
          },
          ended() {
            leave(pending)
            known.open--
            connections--
          },
        },
      }
    },
    facts: () => ({ connections, unknown: unknown.size, addresses: addresses.size }),
  }
}
