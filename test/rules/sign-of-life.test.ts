import { describe, expect, it } from 'vitest'
import { createBench, home, rulesOf, sensor } from './bench.ts'

/** Nobody is seen outside of the bathroom. */
const ELSEWHERE = `
  - id: elsewhere
    title: Elsewhere
    category: safety
    severity: medium
    absent: { of: [{ kind: motion, when: room != "bathroom" }, { kind: bed, when: value == "occupied" && room != "bathroom" }], for: 1h }
`

const rooms = (second?: string) =>
  home({
    sensors: [
      sensor('a', { room: 'bathroom', kinds: ['motion', 'bed'] }),
      ...(second === undefined ? [] : [sensor('b', { room: second, kinds: ['motion'] })]),
    ],
  })

describe('canShow', () => {
  it('takes no sensor for one that could show a sign which it can never show where it is', () => {
    const bench = createBench(rulesOf(ELSEWHERE), [rooms('hall')])
    bench.at('00:10').say('a', 'motion', true)
    expect(bench.at('05:00').said()).toEqual([])
    bench.say('b', 'motion', false)
    expect(bench.at('07:00').said()).toEqual(['06:00 elsewhere firing medium h1'])
  })

  it('thinks again when the sensor is moved', () => {
    const bench = createBench(rulesOf(ELSEWHERE), [rooms('bathroom')])
    bench.at('00:10').say('b', 'motion', true)
    expect(bench.at('05:00').said()).toEqual([])
    bench.register(rooms('hall'))
    expect(bench.at('07:00').said()).toEqual(['06:00 elsewhere firing medium h1'])
  })

  it('thinks again when the rule means something else', () => {
    const bench = createBench(rulesOf(ELSEWHERE), [rooms()])
    bench.at('00:10').say('a', 'motion', true)
    expect(bench.at('05:00').said()).toEqual([])
    bench.use(rulesOf(ELSEWHERE.replaceAll('bathroom', 'kitchen')))
    expect(bench.at('07:00').said()).toEqual(['06:00 elsewhere firing medium h1'])
  })

  it('takes a sign that turns on the hour or the past for one that may be', () => {
    const day = ELSEWHERE.replace(
      /absent: .*/,
      'absent: { of: [{ kind: motion, when: local.hour > 6 && age("door") > duration("1m") }], for: 1h }',
    )
    const bench = createBench(rulesOf(day), [rooms()])
    bench.at('00:10').say('a', 'motion', true)
    expect(bench.at('02:00').said()).toEqual(['01:10 elsewhere firing medium h1'])
  })

  it('takes a number for one that may be any', () => {
    const power = ELSEWHERE.replace(
      /absent: .*/,
      'absent: { of: [{ kind: power, when: value > 30 }], for: 1h }',
    )
    const bench = createBench(rulesOf(power), [home({ sensors: [sensor('a', { kinds: ['power'] })] })])
    bench.at('00:10').say('a', 'power', 2)
    expect(bench.at('02:00').said()).toEqual(['01:10 elsewhere firing medium h1'])
  })
})
