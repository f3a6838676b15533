import { randomBytes } from 'node:crypto'
import { createPassword, hashPassword, NO_PASSWORD } from '../broker/credentials.ts'
import type { Authority } from '../certificates/authority.ts'
import type { RunningCore } from '../core/create-core.ts'
import type { GatewayCertificates } from '../database/gateway-certificates.ts'
import type { Registry } from '../database/registry.ts'
import { OfficeError } from '../http/office.ts'
import type { GatewayOrder, MadeCertificate, MadeGateway } from '../http/office.ts'
import type { GatewayCertificate } from '../model/gateway-certificate.ts'
import type { Home } from '../model/home.ts'

export interface GatewayParts {
  readonly core: RunningCore
  readonly registry: Registry
  readonly certificates: GatewayCertificates
  /** Opened when it is first needed. */
  readonly authority: () => Promise<Authority>
  /** Ends what a gateway has open, and says how many connections that were. */
  readonly disconnect: (gateway: string, why: string) => number
  readonly reconnects: (gateway: string) => number | undefined
}

/** Who gateways are: how they get their credentials, and lose them. */
export interface Gateways {
  /** @throws OfficeError when a gateway of one home stands in another */
  refuseShared(): (home: Pick<Home, 'id' | 'gateways'>) => void
  /** Says of homes, one after the other, which gateway belongs to another one: its id is its user name. */
  shared(): (
    home: Pick<Home, 'id' | 'gateways'>,
  ) => { readonly gateway: string; readonly owner: string } | undefined
  add(home: string, order: GatewayOrder): Promise<MadeGateway>
  certificates(): readonly GatewayCertificate[]
  /** Another certificate, beside those that it has until it comes with the new one. */
  renew(id: string, request?: string): Promise<MadeCertificate & { readonly home: string }>
  /**
   * Takes password and certificates away and ends what is open. The home keeps the gateway, and is not protected until it
   * gets new ones.
   */
  revoke(id: string, why: string): { readonly home: string; readonly disconnected: number }
  /** The same, also where it has no credentials. */
  withdraw(id: string, why: string): number
  /** Ends what it has open; what it can come back with stays. */
  readonly disconnect: GatewayParts['disconnect']
  /** How often it connected in the last five minutes, where that is a loop. */
  readonly reconnects: GatewayParts['reconnects']
}

export function createGateways(parts: GatewayParts): Gateways {
  const { core, registry, certificates, authority, disconnect, reconnects } = parts

  function shared(): ReturnType<Gateways['shared']> {
    const owners = new Map<string, string>()
    for (const { id, gateways } of core.homes()) for (const gateway of gateways) owners.set(gateway.id, id)
    return ({ id, gateways }) => {
      for (const { id: gateway } of gateways) {
        const owner = owners.get(gateway) ?? registry.gateway(gateway)?.home ?? id
        if (owner !== id) return { gateway, owner }
        owners.set(gateway, id)
      }
      return undefined
    }
  }

  /** @param isTold whether whoever asks may know where else it stands */
  function refuseShared(isTold = true): (home: Pick<Home, 'id' | 'gateways'>) => void {
    const sharedBy = shared()
    return (home) => {
      const found = sharedBy(home)
      if (!found) return
      const where = isTold ? `home ${found.owner}` : 'another home'
      throw new OfficeError(
        'conflict',
        `Cannot register gateway "${found.gateway}" in home ${home.id}: it belongs to ${where}. Choose another id`,
        'gateway-elsewhere',
      )
    }
  }

  async function issue(home: string, gateway: string, request: string | undefined): Promise<MadeCertificate> {
    const own = await authority()
    const made = await own.issueGateway(gateway, core.now(), request).catch((cause: unknown) => {
      throw new OfficeError('invalid', `Cannot sign the request: ${(cause as Error).message}`)
    })
    const { certificate, key, serial, facts } = made
    const { fingerprint, validTo } = facts
    certificates.add({ fingerprint, gateway, home, serial, validTo, madeAt: core.now() })
    return {
      certificate,
      ...(key !== undefined && { key }),
      authority: own.certificate,
      serial,
      validTo,
    }
  }

  function withdraw(id: string, why: string): number {
    // First what it could come back with.
    registry.removeGateway(id)
    certificates.revokeOf(id, core.now())
    return disconnect(id, why)
  }

  return {
    refuseShared,
    shared,
    withdraw,
    disconnect,
    reconnects,
    certificates: certificates.allInForce,
    async add(home, order) {
      const { id = `gw-${randomBytes(5).toString('hex')}`, certificate = false, request } = order
      const facts = core.home(home)
      if (!facts) {
        throw new OfficeError(
          'not-found',
          `Cannot add a gateway: there is no home "${home}". Import it first: aal import homes.yaml`,
        )
      }
      if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)) {
        throw new OfficeError(
          'invalid',
          `Cannot add gateway "${id}": expected letters, digits, dots, hyphens or underscores`,
        )
      }
      // An installer of one area learns no home of another.
      refuseShared(false)({ ...facts, gateways: [{ id }] })
      if (facts.sensors.some((sensor) => sensor.id === id)) {
        throw new OfficeError('conflict', `Cannot add gateway "${id}": a sensor of home ${home} has this id`)
      }
      if (registry.gateway(id)) {
        throw new OfficeError(
          'conflict',
          `Cannot add gateway "${id}": it has credentials already. Choose another id, or take those away: aal gateway revoke ${id}`,
          'gateway-known',
        )
      }
      const made = certificate || request !== undefined ? await issue(home, id, request) : undefined
      const password = made ? undefined : createPassword()
      const passwordHash = password === undefined ? NO_PASSWORD : hashPassword(password)
      registry.addGateway({ id, home, passwordHash, createdAt: core.now() })
      if (!facts.gateways.some((gateway) => gateway.id === id)) {
        await core.take({ type: 'home', home: { ...facts, gateways: [...facts.gateways, { id }] } })
      }
      return {
        home,
        username: id,
        ...(password !== undefined && { password }),
        ...(made && { certificate: made }),
      }
    },
    async renew(id, request) {
      const known = registry.gateway(id)
      if (!known) throw noGateway(id)
      return { home: known.home, ...(await issue(known.home, id, request)) }
    },
    revoke(id, why) {
      const known = registry.gateway(id)
      if (!known) throw noGateway(id)
      return { home: known.home, disconnected: withdraw(id, why) }
    },
  }
}

function noGateway(id: string): OfficeError {
  return new OfficeError(
    'not-found',
    `Cannot find credentials of a gateway "${id}": none were made, or they were revoked.`,
  )
}
