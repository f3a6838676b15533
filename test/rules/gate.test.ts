import { describe, expect, it } from 'vitest'
import { createBench, home, rulesOf, sensor } from './bench.ts'

const QUIET = `
  - id: quiet
    title: Quiet
    category: safety
    severity: medium
    absent: { of: [motion], for: 4h }
    during: { from: "07:00", to: "23:00" }
    except: { mode: away }
`
const DOOR = `
  - id: door
    title: Door
    category: routine
    severity: low
    on: door
    when: value == "open"
    for: 10m
    during: { from: "23:00", to: "06:00" }
`
const PILL = `
  - id: pill
    title: Pill
    category: health
    severity: low
    on: medication
    when: value == "missed"
    during: { from: "08:00", to: "12:00" }
    except: { mode: [carer, maintenance] }
`

describe('during (Meaning 6)', () => {
  it('counts an absence from the opening at the earliest', () => {
    const bench = createBench(rulesOf(QUIET))
    bench.at('06:30').say('a', 'motion', true)
    expect(bench.at('10:59:59').said()).toEqual([])
    expect(bench.at('11:00').said()).toEqual(['11:00 quiet firing medium h1'])
  })

  it('drops what is half counted at the close, also to the second', () => {
    const bench = createBench(rulesOf(QUIET))
    bench.at('19:00').say('a', 'motion', true)
    expect(bench.at('34:59').said()).toEqual([])
    expect(bench.at('35:00').said()).toEqual(['06T11:00:00 quiet firing medium h1'])
  })

  it('clears at the close what fires, and keeps it cleared over a sign of life', () => {
    const bench = createBench(rulesOf(QUIET))
    bench.at('12:00').say('a', 'motion', true)
    bench.at('23:30').say('a', 'motion', true)
    expect(bench.at('30:00').said()).toEqual([
      '16:00 quiet firing medium h1',
      '23:00 quiet cleared medium h1',
    ])
  })

  it('lets a state that holds at the opening begin to hold then', () => {
    const bench = createBench(rulesOf(DOOR))
    bench.at('20:00').say('a', 'door', 'open')
    expect(bench.at('23:09:59').said()).toEqual([])
    expect(bench.at('31:00').said()).toEqual(['23:10 door firing low h1', '06T06:00:00 door cleared low h1'])
  })

  it('counts nothing outside the window, and drops a wait that it cuts', () => {
    const bench = createBench(rulesOf(DOOR))
    bench.at('05:55').say('a', 'door', 'open')
    bench.at('06:30').say('a', 'door', 'closed')
    bench.at('07:00').say('a', 'door', 'open')
    bench.at('22:59').say('a', 'door', 'closed')
    expect(bench.at('40:00').said()).toEqual([])
  })

  it('waits at the opening for a sensor that is gone, whose last value may hold no more', () => {
    const rules = rulesOf(DOOR.replace('    for: 10m\n', ''))
    const bench = createBench(rules)
    bench.at('20:00').say('a', 'door', 'open')
    bench.at('21:00').link(false)
    expect(bench.at('25:00').said()).toEqual([])
    expect(bench.link(true).at('25:00').said()).toEqual(['06T01:00:00 door firing low h1'])
  })

  it('takes an event by the time at which it was observed', () => {
    const bench = createBench(rulesOf(PILL))
    bench.at('13:00').say('a', 'medication', 'missed', '11:59')
    bench.at('13:01').say('a', 'medication', 'missed')
    bench.at('32:10').say('b', 'medication', 'missed', '31:50')
    expect(bench.said().map((line) => line.slice(0, 17))).toEqual(['11:59 pill firing', '11:59 pill cleare'])
  })

  it("follows the home's clock over the change to summer time", () => {
    // 28 March 2027 is far: the bench begins on 5 January 2026, summer time on 29 March, day 83.
    const bench = createBench(rulesOf(DOOR), [home({ timezone: 'Europe/Oslo' })])
    const day = (days: number, time: string): string => {
      const [hours = 0, minutes = 0] = time.split(':').map(Number)
      return `${days * 24 + hours}:${minutes}`
    }
    bench.at(day(82, '21:00')).say('a', 'door', 'open')
    bench.at(day(82, '23:00'))
    expect(bench.said()).toEqual(['28T22:10:00 door firing low h1'])
    expect(bench.at(day(83, '12:00')).said()).toEqual(['29T04:00:00 door cleared low h1'])
  })

  it('runs late edges after the hub was away, in order', () => {
    const bench = createBench(rulesOf(DOOR))
    bench.at('20:00').say('a', 'door', 'open')
    bench.restart('31:00')
    expect(bench.said()).toEqual(['23:10 door firing low h1', '06T06:00:00 door cleared low h1'])
  })

  it('does not count absence while the hub was away, whatever opened meanwhile', () => {
    const bench = createBench(rulesOf(QUIET))
    bench.at('06:00').say('a', 'motion', true)
    bench.at('06:30').restart('14:00')
    bench.link(true)
    expect(bench.at('22:00').said()).toEqual(['18:00 quiet firing medium h1'])
  })

  it('goes by the new window when the rule changes, and by the new zone when the home moves', () => {
    const bench = createBench(rulesOf(QUIET))
    bench.at('12:00').say('a', 'motion', true)
    bench.use(rulesOf(QUIET.replace('07:00', '13:00')))
    expect(bench.at('17:00').said()).toEqual(['17:00 quiet firing medium h1'])
    bench.register(home({ timezone: 'Pacific/Auckland', sensors: ['a', 'b'].map((id) => sensor(id)) }))
    expect(bench.said()).toEqual(['17:00 quiet cleared medium h1'])
  })
})

