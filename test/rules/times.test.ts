import { describe, expect, it } from 'vitest'
import { createBench, home, rulesOf, sensor } from './bench.ts'
import type { Bench } from './bench.ts'

const VISITS = `
  - id: visits
    title: Visits
    category: health
    severity: low
    on: motion
    when: value && room == "bathroom"
    times: { count: 3, within: 2h, apart: 10m }
`
const baths = [home({ sensors: ['a', 'b'].map((id) => sensor(id, { room: 'bathroom' })) })]

function visit(bench: Bench, ...times: string[]): void {
  for (const time of times) {
    bench.at(time).say('a', 'motion', true)
    bench.say('a', 'motion', false)
  }
}

describe('times', () => {
  it('fires at the third within the time, and clears when the first of three is too long ago', () => {
    const bench = createBench(rulesOf(VISITS), baths)
    visit(bench, '00:10', '00:40')
    expect(bench.said()).toEqual([])
    visit(bench, '01:10')
    expect(bench.at('05:00').said()).toEqual(['01:10 visits firing low h1', '02:10 visits cleared low h1'])
  })

  it('goes on while there are enough, and says nothing of further ones', () => {
    const bench = createBench(rulesOf(VISITS), baths)
    visit(bench, '00:10', '00:40', '01:10', '02:00', '03:05')
    expect(bench.at('09:00').said()).toEqual([
      '01:10 visits firing low h1',
      '02:40 visits cleared low h1',
      '03:05 visits firing low h1',
      '03:10 visits cleared low h1',
    ])
  })

  it('does not count what is less apart from one that counted, from any sensor', () => {
    const bench = createBench(rulesOf(VISITS), baths)
    bench.at('00:10').say('a', 'motion', true)
    bench.at('00:15').say('b', 'motion', true)
    visit(bench, '00:19:59', '00:20')
    expect(bench.said()).toEqual([])
    visit(bench, '00:30')
    expect(bench.said()).toEqual(['00:30 visits firing low h1'])
  })

  it('does not fire for three that are spread too far', () => {
    const bench = createBench(rulesOf(VISITS), baths)
    visit(bench, '00:10', '01:10', '02:10', '03:10')
    expect(bench.said()).toEqual([])
  })

  it('counts on over a restart, and leaves nothing behind', () => {
    const bench = createBench(rulesOf(VISITS), baths)
    visit(bench, '00:10', '00:40')
    bench.at('00:50').restart()
    visit(bench, '01:10')
    expect(bench.restart().at('05:00').said()).toHaveLength(2)
    expect([...bench.disk.keys()].filter((key) => /^(times|finding)/.test(key))).toEqual([])
  })

  it('forgets what it counted when its window closes', () => {
    const bench = createBench(rulesOf(`${VISITS}    during: { from: "22:00", to: "01:00" }\n`), baths)
    visit(bench, '00:10', '00:40', '01:10', '22:10', '22:40')
    expect(bench.said()).toEqual([])
    visit(bench, '23:10')
    expect(bench.said()).toEqual(['23:10 visits firing low h1'])
  })
})
