import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Gateway } from '../../devices/simulator/gateway.ts'
import { planHomes } from '../../devices/simulator/home-plan.ts'
import { createLiveHome } from '../../devices/simulator/live-home.ts'
import type { LiveHomeOptions } from '../../devices/simulator/live-home.ts'
import { createDrift } from '../../devices/simulator/troubles.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NOON = Date.parse('2026-11-21T11:00:00Z')

beforeEach(() => {
  vi.useFakeTimers({ now: NOON })
})
afterEach(() => {
  vi.useRealTimers()
})

function live(speed = 1, options: Partial<LiveHomeOptions> = {}, seed?: string) {
  const [home] = planHomes(1, 'h', [], { ...(seed !== undefined && { seed }), areBatteriesNeglected: true })
  if (!home) throw new Error('there is no home')
  const log: string[] = []
  const times: number[] = []
  const gateway: Gateway = {
    start: async () => {},
    publish(rest, payload) {
      log.push(`${rest} ${payload.toString()}`)
      times.push(Date.now())
    },
    cut: () => void log.push('cut'),
    mend: () => void log.push('mend'),
    isConnected: true,
    waiting: 0,
    lost: 0,
    stop: async () => {},
  }
  return { log, times, home, lived: createLiveHome({ home, gateway, wall: Date.now, speed, ...options }) }
}

describe('createLiveHome', () => {
  it('says at the start what each sensor said last, but repeats no measurement', () => {
    const { log, home, lived } = live()
    lived.start()
    const said = new Set(log.map((line) => line.split(' ')[0]?.split('/')[1]))
    const sensors = home.household.sensors.filter(({ model }) => model !== 'oximeter')
    expect(said).toEqual(new Set(sensors.map(({ id }) => id)))
    lived.stop()
  })

  it('then sends what the household does, each message when its time has come', async () => {
    const { log, home, lived } = live()
    lived.start()
    const announced = log.length
    const expected = home.household.between(NOON, NOON + 3 * HOUR)
    await vi.advanceTimersByTimeAsync(HOUR)
    const first = expected.filter(({ at }) => at <= NOON + HOUR).length
    expect(log.length - announced).toBe(first)
    await vi.advanceTimersByTimeAsync(2 * HOUR - 1)
    expect(log.length - announced).toBe(expected.length)
    expect(first).toBeGreaterThan(0)
    lived.stop()
    await vi.advanceTimersByTimeAsync(HOUR)
    expect(log.length - announced).toBe(expected.length)
  })

  it('lives faster than life', async () => {
    const { log, home, lived } = live(60)
    lived.start()
    const announced = log.length
    await vi.advanceTimersByTimeAsync(10 * MINUTE - 1)
    const expected = home.household.between(NOON, NOON + 10 * HOUR)
    expect(Math.abs(log.length - announced - expected.length)).toBeLessThanOrEqual(1)
    lived.stop()
  })

  it('lets somebody fall at once, and nobody walks about until somebody comes to help', async () => {
    const { log, lived } = live()
    lived.start()
    log.length = 0
    expect(lived.incident('fall')?.says).toBe('somebody falls in the bathroom')
    expect(log).toHaveLength(1)
    expect(log[0]).toMatch(/^zigbee2mqtt\/bathroom-radar .*"falling"/)
    const moved = () => log.filter((line) => line.includes('"occupancy":true'))
    await vi.advanceTimersByTimeAsync(5 * MINUTE - 1)
    expect(moved()).toEqual([])
    await vi.advanceTimersByTimeAsync(MINUTE + 1)
    expect(moved()).toEqual([expect.stringMatching(/^zigbee2mqtt\/hall-motion /)])
    expect(log.at(-1)).toContain('"unoccupied"')
    lived.stop()
  })

  it('cuts the link for as long as it is said, and sends nothing meanwhile', async () => {
    const { log, lived } = live()
    lived.start()
    log.length = 0
    lived.incident('gateway-offline', HOUR)
    expect(lived.isCut).toBe(true)
    await vi.advanceTimersByTimeAsync(HOUR - 1)
    expect(log).toEqual(['cut'])
    await vi.advanceTimersByTimeAsync(1)
    expect(log[1]).toBe('mend')
    expect(lived.isCut).toBe(false)
    lived.stop()
  })

  it('ends incidents when told: the link is back, and with it what the sensor shows in the end', () => {
    const { log, lived } = live()
    lived.start()
    lived.incident('gateway-offline')
    lived.incident('sensor-silent')
    log.length = 0
    lived.endIncidents()
    expect(log.slice(0, 2)).toEqual(['mend', 'zigbee2mqtt/hall-motion/availability {"state":"online"}'])
    lived.stop()
  })

  it('goes on without a link in a drop-out, each message with the time of the gateway', async () => {
    const { log, lived } = live(1, { clockError: () => 0 })
    lived.start()
    log.length = 0
    expect(lived.incident('dropout', HOUR)?.says).toContain('no link')
    expect(lived.isCut).toBe(true)
    await vi.advanceTimersByTimeAsync(HOUR)
    expect(log.at(0)).toBe('cut')
    expect(lived.isCut).toBe(false)
    const kept = log.slice(1, log.indexOf('mend'))
    const at = kept.map((line) => /"(?:at|last_seen)":"([^"]+)"/.exec(line)?.[1] ?? '')
    expect(kept.length).toBeGreaterThan(3)
    expect(at).toEqual(at.toSorted())
    expect(at.every((one) => Date.parse(one) >= NOON && Date.parse(one) <= NOON + HOUR)).toBe(true)
    lived.stop()
  })

  it('tells the time by a clock that goes wrong', () => {
    const { log, lived } = live(1, { clockError: () => -2 * HOUR })
    lived.start()
    lived.shiftClock(HOUR)
    lived.incident('battery-low')
    expect(log.at(-1)).toContain(`"last_seen":"${new Date(NOON - HOUR).toISOString()}"`)
    lived.stop()
  })

  it('has a sensor whose battery is as low as it is told, now and in all that it says later', async () => {
    const { log, lived } = live()
    lived.start()
    expect(lived.drain('front-door', 8)).toBeUndefined()
    expect(log.at(-1)).toBe('zigbee2mqtt/front-door {"battery":8,"linkquality":88}')
    log.length = 0
    await vi.advanceTimersByTimeAsync(5 * HOUR)
    const said = log.filter((line) => line.startsWith('zigbee2mqtt/front-door '))
    expect(said.length).toBeGreaterThan(0)
    expect(said.every((line) => line.includes('"battery":8'))).toBe(true)
    expect(lived.drain('front-dor', 8)).toContain('did you mean "front-door"?')
    expect(lived.drain('bathroom-radar', 8)).toBe('"bathroom-radar" is on mains')
    lived.stop()
  })

  it('sends the same messages at the same times for the same seed, whatever it is; others for another', async () => {
    async function dayOf(seed: string) {
      vi.setSystemTime(NOON)
      const { log, times, lived } = live(600, { hasDropouts: true, clockError: createDrift(seed) }, seed)
      lived.start()
      await vi.advanceTimersByTimeAsync(2 * MINUTE)
      lived.stop()
      return { log, times }
    }
    const seeds = fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 2 })
    await fc.assert(
      fc.asyncProperty(seeds, async ([one = '', other = '']) => {
        const first = await dayOf(one)
        expect(first.times.length).toBeGreaterThan(50)
        expect(await dayOf(one)).toEqual(first)
        expect(await dayOf(other)).not.toEqual(first)
      }),
      { numRuns: 8 },
    )
  })
})
