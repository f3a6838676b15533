import { describe, expect, it } from 'vitest'
import { createBench, home, rulesOf, sensor } from './bench.ts'
import type { Bench } from './bench.ts'

const HOUR = 3_600_000
const RULES = rulesOf(`
  - { id: fall, title: F, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
  - { id: fumes, title: G, category: safety, severity: high, on: gas, when: value, for: 10m }
  - { id: quiet, title: Q, category: safety, severity: medium, absent: { of: [motion], for: 4h } }
  - { id: open, title: O, category: routine, severity: low, on: door, when: value == "open", for: 30m }
  - { id: silent, title: S, category: technical, severity: low, scope: sensor, on: availability, when: 'value == "offline" && role != "gateway"' }
  - { id: gone, title: G, category: technical, severity: low, on: availability, when: 'value == "offline" && role == "gateway"', for: 15m }
  - { id: still, title: L, category: safety, severity: high, on: sos, when: value == "pressed", then: { absent: { of: [motion] }, within: 20m } }
`)

function start(): Bench {
  const sensors = ['a', 'b'].map((id) => sensor(id, { heardEvery: 2 * HOUR }))
  const bench = createBench(RULES, [home({ sensors })]).at('01:00')
  bench.say('a', 'motion', true)
  bench.say('b', 'door', 'open')
  expect(bench.said()).toEqual([])
  return bench
}

describe('while the hub keeps alarms alone', () => {
  it('misses nobody, finds no sensor silent, and takes no door for open still', () => {
    const bench = start().at('01:10').shed(true).at('20:00')
    expect(bench.said()).toEqual([])
  })

  it('finds falls, and alarms that last', () => {
    const bench = start().at('01:10').shed(true).at('03:00')
    bench.say('b', 'gas', true)
    bench.at('03:05').say('a', 'fall', 'detected')
    bench.at('09:00')
    expect(bench.said()).toEqual(['03:05 fall firing high h1', '03:10 fumes firing high h1'])
  })

  it('does not take it for stillness that nothing is heard after a call for help', () => {
    const bench = start().shed(true).at('02:00')
    bench.say('a', 'sos', 'pressed')
    bench.at('08:00')
    expect(bench.said()).toEqual([])
    bench.shed(false).at('08:20')
    expect(bench.said()).toContain('08:20 still firing high h1')
  })

  it('finds a gateway that is gone, which it sees itself', () => {
    const bench = start().shed(true).at('03:00').link(false).at('04:00')
    expect(bench.said()).toEqual(['03:15 gone firing low h1'])
  })

  it.each([false, true])(
    'goes on where it was when there is room again (restarted meanwhile: %s)',
    (restarts) => {
      const bench = start().at('01:10').shed(true).at('05:00')
      if (restarts) bench.restart()
      bench.at('09:10').shed(false).at('14:00')
      // What counted until 01:10 counts on from 09:10.
      expect(bench.said()).toEqual([
        '09:30 open firing low h1',
        '11:00 silent firing low h1/a',
        '11:00 silent firing low h1/b',
      ])
    },
  )

  it('misses nobody after a restart, and is not over by it', () => {
    const bench = start().at('01:10').shed(true).at('05:00').restart('05:10').link(true).at('20:00')
    expect(bench.said()).toEqual([])
  })

  it('writes no row but its own when it begins, so that the room is there for alarms', () => {
    const bench = start().at('01:10')
    const before = new Map(bench.disk)
    bench.shed(true)
    const changed = [...bench.disk].filter(([key, text]) => before.get(key) !== text).map(([key]) => key)
    expect(changed).toEqual(['shed|hub'])
  })

  it('leaves rows on the disk, when it is over, that a restart goes on from as the hub itself does', () => {
    const [one, other] = [start(), start()]
    for (const bench of [one, other]) {
      bench.at('01:10').shed(true).at('02:00').link(false).at('03:00').shed(false)
    }
    other.restart()
    for (const bench of [one, other]) bench.at('03:10').link(true).at('20:00')
    expect(other.said()).toEqual(one.said())
    expect([...other.disk].toSorted()).toEqual([...one.disk].toSorted())
  })
})
