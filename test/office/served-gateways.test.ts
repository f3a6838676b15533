import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { hashPassword } from '../../hub/broker/credentials.ts'
import { provenBy } from '../../hub/broker/next-password.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import { createRegistry } from '../../hub/database/registry.ts'
import { closedBy, servedGateways } from '../../hub/office/served-gateways.ts'
import type { ServiceFacts } from '../../hub/model/service-state.ts'
import { home } from '../core/bench.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const database = openDatabase(join(tempDir('gateways'), 'data'))
afterAll(() => database.close())
const registry = createRegistry(database.db)

const register = (id: string) =>
  registry.addGateway({ id, home: 'h1', passwordHash: hashPassword('old'), createdAt: 1 })
const proof = (id: string, password: string) => provenBy(Buffer.from(password), registry.gateway(id))

describe('another password of a gateway', () => {
  it('is good beside the old one until it was used, and then alone', () => {
    register('gw-a')
    registry.rotateGateway('gw-a', hashPassword('new'), 2, true)
    expect(registry.gatewayTimes('gw-a')).toEqual({ createdAt: 1, rotatedAt: 2 })
    expect([proof('gw-a', 'old'), proof('gw-a', 'new'), proof('gw-a', 'no')]).toEqual([
      'current',
      'next',
      undefined,
    ])
    registry.useNextPassword('gw-a')
    expect([proof('gw-a', 'old'), proof('gw-a', 'new')]).toEqual([undefined, 'current'])
    expect(registry.gatewayTimes('gw-a')).toEqual({ createdAt: 1 })
  })

  it('is the only one at once where that is asked, whatever was made before', () => {
    register('gw-b')
    registry.rotateGateway('gw-b', hashPassword('first'), 2, true)
    registry.rotateGateway('gw-b', hashPassword('second'), 3, false)
    expect([proof('gw-b', 'old'), proof('gw-b', 'first'), proof('gw-b', 'second')]).toEqual([
      undefined,
      undefined,
      'current',
    ])
  })

  it('goes with the gateway', () => {
    register('gw-c')
    registry.rotateGateway('gw-c', hashPassword('new'), 2, true)
    registry.removeGateway('gw-c')
    expect([proof('gw-c', 'old'), proof('gw-c', 'new'), proof('gw-c', '')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('the gateways of a home', () => {
  it.each([
    [undefined, true],
    [{ is: 'planned' }, true],
    [{ is: 'paused', until: 9e15 }, true],
    [{ is: 'closed' }, false],
  ] as const)('may connect while it is %j: %s', (state: ServiceFacts | undefined, may) => {
    registry.addGateway({ id: 'gw-d', home: 'h1', passwordHash: 'x', createdAt: 1 })
    const core = { home: () => ({ ...home(), ...(state && { state }) }) }
    expect(servedGateways(registry, core).gateway('gw-d') !== undefined).toBe(may)
    expect(closedBy({ modesOf: ['h1'] }, core)).toEqual(may ? [] : ['h1'])
  })
})
