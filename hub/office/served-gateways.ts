import type { Core, Commit } from '../core/core.ts'
import type { Registry } from '../database/registry.ts'
import { serviceOf } from '../model/service-state.ts'

/** The gateways that may connect: those of a home that is closed may not. */
export function servedGateways(
  registry: Pick<Registry, 'gateway' | 'useNextPassword'>,
  core: Pick<Core, 'home'>,
): Pick<Registry, 'gateway' | 'useNextPassword'> {
  return {
    gateway(id) {
      const known = registry.gateway(id)
      const home = known && core.home(known.home)
      return home && serviceOf(home) === 'closed' ? undefined : known
    },
    useNextPassword: registry.useNextPassword,
  }
}

/** Homes that a commit closed: their gateways are to be disconnected. */
export function closedBy({ modesOf }: Pick<Commit, 'modesOf'>, core: Pick<Core, 'home'>): readonly string[] {
  return modesOf.filter((id) => core.home(id)?.state?.is === 'closed')
}
