import { describe, expect, it } from 'vitest'
import { createBench, home, rulesOf, sensor } from './bench.ts'

const SUSPECTED = `
  - id: fall
    title: Fall
    category: safety
    severity: medium
    on: fall
    when: value == "suspected"
    unless: { on: fall, when: value == "cancelled", within: 20s }
    clear: manual
`
const EXIT = `
  - id: exit
    title: Exit
    category: safety
    severity: high
    on: door
    when: value == "open"
    then: { absent: { of: [motion] }, within: 10m, after: 60s }
    clear: manual
`
const STOVE = `
  - id: stove
    title: Stove
    category: safety
    severity: medium
    on: power
    when: value > 500
    for: 1m
    unless: { on: motion, when: value, within: 10m }
`
const BACK = `
  - id: back
    title: Back
    category: routine
    severity: low
    scope: room
    on: door
    when: value == "open"
    then: { on: motion, when: value, within: 5m, after: 1m }
`

describe('unless', () => {
  it('fires when nothing cancelled it in time, with nothing said before', () => {
    const bench = createBench(rulesOf(SUSPECTED))
    bench.at('00:10').say('a', 'fall', 'suspected')
    expect(bench.at('00:10:19').said()).toEqual([])
    expect(bench.at('00:11').said()).toEqual(['00:10:20 fall firing medium h1'])
  })

  it('does not fire when it was cancelled in time, also by another sensor of the scope', () => {
    const bench = createBench(rulesOf(SUSPECTED))
    bench.at('00:10').say('a', 'fall', 'suspected')
    bench.at('00:10:19').say('b', 'fall', 'cancelled')
    expect(bench.at('10:00').said()).toEqual([])
  })

  it('is not cancelled by what came before it', () => {
    const bench = createBench(rulesOf(SUSPECTED))
    bench.at('00:10').say('a', 'fall', 'cancelled')
    bench.say('a', 'fall', 'suspected')
    bench.say('a', 'fall', 'cancelled', '00:09:59')
    expect(bench.at('00:11').said()).toEqual(['00:10:20 fall firing medium h1'])
  })

  it('waits for each event by itself: a second fall is never hidden by the first', () => {
    const bench = createBench(rulesOf(SUSPECTED))
    bench.at('00:10').say('a', 'fall', 'suspected')
    bench.at('00:10:05').say('a', 'fall', 'suspected')
    expect(bench.at('00:11').said()).toEqual([
      '00:10:20 fall firing medium h1',
      '00:10:25 fall again medium h1',
    ])
  })

  it('waits on over a restart, and fires late after the hub was away, with its due time', () => {
    const bench = createBench(rulesOf(SUSPECTED))
    bench.at('00:10').say('a', 'fall', 'suspected')
    bench.at('00:10:10').restart()
    bench.at('00:10:15').restart('02:00')
    expect(bench.said()).toEqual(['00:10:20 fall firing medium h1'])
  })

  it('goes by observed time in backlog: cancelled in time, or proven not to be', () => {
    const bench = createBench(rulesOf(SUSPECTED))
    bench.at('10:00').say('a', 'fall', 'suspected', '03:00')
    bench.at('10:00').say('a', 'fall', 'cancelled', '03:00:15')
    bench.say('b', 'fall', 'suspected', '04:00')
    bench.at('10:00').say('b', 'motion', true, '04:00:19')
    expect(bench.said()).toEqual([])
    bench.at('10:00').say('b', 'motion', true, '04:00:20')
    expect(bench.at('11:00').said()).toEqual(['04:00:20 fall firing medium h1'])
  })

  it('fires for backlog that nothing follows, after waiting once more', () => {
    const bench = createBench(rulesOf(SUSPECTED))
    bench.at('10:00').say('a', 'fall', 'suspected', '03:00')
    expect(bench.at('10:00:19').said()).toEqual([])
    expect(bench.at('10:00:20').said()).toEqual(['03:00:20 fall firing medium h1'])
  })

  it('drops a state that ends while it waits, after its "for"', () => {
    const bench = createBench(rulesOf(STOVE))
    bench.at('00:10').say('a', 'power', 1000)
    bench.at('00:20').say('a', 'power', 0)
    bench.at('01:00').say('a', 'power', 1000)
    bench.at('01:10').say('b', 'motion', true)
    bench.at('01:20').say('a', 'power', 0)
    bench.at('02:00').say('a', 'power', 1000)
    expect(bench.at('02:10:59').said()).toEqual([])
    bench.at('02:30').say('a', 'power', 0)
    expect(bench.said()).toEqual(['02:11 stove firing medium h1', '02:30 stove cleared medium h1'])
  })

  it('isolates a rule whose second condition cannot be evaluated', () => {
    const bench = createBench(rulesOf(SUSPECTED.replace('value == "cancelled"', "'[true][int(value)]'")))
    bench.at('00:10').say('a', 'fall', 'suspected')
    bench.at('00:10:05').say('a', 'fall', 'cancelled')
    expect(bench.at('00:11').said()).toEqual(['00:10:20 fall firing medium h1'])
    expect(bench.faults()).toMatchObject([{ rule: 'fall' }])
  })
})

