/** Packets other than PUBLISH that a gateway may send in a second, and at once. A bridge pings once a minute. */
const RATE = 100
const AT_ONCE = 1000
/** A SUBSCRIBE with many filters counts as several. */
const BYTES = 64

interface Budget {
  left: number
  at: number
}

/** PINGREQ, SUBSCRIBE and the like are answered at once, without waiting for a turn: so there may not be too many. */
export interface ControlPackets {
  /** @returns whether a gateway may send one more, of this length */
  take(gateway: string, length: number, now: number): boolean
  /** It has sent a message at QoS 2: a PUBREL will follow. */
  expectOne(gateway: string): void
}

export function createControlPackets(): ControlPackets {
  const budgets = new Map<string, Budget>()
  return {
    take(gateway, length, now) {
      const known = budgets.get(gateway)
      const budget = known ?? { left: AT_ONCE, at: now }
      if (!known) budgets.set(gateway, budget)
      budget.left = Math.min(AT_ONCE, budget.left + ((now - budget.at) * RATE) / 1000)
      budget.at = now
      budget.left -= 1 + Math.floor(length / BYTES)
      return budget.left >= 0
    },
    expectOne(gateway) {
      const budget = budgets.get(gateway)
      if (budget) budget.left = Math.min(AT_ONCE, budget.left + 1)
    },
  }
}
