import { describe, expect, it } from 'vitest'
import { createRecentPackets, PACKET_MEMORY } from '../../hub/core/recent-packets.ts'
import type { Packet } from '../../hub/model/input.ts'

const NOW = 1_800_000_000_000
const packet = (packetId: number, digest = 7, client = 'gw/a'): Packet => {
  return { client, packetId, digest, dup: true, inputs: 1 }
}

describe('createRecentPackets', () => {
  it('knows a packet by client, id and content, for ten minutes to the millisecond', () => {
    const packets = createRecentPackets([])
    packets.add(packet(1), NOW)
    expect(packets.has(packet(1), NOW)).toBe(true)
    expect(packets.has(packet(1, 8), NOW)).toBe(false)
    expect(packets.has(packet(2), NOW)).toBe(false)
    expect(packets.has(packet(1, 7, 'gw/b'), NOW)).toBe(false)
    expect(packets.has(packet(1), NOW + PACKET_MEMORY)).toBe(true)
    expect(packets.has(packet(1), NOW + PACKET_MEMORY + 1)).toBe(false)
  })

  it('has the newest of an id: one that came again with other content is another', () => {
    const packets = createRecentPackets([])
    packets.add(packet(1, 7), NOW)
    packets.add(packet(65_535, 0xff_ff_ff_ff), NOW)
    packets.add(packet(1, 8), NOW + 1)
    expect(packets.has(packet(1, 7), NOW + 2)).toBe(false)
    expect(packets.has(packet(1, 8), NOW + 2)).toBe(true)
    expect(packets.has(packet(65_535, 0xff_ff_ff_ff), NOW + 2)).toBe(true)
  })

  it('says once what is new, by time, and goes on from what was kept', () => {
    const packets = createRecentPackets([])
    packets.add(packet(1), NOW)
    packets.add(packet(1, 7, 'gw/b'), NOW)
    packets.add(packet(2), NOW)
    packets.add(packet(3), NOW + 5)
    const saved = packets.changes()
    expect(saved).toEqual([
      {
        at: NOW,
        clients: ['gw/a', 'gw/b', 'gw/a'],
        marks: [2 ** 32 + 7, 2 ** 32 + 7, 2 * 2 ** 32 + 7],
      },
      { at: NOW + 5, clients: ['gw/a'], marks: [3 * 2 ** 32 + 7] },
    ])
    expect(packets.changes()).toEqual([])
    const next = createRecentPackets(saved)
    expect(next.has(packet(3), NOW + 10)).toBe(true)
    expect(next.has(packet(1, 7, 'gw/b'), NOW + 10)).toBe(true)
    expect(next.changes()).toEqual([])
  })

  it('goes on knowing the newest of each id once it was asked, while more come and old ones go', () => {
    const packets = createRecentPackets([])
    for (let n = 0; n < 1000; n++) {
      const now = NOW + n * 5000
      packets.add(packet((n % 200) + 1, n), now)
      expect(packets.has(packet((n % 200) + 1, n), now)).toBe(true)
      // 120 are of the last ten minutes, and the one of just then.
      const [young, old] = [n - 120, n - 121]
      if (young >= 0) expect(packets.has(packet((young % 200) + 1, young), now)).toBe(true)
      if (old >= 0) expect(packets.has(packet((old % 200) + 1, old), now)).toBe(false)
    }
  })

  it('remembers of one client as many as there are ids', () => {
    const packets = createRecentPackets([])
    for (let index = 0; index < 70_000; index++) packets.add(packet((index % 65_535) + 1, index), NOW)
    expect(packets.has(packet(1, 65_535), NOW)).toBe(true)
    expect(packets.has(packet(1, 0), NOW)).toBe(false)
    expect(packets.has(packet(60_000, 59_999), NOW)).toBe(true)
  })

  it('knows them for a shorter time when there are too many', () => {
    const packets = createRecentPackets([], 1000)
    for (let second = 0; second < 500; second++) {
      for (let index = 0; index < 4; index++)
        packets.add(packet(second, 7, `gw/${index}`), NOW + second * 1000)
    }
    const end = NOW + 500_000
    expect(packets.has(packet(499, 7, 'gw/0'), end)).toBe(true)
    expect(packets.has(packet(450, 7, 'gw/0'), end)).toBe(true)
    expect(packets.has(packet(100, 7, 'gw/0'), end)).toBe(false)
  })
})
