import { describe, expect, it } from 'vitest'
import { createSeenDevices, MOST_SEEN, SEEN_MEMORY } from '../../hub/core/seen.ts'
import type { SeenDevices } from '../../hub/core/seen.ts'
import type { Home } from '../../hub/model/home.ts'
import type { Announced } from '../../hub/model/seen.ts'
import type { Row } from '../../hub/rules/state.ts'

const home = (...addresses: string[]): Home => ({
  id: 'h1',
  timezone: 'UTC',
  gateways: [],
  residents: [],
  contacts: [],
  sensors: addresses.map((address) => ({
    id: `s-${address}`,
    profile: 'native',
    address,
    heardEvery: 1000,
    kinds: ['*'],
  })),
})

function hear(seen: SeenDevices, address: string, now = 1, payload = '{"contact":true}'): void {
  seen.heard(
    {
      type: 'undecoded',
      home: 'h1',
      topic: `homes/h1/zigbee2mqtt/${address}`,
      payload,
      reason: 'r',
      alarm: false,
      receivedAt: now,
    },
    { address, form: 'readings' },
    now,
  )
}

const announce = (seen: SeenDevices, devices: Announced[], now = 1, of = home()) =>
  seen.announced({ type: 'announced', home: 'h1', by: 'zigbee2mqtt', devices, isAll: true }, of, now)
const order = (address: string, on: boolean) =>
  ({ type: 'ignore', home: 'h1', address, on, by: 'operator:siv', via: 'console' }) as const
const addresses = (seen: SeenDevices, now = 1) => seen.list('h1', now).map(({ address }) => address)

describe('createSeenDevices', () => {
  it('counts what was heard, newest first, with topics and the newest message', () => {
    const seen = createSeenDevices(new Map())
    hear(seen, 'a', 1, 'x'.repeat(3000))
    hear(seen, 'b', 2)
    hear(seen, 'a', 3, '{"contact":false}')
    seen.heard(
      {
        type: 'undecoded',
        home: 'h1',
        topic: 'homes/h1/zigbee2mqtt/a/availability',
        payload: 'online',
        reason: 'r',
        alarm: false,
        receivedAt: 4,
      },
      { address: 'a', form: 'availability' },
      4,
    )
    expect(seen.list('h1', 5)).toEqual([
      {
        address: 'a',
        firstAt: 1,
        heardAt: 4,
        lastAt: 4,
        count: 3,
        topics: ['zigbee2mqtt/a', 'zigbee2mqtt/a/availability'],
        payload: '{"contact":false}',
      },
      {
        address: 'b',
        firstAt: 2,
        heardAt: 2,
        lastAt: 2,
        count: 1,
        topics: ['zigbee2mqtt/b'],
        payload: '{"contact":true}',
      },
    ])
    expect(seen.list('h2', 5)).toEqual([])
  })

  it('goes on from its rows', () => {
    const seen = createSeenDevices(new Map())
    hear(seen, 'a|b/c')
    announce(seen, [{ address: 'lamp', model: 'L1' }])
    const rows = JSON.parse(JSON.stringify([...seen.changes()])) as [string, Row][]
    expect(seen.changes().size).toBe(0)
    expect(createSeenDevices(new Map(rows)).list('h1', 1)).toEqual(seen.list('h1', 1))
  })

  it('has no more than so many of a home: first goes what was never heard, last what somebody hid', () => {
    const seen = createSeenDevices(new Map())
    hear(seen, 'hidden', 1)
    seen.ignore(order('hidden', true), 1)
    announce(seen, [{ address: 'quiet' }], 2)
    for (let index = 0; index < MOST_SEEN - 2; index++) hear(seen, `d${index}`, 10 + index)
    hear(seen, 'new', 500)
    expect(addresses(seen)).toHaveLength(MOST_SEEN)
    expect(addresses(seen)).not.toContain('quiet')
    hear(seen, 'newer', 501)
    expect(addresses(seen)).not.toContain('d0')
    expect(addresses(seen)).toContain('hidden')
    // What is only announced takes nobody's place, and is no news the next time either.
    expect(announce(seen, [{ address: 'other' }], 502)).toBe(false)
  })

  it('forgets what was not heard for so long', () => {
    const seen = createSeenDevices(new Map())
    hear(seen, 'old', 1)
    expect(addresses(seen, SEEN_MEMORY + 1)).toEqual(['old'])
    expect(addresses(seen, SEEN_MEMORY + 2)).toEqual([])
    seen.changes()
    hear(seen, 'new', SEEN_MEMORY + 2)
    expect(seen.changes().get('seen|h1|old')).toBeNull()
  })

  it('drops what is registered, and does not list what is announced of it', () => {
    const seen = createSeenDevices(new Map())
    hear(seen, 'hall-door')
    hear(seen, 's-native')
    hear(seen, 'other')
    seen.home(home('hall-door', 'native'))
    expect(addresses(seen)).toEqual(['other'])
    expect(announce(seen, [{ address: 'hall-door', model: 'M' }], 2, home('hall-door'))).toBe(false)
  })

  it('keeps what is announced beside what was heard, and says whether it is news', () => {
    const seen = createSeenDevices(new Map())
    hear(seen, 'a', 1)
    expect(announce(seen, [{ address: 'a', model: 'M', maker: 'Aqara' }], 2)).toBe(true)
    seen.changes()
    expect(announce(seen, [{ address: 'a', maker: 'Aqara', model: 'M' }], 3)).toBe(false)
    const pieces = [{ address: 'a', keys: ['contact'] }]
    const tell = (devices: Announced[]) =>
      seen.announced({ type: 'announced', home: 'h1', by: 'homeassistant', devices }, home(), 4)
    expect(tell(pieces)).toBe(true)
    expect(tell([{ address: 'a', keys: ['battery'] }])).toBe(true)
    seen.changes()
    expect(tell(pieces)).toBe(false)
    expect(seen.list('h1', 4)).toMatchObject([
      {
        count: 1,
        lastAt: 4,
        announced: {
          zigbee2mqtt: { model: 'M', maker: 'Aqara' },
          homeassistant: { keys: ['contact', 'battery'] },
        },
      },
    ])
  })

  it('follows a device to its new name, and lets go what its bridge does not have any more', () => {
    const seen = createSeenDevices(new Map())
    hear(seen, '0xa1', 1)
    hear(seen, 'heard', 1)
    announce(seen, [
      { address: '0xa1', hardware: '0xa1' },
      { address: 'lamp', hardware: '0xb2' },
      { address: 'heard', hardware: '0xc3' },
    ])
    announce(seen, [{ address: 'hall-door', hardware: '0xa1', name: 'hall-door' }], 2)
    expect(addresses(seen)).toEqual(['hall-door', 'heard'])
    expect(seen.list('h1', 2)[1]?.announced).toEqual({})
  })

  it('hides and shows', () => {
    const seen = createSeenDevices(new Map())
    hear(seen, 'lamp')
    expect(seen.ignore(order('lamp', true), 2)).toBeUndefined()
    hear(seen, 'lamp', 3)
    expect(seen.list('h1', 3)).toMatchObject([
      { count: 2, ignored: { at: 2, by: 'operator:siv', via: 'console' } },
    ])
    expect(seen.ignore(order('lamp', false), 4)).toBeUndefined()
    expect(seen.list('h1', 4)[0]).not.toHaveProperty('ignored')
    expect(seen.ignore(order('none', true), 4)).toBe('nothing was seen under "none" that is not registered')
  })
})