describe('except', () => {
  it('counts from zero when the mode ends', () => {
    const bench = createBench(rulesOf(QUIET))
    bench.at('08:00').say('a', 'motion', true)
    bench.at('11:00').mode('away', true)
    bench.at('14:00').mode('away', false)
    expect(bench.at('22:00').said()).toEqual(['18:00 quiet firing medium h1'])
  })

  it('clears what fires, and ends by itself at its time', () => {
    const bench = createBench(rulesOf(QUIET))
    bench.at('08:00').say('a', 'motion', true)
    bench.at('13:00').mode('away', true, '15:00')
    expect(bench.at('22:00').said()).toEqual([
      '12:00 quiet firing medium h1',
      '13:00 quiet cleared medium h1',
      '19:00 quiet firing medium h1',
    ])
  })

  it('takes an event from before the mode, though it comes late', () => {
    const bench = createBench(rulesOf(PILL))
    bench.at('09:00').mode('carer', true)
    bench.at('09:10').say('a', 'medication', 'missed')
    bench.at('09:20').say('b', 'medication', 'missed', '08:50')
    expect(bench.said()).toEqual(['08:50 pill firing low h1', '08:50 pill cleared low h1'])
  })

  it.each([
    ['without an end', undefined],
    ['with an end that is too far', '100:00'],
  ])('ends maintenance after 4 h, %s', (_name, until) => {
    const bench = createBench(rulesOf(PILL))
    bench.at('07:00').mode('maintenance', true, until)
    bench.at('10:59').say('a', 'medication', 'missed')
    expect(bench.said()).toEqual([])
    bench.at('11:00').say('a', 'medication', 'missed')
    expect(bench.said()).toHaveLength(2)
  })

  it('knows its mode and its end after a restart', () => {
    const bench = createBench(rulesOf(QUIET))
    bench.at('08:00').say('a', 'motion', true)
    bench.at('09:00').mode('away', true, '15:00').restart()
    bench.at('10:00').restart()
    expect(bench.at('22:00').said()).toEqual(['19:00 quiet firing medium h1'])
  })
})
