import { describe, expect, it } from 'vitest'
import { createAddresses, WAIT_AFTER_FAILURES } from '../../hub/broker/addresses.ts'
import type { Addresses, Visit } from '../../hub/broker/addresses.ts'

const LIMITS = { connections: 3, newConnections: 2, failedSignIns: 3, except: ['127.0.0.1'] }

function start(limits: Partial<typeof LIMITS> = {}, most = 10_000) {
  let now = 0
  const addresses = createAddresses({ ...LIMITS, ...limits }, most, () => now)
  return { addresses, pass: (ms: number) => (now += ms) }
}

function enter(addresses: Addresses, from = '192.0.2.1', close = () => {}): Visit {
  const admitted = addresses.admit(from, close)
  if (!admitted.ok) throw new Error(admitted.why)
  return admitted.visit
}

describe('createAddresses', () => {
  it('lets so many connections of an address be open, and another address in', () => {
    const { addresses } = start()
    const visits = [enter(addresses), enter(addresses), enter(addresses)]
    expect(addresses.admit('192.0.2.1', () => {})).toEqual({ ok: false, why: 'address-full' })
    enter(addresses, '192.0.2.2')
    visits[0]?.ended()
    enter(addresses)
    expect(addresses.facts()).toEqual({ connections: 4, unknown: 4, addresses: 2 })
  })

  it('lets so many connections be open of all', () => {
    const { addresses } = start({}, 2)
    enter(addresses, '127.0.0.1')
    enter(addresses, '192.0.2.2')
    expect(addresses.admit('127.0.0.1', () => {})).toEqual({ ok: false, why: 'full' })
  })

  it('lets ten seconds of new connections come at once, and then so many a second', () => {
    const { addresses, pass } = start()
    for (let time = 0; time < 20; time++) enter(addresses).ended()
    expect(addresses.admit('192.0.2.1', () => {})).toEqual({ ok: false, why: 'address-too-fast' })
    pass(500)
    enter(addresses).ended()
    expect(addresses.admit('192.0.2.1', () => {})).toEqual({ ok: false, why: 'address-too-fast' })
  })

  it('does not limit those that are excepted', () => {
    const { addresses } = start()
    for (let time = 0; time < 50; time++) enter(addresses, '::ffff:127.0.0.1')
  })

  it('makes the refused wait after some failures, and the right ones of the same address never', () => {
    const { addresses, pass } = start({ newConnections: 100, connections: 100 })
    const waits = Array.from({ length: 5 }, () => enter(addresses).failed())
    expect(waits).toEqual([0, 0, 0, WAIT_AFTER_FAILURES, WAIT_AFTER_FAILURES])
    // A visit that signs in is asked for no wait, and is not counted among those that are unknown.
    enter(addresses).signedIn()
    expect(addresses.facts()).toMatchObject({ connections: 6, unknown: 5 })
    expect(enter(addresses, '192.0.2.2').failed()).toBe(0)
    pass(60_000)
    expect(enter(addresses).failed()).toBe(0)
  })

  it('closes the oldest that says nothing when an address has too many of them, not one that is signed in', () => {
    const { addresses, pass } = start({ connections: 1000, newConnections: 1000 })
    const closed: number[] = []
    enter(addresses, '192.0.2.1', () => closed.push(-1)).signedIn()
    for (let index = 0; index < 200; index++) enter(addresses, '192.0.2.1', () => closed.push(index))
    // They have just come: that may be a rush.
    expect(addresses.admit('192.0.2.1', () => {})).toEqual({ ok: false, why: 'address-full' })
    enter(addresses, '192.0.2.2')
    pass(3000)
    enter(addresses)
    enter(addresses)
    expect(closed).toEqual([0, 1])
  })

  it('remembers a bounded number of addresses, and those with a connection for sure', () => {
    const { addresses } = start()
    for (let time = 0; time < 3; time++) enter(addresses).signedIn()
    for (let index = 0; index < 60_000; index++) {
      enter(addresses, `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`).ended()
    }
    expect(addresses.facts().addresses).toBe(50_000)
    expect(addresses.admit('192.0.2.1', () => {})).toEqual({ ok: false, why: 'address-full' })
  })
})
