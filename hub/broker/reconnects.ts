/** Connections within this time count, ms. */
const SPAN = 5 * 60_000
/** So many are no bad link any more: an MQTT client waits longer and longer between its attempts. */
const LOOP = 8

/**
 * Which gateways come again and again: mostly two boxes with the same credentials and client id, which throw each other
 * out; or a box that the hub sends away for what it sends.
 */
export interface Reconnects {
  came(gateway: string, now: number): void
  /** How often in the last five minutes, where that is a loop. */
  loopOf(gateway: string, now: number): number | undefined
}

export function createReconnects(): Reconnects {
  const times = new Map<string, number[]>()
  const lately = (gateway: string, now: number): number[] =>
    (times.get(gateway) ?? []).filter((at) => at > now - SPAN)
  return {
    came(gateway, now) {
      times.set(gateway, [...lately(gateway, now), now].slice(-100))
    },
    loopOf(gateway, now) {
      const count = lately(gateway, now).length
      return count >= LOOP ? count : undefined
    },
  }
}
