import { describe, expect, it } from 'vitest'
import { createProtectionTally, unprotectedFigure } from '../../hub/alerts/protection.ts'
import type { Sign, WatchedHome } from '../../hub/alerts/protection.ts'

/** Times in minutes here. */
const M = 60_000

const home = (change: Partial<WatchedHome> = {}): WatchedHome => ({
  id: 'h1',
  since: 0,
  hasGateways: true,
  sensors: [{ id: 'fall-1', heardEvery: 10 * M }],
  ...change,
})
const link = (at: number, to: 'online' | 'offline', gateway = 'gw-1'): Sign => ({
  now: at * M,
  input: { type: 'gateway', home: 'h1', gateway, to },
})
const heard = (at: number, sensor = 'fall-1', gone = false): Sign => ({
  now: at * M,
  heard: { home: 'h1', sensor, gone },
})
const start = (at: number, aliveUntil: number): Sign => ({
  now: at * M,
  input: { type: 'start', aliveUntil: aliveUntil * M },
})

/** Unprotected minutes of an hour. */
function minutes(signs: readonly Sign[], homes: readonly WatchedHome[] = [home()]): number | undefined {
  const tally = createProtectionTally(homes)
  for (const sign of signs) tally.add(sign)
  return unprotectedFigure(tally.unprotected({ from: 0, to: 60 * M })).total
}

const everyTen = [-5, 5, 15, 25, 35, 45, 55].map((at) => heard(at))
const inOrder = (...signs: Sign[]) => signs.toSorted((a, b) => a.now - b.now)

describe('createProtectionTally', () => {
  it('finds nothing where the link is up and the sensor is heard in time', () => {
    expect(minutes(inOrder(link(-20, 'online'), ...everyTen))).toBe(0)
  })

  it('counts the time without any connected gateway', () => {
    const one = inOrder(link(-20, 'online'), link(20, 'offline'), link(27, 'online'), ...everyTen)
    expect(minutes(one)).toBe(7)
    const two = inOrder(link(-20, 'online', 'gw-2'), ...one)
    expect(minutes(two)).toBe(0)
    expect(minutes(everyTen)).toBe(60)
    expect(minutes(everyTen, [home({ hasGateways: false })])).toBe(0)
  })

  it('counts the time in which no alarm sensor was heard within its interval', () => {
    // Heard at 5 and 35: alive from 5 to 15 and from 35 to 45.
    const signs = inOrder(link(-20, 'online'), heard(5), heard(35))
    expect(minutes(signs)).toBe(40)
    // Another one from 10 to 30: together from 5 to 30 and from 35 to 45.
    const sensors = [...home().sensors, { id: 'sos-1', heardEvery: 20 * M }]
    expect(minutes(inOrder(...signs, heard(10, 'sos-1')), [home({ sensors })])).toBe(25)
    expect(minutes(inOrder(...signs), [home({ sensors: [] })])).toBe(60)
  })

  it('believes the network of a sensor that says it is gone', () => {
    // Gone at 7: alive from 5 to 7, and from 15 on.
    const gone = inOrder(link(-20, 'online'), ...everyTen, heard(7, 'fall-1', true))
    expect(minutes(gone)).toBe(8)
  })

  it('counts the time in which the hub was away; after a start nothing is connected', () => {
    const pause: Sign = { now: 22 * M, input: { type: 'pause', from: 20 * M } }
    expect(minutes(inOrder(link(-20, 'online'), ...everyTen, pause))).toBe(2)
    // Away from 20 to 24, and the gateway is back at 26.
    const again = inOrder(link(-20, 'online'), ...everyTen, start(24, 20), link(26, 'online'))
    expect(minutes(again)).toBe(6)
    // Told after the end of the period.
    expect(minutes([...inOrder(link(-20, 'online'), ...everyTen), start(80, 57)])).toBe(3)
  })

  it('counts a home from its registration on, and sums over homes', () => {
    const late = home({ since: 50 * M })
    const other = home({ id: 'h2', since: 70 * M })
    const tally = createProtectionTally([late, home({ id: 'h3' }), other])
    const figure = unprotectedFigure(tally.unprotected({ from: 0, to: 60 * M }))
    expect(figure).toEqual({
      // 70 of 70 minutes: all of the day.
      value: 1440,
      total: 70,
      of: 1.17,
      parts: [
        { sort: 'home', id: 'h1', value: 1440, of: 0.17 },
        { sort: 'home', id: 'h3', value: 1440, of: 1 },
      ],
    })
  })
})
