import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Point } from '../../hub/history/points.ts'
import { createHomeRounds } from '../../hub/office/home-rounds.ts'
import type { Protection } from '../../hub/model/protection.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { home, startCore, stopCores } from '../core/bench.ts'
import type { CoreBench } from '../core/bench.ts'

const MINUTE = 60_000
const PROTECTED: Protection = { state: 'protected', reasons: [] }

let bench: CoreBench
let said: Protection
beforeEach(async () => {
  bench = await startCore(createMemoryStore())
  said = PROTECTED
})
afterEach(stopCores)

function rounds(most = 100) {
  return createHomeRounds({ core: bench.core, look: () => () => said, turns: 6, most })
}

/** The homes of each of the next turns. */
async function turnsOf(of: ReturnType<typeof rounds>, count: number): Promise<string[][]> {
  const turns: string[][] = []
  for (let turn = 0; turn < count; turn++) turns.push(homesIn(await of.next()))
  return turns
}

const homesIn = (points: readonly Point[]): string[] =>
  points.filter(({ measurement }) => measurement === 'home').map(({ tags }) => tags['home'] ?? '')

const sensorsIn = (points: readonly Point[]) => points.filter(({ measurement }) => measurement === 'sensor')

async function register(...ids: readonly string[]): Promise<void> {
  for (const id of ids) await bench.take({ type: 'home', home: home({ id, gateways: [{ id: `gw-${id}` }] }) })
}

describe('createHomeRounds', () => {
  it('goes through all homes in six turns, and again; who is new comes with the next round', async () => {
    await register('h2', 'h3', 'h4', 'h5', 'h6', 'h7', 'h8')
    const of = rounds()
    const first = await turnsOf(of, 6)
    expect(first.map(({ length }) => length)).toEqual([2, 1, 1, 2, 1, 1])
    expect(first.flat()).toEqual(['h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'h7', 'h8'])
    const begun = await turnsOf(of, 1)
    await register('h9')
    expect([...begun, ...(await turnsOf(of, 5))].flat()).toEqual(first.flat())
    expect((await turnsOf(of, 6)).flat()).toEqual([...first.flat(), 'h9'])
  })

  it('takes more turns where there are too many homes for six', async () => {
    await register(...Array.from({ length: 19 }, (_, index) => `h${index + 2}`))
    const turns = await turnsOf(rounds(2), 10)
    expect(turns.map(({ length }) => length)).toEqual(Array.from({ length: 10 }, () => 2))
    expect(new Set(turns.flat()).size).toBe(20)
  })

  it('a hub without homes gives nothing', async () => {
    const empty = createHomeRounds({
      core: { ...bench.core, homes: () => [].values() },
      look: () => () => said,
      turns: 6,
      most: 100,
    })
    expect(await empty.next()).toEqual([])
  })

  it('says of a home how it is: protection, open alerts, link, silent sensors', async () => {
    const of = rounds()
    said = { state: 'partly', reasons: [{ code: 'sensor-silent', makes: 'partly', sensor: 'b' }] }
    await bench.say('a', 'fall', 'detected')
    const [point] = (await Promise.all(Array.from({ length: 6 }, () => of.next()))).flat()
    expect(point).toMatchObject({
      measurement: 'home',
      tags: { home: 'h1' },
      fields: { protection: 0.5, reason: 'sensor-silent', open_alerts: 1, online: 1, silent: 1, sensors: 2 },
      time: `${bench.core.now()}000000`,
    })
    await bench.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'offline' })
    const [later] = (await Promise.all(Array.from({ length: 6 }, () => of.next()))).flat()
    expect(later?.fields).toMatchObject({ online: 0 })
  })

  it('gives the sensors with the first turn of their home and with every tenth', async () => {
    await register('h2', 'h3')
    const of = rounds()
    const counts: number[] = []
    for (let round = 0; round < 21; round++) {
      const points: Point[] = []
      for (let turn = 0; turn < 6; turn++) points.push(...(await of.next()))
      counts.push(sensorsIn(points).filter(({ tags }) => tags['home'] === 'h2').length)
    }
    expect(counts.filter((count) => count > 0)).toEqual([2, 2, 2])
    const [first, second, third] = counts.flatMap((count, round) => (count > 0 ? [round] : []))
    expect(first).toBe(0)
    expect((third ?? 0) - (second ?? 0)).toBe(10)
  })

  it('says of a sensor since when it is quiet, whether that is too long, and whether its battery is low', async () => {
    const of = rounds()
    await bench.say('a', 'battery', 8)
    await bench.say('a', 'link', 70)
    bench.clock.pass(5 * MINUTE)
    said = {
      state: 'partly',
      reasons: [{ code: 'battery-low', makes: 'partly', sensor: 'a', value: 8, limit: 10 }],
    }
    const points = sensorsIn((await Promise.all(Array.from({ length: 6 }, () => of.next()))).flat())
    expect(points).toMatchObject([
      {
        tags: { home: 'h1', sensor: 'a', profile: 'native' },
        fields: { quiet: 300, silent: 0, battery: 8, link: 70, battery_low: 1 },
      },
      { tags: { sensor: 'b' }, fields: { silent: 1, battery_low: 0 } },
    ])
    expect(points[1]?.fields).not.toHaveProperty('quiet')
  })

  it('without a link a sensor is silent only when its own interval is over', async () => {
    await bench.say('a', 'battery', 90)
    await bench.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'offline' })
    const silent = async () => {
      const points = (await Promise.all(Array.from({ length: 6 * 10 }, () => rounded.next()))).flat()
      return sensorsIn(points).find(({ tags }) => tags['sensor'] === 'a')?.fields['silent']
    }
    const rounded = rounds()
    expect(await silent()).toBe(0)
    bench.clock.pass(90_000_001)
    expect(await silent()).toBe(1)
  })
})