describe('then absent', () => {
  const rooms = [home({ sensors: [sensor('a', { kinds: ['door'] }), sensor('b', { kinds: ['motion'] })] })]

  it('fires when no sign of life follows, and does not count what comes before "after"', () => {
    const bench = createBench(rulesOf(EXIT), rooms)
    bench.at('00:05').say('b', 'motion', true)
    bench.at('00:10').say('a', 'door', 'open')
    bench.at('00:10:59').say('b', 'motion', true)
    bench.at('00:12').say('a', 'door', 'closed')
    expect(bench.at('01:00').said()).toEqual(['00:20 exit firing high h1'])
  })

  it('does not fire after a sign of life', () => {
    const bench = createBench(rulesOf(EXIT), rooms)
    bench.at('00:05').say('b', 'motion', true)
    bench.at('00:10').say('a', 'door', 'open')
    bench.at('00:11').say('b', 'motion', true)
    expect(bench.at('01:00').said()).toEqual([])
  })

  it('never fires for want of data', () => {
    const bench = createBench(rulesOf(EXIT), rooms)
    bench.at('00:10').say('a', 'door', 'open')
    expect(bench.at('09:00').said()).toEqual([])
    bench.say('b', 'motion', false)
    expect(bench.at('10:00').said()).toEqual(['09:10 exit firing high h1'])
  })

  it('counts only while the home can be reached, and the hub is there', () => {
    const bench = createBench(rulesOf(EXIT), rooms)
    bench.at('00:05').say('b', 'motion', true)
    bench.at('00:10').say('a', 'door', 'open')
    bench.at('00:14').link(false)
    bench.at('02:00').link(true)
    bench.at('02:02').restart('05:00')
    bench.link(true)
    expect(bench.at('06:00').said()).toEqual(['05:04 exit firing high h1'])
  })
})

describe('then absent, with signs that end it too', () => {
  const STILL = `
  - id: still
    title: Still
    category: safety
    severity: high
    on: fall
    when: value != "cancelled"
    then:
      absent: { of: [motion], also: [{ kind: fall, when: value == "cancelled" }, door] }
      within: 10m
      after: 60s
    clear: manual
`

  it('does not fire after a cancel, however soon it comes', () => {
    const bench = createBench(rulesOf(STILL))
    bench.at('00:05').say('b', 'motion', true)
    bench.at('00:10').say('a', 'fall', 'suspected')
    bench.at('00:10:05').say('a', 'fall', 'cancelled')
    expect(bench.at('01:00').said()).toEqual([])
  })

  it('does not take the heartbeat of a door for a sign', () => {
    const bench = createBench(rulesOf(STILL))
    bench.at('00:05').say('b', 'motion', true)
    bench.say('b', 'door', 'closed')
    bench.at('00:10').say('a', 'fall', 'suspected')
    bench.at('00:12').say('b', 'door', 'closed')
    expect(bench.at('01:00').said()).toEqual(['00:20 still firing high h1'])
    bench.say('a', 'fall', 'suspected')
    bench.at('01:02').say('b', 'door', 'open')
    expect(bench.at('02:00').said()).toEqual([])
  })

  it('takes a sensor that could cancel for none that could see life', () => {
    const bench = createBench(rulesOf(STILL))
    bench.at('00:10').say('a', 'fall', 'suspected')
    expect(bench.at('09:00').said()).toEqual([])
    bench.say('b', 'motion', false)
    expect(bench.at('10:00').said()).toEqual(['09:10 still firing high h1'])
  })
})

describe('then', () => {
  const rooms = [
    home({ sensors: ['a', 'b', 'c'].map((id) => sensor(id, { room: id === 'c' ? 'hall' : 'bath' })) }),
  ]

  it('fires when it follows in the same scope, within the time and not too soon', () => {
    const bench = createBench(rulesOf(BACK), rooms)
    bench.at('00:10').say('a', 'door', 'open')
    bench.at('00:10:59').say('b', 'motion', true)
    bench.at('00:11').say('c', 'motion', true)
    expect(bench.said()).toEqual([])
    bench.at('00:14:59').say('b', 'motion', true)
    expect(bench.said()).toEqual(['00:14:59 back firing low h1/bath'])
    bench.at('00:16').say('a', 'door', 'closed')
    expect(bench.said()).toEqual(['00:16 back cleared low h1/bath'])
  })

  it('is over with its time', () => {
    const bench = createBench(rulesOf(BACK), rooms)
    bench.at('00:10').say('a', 'door', 'open')
    bench.at('00:15').say('b', 'motion', true)
    expect(bench.at('01:00').said()).toEqual([])
  })

  it('fires and clears at once where the trigger is over by then', () => {
    const bench = createBench(rulesOf(BACK), rooms)
    bench.at('00:10').say('a', 'door', 'open')
    bench.at('00:11').say('a', 'door', 'closed')
    bench.at('00:12').say('b', 'motion', true)
    expect(bench.said()).toEqual(['00:12 back firing low h1/bath', '00:12 back cleared low h1/bath'])
  })

  it('goes by observed time in backlog', () => {
    const bench = createBench(rulesOf(BACK), rooms)
    bench.at('10:00').say('a', 'door', 'open', '03:00')
    bench.at('10:00').say('b', 'motion', true, '03:02')
    expect(bench.said()).toEqual(['03:02 back firing low h1/bath'])
  })

  it('forgets what a sensor began that moved or left', () => {
    const bench = createBench(rulesOf(BACK), rooms)
    bench.at('00:10').say('a', 'door', 'open')
    bench.at('00:11').register(home({ sensors: [sensor('b', { room: 'bath' })] }))
    bench.at('00:12').say('b', 'motion', true)
    expect(bench.said()).toEqual([])
  })
})
