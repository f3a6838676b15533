import { describe, expect, it } from 'vitest'
import { createDrift, dropoutsOf, neglectedBattery } from '../../devices/simulator/troubles.ts'

const DAY = 24 * 3_600_000
const START = Date.parse('2026-11-21T00:00:00Z')
const seeds = Array.from({ length: 400 }, (_, index) => `h-${index}`)

describe('dropoutsOf', () => {
  it('gives about every third home one a day, from a minute to half a day', () => {
    const all = seeds.flatMap((seed) =>
      dropoutsOf(seed, START, START + DAY).filter(({ from }) => from >= START),
    )
    expect(all.length).toBeGreaterThan(seeds.length / 4)
    expect(all.length).toBeLessThan(seeds.length / 2)
    const lengths = all.map(({ from, until }) => until - from)
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(60_000)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(DAY / 2)
  })

  it('gives the same ones in parts as at once, and those that began before', () => {
    for (const seed of seeds) {
      const whole = dropoutsOf(seed, START, START + DAY)
      const parts = [0, 1, 2, 3].flatMap((part) =>
        dropoutsOf(seed, START + (part * DAY) / 4, START + ((part + 1) * DAY) / 4),
      )
      expect(new Set(parts.map(({ from }) => from))).toEqual(new Set(whole.map(({ from }) => from)))
    }
  })
})

describe('createDrift', () => {
  it('leaves most clocks right to a minute, and a few wrong by minutes or hours', () => {
    const wrong = seeds.map((seed) => Math.abs(createDrift(seed)(START)))
    const lost = wrong.filter((ms) => ms >= 180_000)
    expect(wrong.filter((ms) => ms <= 60_000).length + lost.length).toBe(seeds.length)
    expect(lost.length).toBeGreaterThan(5)
    expect(lost.length).toBeLessThan(50)
  })
})

describe('neglectedBattery', () => {
  it('wears one in ten down to nothing, in two months', () => {
    const neglected = seeds.filter((seed) => neglectedBattery(seed, 'door', START) !== undefined)
    expect(neglected.length).toBeGreaterThan(20)
    expect(neglected.length).toBeLessThan(70)
    for (const seed of neglected.slice(0, 10)) {
      const days = Array.from(
        { length: 63 },
        (_, day) => neglectedBattery(seed, 'door', START + day * DAY) ?? -1,
      )
      expect(Math.min(...days)).toBe(0)
      expect(Math.max(...days)).toBeGreaterThan(95)
      // It goes down from day to day, but for the one on which it is changed.
      expect(days.filter((now, day) => day > 0 && now > (days[day - 1] ?? 0))).toHaveLength(1)
    }
  })
})
