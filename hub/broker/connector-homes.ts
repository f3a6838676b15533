import type { Core } from '../core/core.ts'

/** Whose the devices of connectors are, from the register: sensors with `connector` and their address. */
export interface ConnectorHomes {
  /** The home of a device; undefined: no sensor of this connector has the address. */
  homeOf(connector: string, address: string): string | undefined
  stop(): void
}

export function createConnectorHomes(core: Pick<Core, 'homes' | 'onCommit'>): ConnectorHomes {
  let known: Map<string, string> | undefined
  const stop = core.onCommit(({ entries }) => {
    if (entries.some(({ input }) => input.type === 'home')) known = undefined
  })
  function index(): Map<string, string> {
    const homes = new Map<string, string>()
    for (const { id, sensors } of core.homes()) {
      for (const { connector, address } of sensors) {
        if (connector !== undefined) homes.set(`${connector}|${address}`, id)
      }
    }
    return homes
  }
  return {
    homeOf: (connector, address) => (known ??= index()).get(`${connector}|${address}`),
    stop,
  }
}
