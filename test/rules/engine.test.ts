import { describe, expect, it } from 'vitest'
import { rowKey } from '../../hub/rules/state.ts'
import { createBench, home, rulesOf, sensor } from './bench.ts'

const LOW = `
  - id: low
    title: Low
    category: health
    scope: home
    on: spo2
    when: value < params.limit
    for: 2m
    clear: { when: value >= params.limit + 2, for: 5m }
    levels: [{ severity: medium }, { severity: high, when: value < params.limit - 4 }]
    params: { limit: { default: 90, min: 70, max: 99 } }
`
const FALL = `
  - id: fall
    title: Fall
    category: safety
    severity: high
    on: fall
    when: value in ["detected", "confirmed"]
    clear: manual
`
const OPEN = `
  - { id: open, title: Open, category: routine, severity: low, on: door, when: value == "open", resolve: auto }
`
const QUIET = `
  - id: quiet
    title: Quiet
    category: safety
    severity: medium
    absent: { of: [motion, door, { kind: power, when: value > 30 }], for: params.quiet }
    params: { quiet: { default: 4h, min: 1h } }
`
const SILENT = `
  - id: silent
    title: Silent
    category: technical
    severity: low
    scope: sensor
    on: availability
    when: role != "gateway" && value == "offline"
    resolve: auto
`
const NO_LINK = `
  - id: no-link
    title: No link
    category: technical
    severity: medium
    on: availability
    when: role == "gateway" && value == "offline"
    for: 3m
    resolve: auto
`

describe('engine: for, clear and levels (Meaning 5)', () => {
  it('fires when the condition has held for the time, with no new reading', () => {
    const bench = createBench(rulesOf(LOW))
    bench.at('00:10').say('a', 'spo2', 89)
    expect(bench.at('00:11:59').said()).toEqual([])
    expect(bench.at('09:00').said()).toEqual(['00:12 low firing medium h1'])
  })

  it('starts again after a break, however short', () => {
    const bench = createBench(rulesOf(LOW))
    bench.at('00:10').say('a', 'spo2', 89)
    bench.at('00:11').say('a', 'spo2', 90)
    bench.at('00:11:30').say('a', 'spo2', 89)
    expect(bench.at('09:00').said()).toEqual(['00:13:30 low firing medium h1'])
  })

  it('does not wait longer for every reading', () => {
    const bench = createBench(rulesOf(LOW))
    for (const time of ['00:10', '00:10:40', '00:11:20', '00:12']) bench.at(time).say('a', 'spo2', 89)
    expect(bench.said()).toEqual(['00:12 low firing medium h1'])
  })

  it('clears when what ends it has held for its own time, and not between the two limits', () => {
    const bench = createBench(rulesOf(LOW))
    bench.at('00:10').say('a', 'spo2', 89)
    bench.at('00:20').say('a', 'spo2', 91)
    bench.at('00:40').say('a', 'spo2', 92)
    bench.at('00:44:59').say('a', 'spo2', 91.5)
    bench.at('01:00').say('a', 'spo2', 95)
    expect(bench.at('02:00').said()).toEqual(['00:12 low firing medium h1', '01:05 low cleared medium h1'])
  })

  it('raises the level in place, and never lowers it', () => {
    const bench = createBench(rulesOf(LOW))
    bench.at('00:10').say('a', 'spo2', 89)
    bench.at('00:20').say('a', 'spo2', 85)
    bench.at('00:30').say('a', 'spo2', 89)
    bench.at('00:40').say('a', 'spo2', 84)
    bench.at('00:50').say('a', 'spo2', 99)
    expect(bench.at('01:00').said()).toEqual([
      '00:12 low firing medium h1',
      '00:20 low level high h1',
      '00:55 low cleared high h1',
    ])
  })

  it('fires at the level that holds when the wait is over', () => {
    const bench = createBench(rulesOf(LOW))
    bench.at('00:10').say('a', 'spo2', 89)
    bench.at('00:11').say('a', 'spo2', 80)
    expect(bench.at('01:00').said()).toEqual(['00:12 low firing high h1'])
  })

  it('gets worse while it is about to clear', () => {
    const bench = createBench(rulesOf(LOW))
    bench.at('00:10').say('a', 'spo2', 89)
    bench.at('00:20').say('a', 'spo2', 95)
    bench.at('00:24').say('a', 'spo2', 80)
    expect(bench.at('01:00').said()).toEqual(['00:12 low firing medium h1', '00:24 low level high h1'])
  })

  it('takes the limits of the resident, else of the home, else the default', () => {
    const people = home({
      params: { low: { limit: 85 } },
      residents: [{ id: 'r1', params: { low: { limit: 80 } } }, { id: 'r2' }],
      sensors: [sensor('a', { resident: 'r1' }), sensor('b', { resident: 'r2' })],
    })
    const bench = createBench(rulesOf(LOW.replace('scope: home', 'scope: resident')), [people])
    bench.at('00:10').say('a', 'spo2', 82)
    bench.say('b', 'spo2', 82)
    expect(bench.at('01:00').said()).toEqual(['00:12 low firing medium h1/r2'])
  })

  it('holds in a scope while any of its sensors does', () => {
    const bench = createBench(rulesOf(OPEN))
    bench.at('00:10').say('a', 'door', 'open')
    bench.at('00:20').say('b', 'door', 'open')
    bench.at('00:30').say('a', 'door', 'closed')
    expect(bench.said()).toEqual(['00:10 open firing low h1', '00:20 open again low h1'])
    bench.at('00:40').say('b', 'door', 'closed')
    expect(bench.said()).toEqual(['00:40 open cleared low h1'])
  })

  it.each([
    ['sensor', 'h1/a'],
    ['room', 'h1/bath'],
    ['resident', 'h1/r1'],
    ['home', 'h1'],
  ])('names the scope of a %s: %s', (scope, name) => {
    const rules = rulesOf(OPEN.replace('{ id: open,', `{ id: open, scope: ${scope},`))
    const bench = createBench(rules, [
      home({ residents: [{ id: 'r1' }], sensors: [sensor('a', { room: 'bath' })] }),
    ])
    bench.at('00:10').say('a', 'door', 'open')
    expect(bench.said()).toEqual([`00:10 open firing low ${name}`])
  })

  it('says nothing of a state that is repeated', () => {
    const bench = createBench(rulesOf(OPEN))
    for (const time of ['00:10', '00:20', '00:30']) bench.at(time).say('a', 'door', 'open')
    expect(bench.said()).toEqual(['00:10 open firing low h1'])
  })
})

describe('engine: events and what is latched (Meaning 5)', () => {
  it('says every event, however alike', () => {
    const bench = createBench(rulesOf(FALL))
    bench.at('00:10').say('a', 'fall', 'detected')
    bench.say('a', 'fall', 'detected')
    bench.say('b', 'fall', 'detected')
    expect(bench.said()).toEqual([
      '00:10 fall firing high h1',
      '00:10 fall again high h1',
      '00:10 fall again high h1',
    ])
  })

  it('holds what is latched until a human resolves, and fires anew after that', () => {
    const bench = createBench(rulesOf(FALL))
    bench.at('00:10').say('a', 'fall', 'detected')
    expect(bench.at('40:00').said()).toEqual(['00:10 fall firing high h1'])
    bench.at('40:01').resolve('fall')
    bench.at('40:02').say('a', 'fall', 'detected')
    expect(bench.said()).toEqual(['06T16:01:00 fall cleared high h1', '06T16:02:00 fall firing high h1'])
  })

  it('holds a latched state after a human resolved until the state itself ends', () => {
    const bench = createBench(
      rulesOf(FALL.replaceAll('fall', 'smoke').replace('value in ["detected", "confirmed"]', 'value')),
    )
    bench.at('00:10').say('a', 'smoke', true)
    bench.at('00:20').resolve('smoke')
    expect(bench.said()).toEqual(['00:10 smoke firing high h1'])
    bench.at('00:30').say('a', 'smoke', false)
    expect(bench.said()).toEqual(['00:30 smoke cleared high h1'])
  })

  it('resolves nothing that is not there', () => {
    const bench = createBench(rulesOf(FALL))
    bench.at('00:10').resolve('fall').resolve('nothing').resolve('fall', 'h1/nowhere')
    expect(bench.said()).toEqual([])
  })

  it('is over at once without a clear, so that the next event fires again', () => {
    const bench = createBench(rulesOf(FALL.replace('clear: manual', '')))
    bench.at('00:10').say('a', 'fall', 'detected')
    bench.at('00:20').say('a', 'fall', 'detected')
    expect(bench.said().map((line) => line.slice(0, 20))).toEqual([
      '00:10 fall firing hi',
      '00:10 fall cleared h',
      '00:20 fall firing hi',
      '00:20 fall cleared h',
    ])
  })

  it('ends by another event where the rule says so, but never by one from before', () => {
    const rules = rulesOf(FALL.replace('clear: manual', 'clear: { when: value == "cancelled" }'))
    const bench = createBench(rules)
    bench.at('00:10').say('a', 'fall', 'detected')
    bench.at('00:20').say('a', 'fall', 'cancelled', '00:05')
    expect(bench.said()).toEqual(['00:10 fall firing high h1'])
    bench.at('00:30').say('a', 'fall', 'cancelled')
    expect(bench.said()).toEqual(['00:30 fall cleared high h1'])
  })
})

describe('engine: observed and received (Meaning 3)', () => {
  it('marks what came more than 60 s after it was seen, and otherwise takes it as it is', () => {
    const bench = createBench(rulesOf(FALL))
    expect(bench.at('01:00').say('a', 'fall', 'detected', '00:59')).toEqual({})
    expect(bench.say('a', 'fall', 'detected', '00:59:01')).toEqual({})
    expect(bench.at('02:00').say('a', 'fall', 'detected', '01:58:59')).toEqual({ late: true })
    expect(bench.said().at(-1)).toBe('01:58:59 fall again high h1')
    expect(bench.transitions()).toEqual([])
  })

  it('fires an event that is out of order, with its real time', () => {
    const bench = createBench(rulesOf(FALL))
    bench.at('01:00').say('a', 'fall', 'detected')
    expect(bench.at('02:00').say('a', 'fall', 'detected', '00:30')).toEqual({ late: true, outOfOrder: true })
    expect(bench.said()).toEqual(['01:00 fall firing high h1', '00:30 fall again high h1'])
  })

  it('changes nothing for a state that is out of order', () => {
    const bench = createBench(rulesOf(OPEN))
    bench.at('01:00').say('a', 'door', 'closed')
    expect(bench.at('01:00:10').say('a', 'door', 'open', '00:59:50')).toEqual({ outOfOrder: true })
    expect(bench.said()).toEqual([])
    expect(bench.engine.state('h1')?.sensors.get('a')?.row.last['door']).toMatchObject({ value: 'closed' })
  })

  it.each([
    ['more than 60 s ahead', '200:00', '200:01:01', true],
    ['60 s ahead', '200:00', '200:01', false],
    ['more than 7 days old', '200:00', '31:59:59', true],
    ['7 days old', '200:00', '32:00', false],
  ])('does not believe a clock that is %s', (_name, now, observed, isDisbelieved) => {
    const bench = createBench(rulesOf(FALL))
    const marks = bench.at(now).say('a', 'fall', 'detected', observed)
    expect('claimedAt' in marks).toBe(isDisbelieved)
    if (isDisbelieved) expect(bench.said()).toEqual([`13T08:00:00 fall firing high h1`])
  })

  it('runs the wait of backlog on observed time', () => {
    const bench = createBench(rulesOf(LOW))
    bench.at('10:00').say('a', 'spo2', 89, '01:00')
    expect(bench.said()).toEqual([])
    bench.say('a', 'spo2', 89, '01:05')
    bench.say('a', 'spo2', 96, '01:20')
    bench.say('a', 'spo2', 96, '01:30')
    expect(bench.said()).toEqual(['01:02 low firing medium h1', '01:25 low cleared medium h1'])
  })

  it('does not fire for what ended within the backlog', () => {
    const bench = createBench(rulesOf(LOW))
    bench.at('10:00').say('a', 'spo2', 89, '01:00')
    bench.say('a', 'spo2', 96, '01:01')
    expect(bench.at('12:00').said()).toEqual([])
  })
})

describe('engine: devices that repeat a status', () => {
  it('takes only the change for an event', () => {
    const bench = createBench(rulesOf(FALL))
    bench.at('00:10').status('a', 'fall', 'falling', 'detected')
    expect(bench.at('00:11').status('a', 'fall', 'falling', 'detected')).toEqual({ repeat: true })
    bench.at('00:12').status('a', 'fall', 'sitting', null)
    expect(bench.at('00:13').status('a', 'fall', 'sitting', null)).toEqual({ repeat: true })
    bench.at('00:14').status('a', 'fall', 'falling', 'detected')
    expect(bench.said()).toEqual(['00:10 fall firing high h1', '00:14 fall again high h1'])
  })

  it('knows a repeat after an older status came late', () => {
    const bench = createBench(rulesOf(FALL))
    bench.at('00:10').status('a', 'fall', 'falling', 'detected')
    bench.at('00:11').status('a', 'fall', 'sitting', null, '00:05')
    expect(bench.at('00:12').status('a', 'fall', 'falling', 'detected')).toEqual({ repeat: true })
    expect(bench.said()).toEqual(['00:10 fall firing high h1'])
  })
})

describe('engine: no data is neither true nor false (Meaning 7)', () => {
  it('suspends a wait while the home cannot be reached', () => {
    const bench = createBench(rulesOf(LOW))
    bench.at('00:10').say('a', 'spo2', 89)
    bench.at('00:11').link(false)
    bench.at('09:00').link(true)
    expect(bench.at('09:00:59').said()).toEqual([])
    expect(bench.at('10:00').said()).toEqual(['09:01 low firing medium h1'])
  })

  it('suspends a wait while the sensor is gone, and does not clear what fired', () => {
    const bench = createBench(rulesOf(LOW))
    bench.at('00:10').say('a', 'spo2', 89)
    bench.at('00:11').say('a', 'availability', 'offline')
    expect(bench.at('05:00').said()).toEqual([])
    bench.say('a', 'availability', 'online')
    bench.at('05:30').say('a', 'availability', 'offline')
    expect(bench.at('60:00').said()).toEqual(['05:01 low firing medium h1'])
  })

  it('counts absence only while the home can be reached', () => {
    const bench = createBench(rulesOf(QUIET))
    bench.at('01:00').say('a', 'motion', true)
    bench.at('02:00').link(false)
    bench.at('12:00').link(true)
    expect(bench.at('20:00').said()).toEqual(['15:00 quiet firing medium h1'])
  })

  it('counts absence only while a sensor that could show life is alive', () => {
    const bench = createBench(rulesOf(QUIET), [
      home({
        sensors: [
          sensor('a', { heardEvery: 2 * 3_600_000, kinds: ['motion'] }),
          sensor('b', { kinds: ['battery'] }),
        ],
      }),
    ])
    bench.at('01:00').say('a', 'motion', true)
    bench.at('01:30').say('b', 'battery', 90)
    expect(bench.at('20:00').said()).toEqual([])
    bench.say('a', 'motion', false)
    // Two hours were counted before it fell silent; two more make four.
    expect(bench.at('21:59').said()).toEqual([])
    expect(bench.at('22:00').said()).toEqual(['22:00 quiet firing medium h1'])
  })

  it('says which sensors were blind', () => {
    const bench = createBench(rulesOf(QUIET), [
      home({ sensors: ['a', 'b', 'c'].map((id) => sensor(id, { kinds: ['motion'] })) }),
    ])
    bench.at('00:30').say('c', 'availability', 'offline')
    bench.at('01:00').say('a', 'motion', true)
    bench.at('06:00')
    expect(bench.transitions().map(({ detail }) => detail.blind)).toEqual([['b', 'c']])
  })

  it('counts nothing where no sensor ever spoke', () => {
    const bench = createBench(rulesOf(QUIET), [home({ sensors: [sensor('a', { kinds: ['motion'] })] })])
    expect(bench.at('60:00').said()).toEqual([])
  })

  it('follows a sensor whose kinds are known only when it speaks', () => {
    const bench = createBench(rulesOf(QUIET))
    bench.at('01:00').say('a', 'battery', 90)
    bench.at('02:00').say('a', 'motion', false)
    expect(bench.at('20:00').said()).toEqual(['06:00 quiet firing medium h1'])
  })

  it.each([
    ['motion true', 'motion', false, true, true],
    ['motion true again', 'motion', true, true, true],
    ['motion false', 'motion', true, false, false],
    ['a changed word', 'door', 'open', 'closed', true],
    ['a repeated word', 'door', 'open', 'open', false],
    ['a number as its condition says', 'power', 10, 31, true],
    ['a number beside its condition', 'power', 10, 30, false],
  ])('ends an absence by a sign of life: %s', (_name, kind, before, value, isSign) => {
    const bench = createBench(rulesOf(QUIET))
    bench.at('00:00').say('a', kind, before)
    bench.at('01:00').say('b', 'motion', true)
    bench.at('06:00').say('a', kind, value)
    expect(bench.said()).toEqual([
      '05:00 quiet firing medium h1',
      ...(isSign ? ['06:00 quiet cleared medium h1'] : []),
    ])
  })

  it('counts from when a late sign of life was seen', () => {
    const bench = createBench(rulesOf(QUIET))
    bench.at('01:00').say('a', 'motion', true)
    bench.at('04:00').say('b', 'motion', true, '03:00')
    expect(bench.at('09:00').said()).toEqual(['07:00 quiet firing medium h1'])
    bench.at('10:00').say('a', 'motion', true, '05:30')
    expect(bench.said()).toEqual([])
    bench.say('b', 'motion', true, '08:00')
    expect(bench.said()).toEqual(['08:00 quiet cleared medium h1'])
    expect(bench.at('20:00').said()).toEqual(['12:00 quiet firing medium h1'])
  })

  it.each([
    ['before the outage', '01:30', '15:30'],
    ['during the outage', '05:00', '16:00'],
    ['after the outage', '12:20', '16:20'],
  ])('counts after a late sign of life only what counted since: seen %s', (_name, seen, fires) => {
    const bench = createBench(rulesOf(QUIET))
    bench.at('01:00').say('a', 'motion', true)
    bench.at('02:00').link(false)
    bench.at('12:00').link(true)
    bench.at('12:30').say('a', 'motion', true, seen)
    expect(bench.at('20:00').said()).toEqual([`${fires} quiet firing medium h1`])
  })

  it('hears silence from the register: a sensor that never spoke is silent too', () => {
    const bench = createBench(rulesOf(SILENT), [
      home({ sensors: [sensor('a', { heardEvery: 600_000 }), sensor('b', { heardEvery: 600_000 })] }),
    ])
    bench.at('00:05').say('a', 'battery', 90)
    expect(bench.at('01:00').said()).toEqual(['00:10 silent firing low h1/b', '00:15 silent firing low h1/a'])
    bench.say('a', 'battery', 90)
    expect(bench.said()).toEqual(['01:00 silent cleared low h1/a'])
  })

  it('does not call a sensor silent while its home cannot be reached', () => {
    const bench = createBench(rulesOf(SILENT, NO_LINK), [
      home({ sensors: [sensor('a', { heardEvery: 600_000 })] }),
    ])
    bench.at('00:05').link(false)
    bench.at('05:00').link(true)
    expect(bench.at('06:00').said()).toEqual([
      '00:08 no-link firing medium h1',
      '05:00 no-link cleared medium h1',
      '05:05 silent firing low h1/a',
    ])
  })

  it('reaches a home while any of its gateways is connected', () => {
    const bench = createBench(rulesOf(LOW), [home({ gateways: [{ id: 'gw' }, { id: 'gw2' }] })])
    bench.at('00:10').say('a', 'spo2', 89)
    bench.at('00:11').link(false)
    expect(bench.at('01:00').said()).toEqual(['00:12 low firing medium h1'])
  })
})

describe('engine: the hub was away (Meaning 2)', () => {
  it('runs a wait that ended meanwhile once, with its due time', () => {
    const bench = createBench(rulesOf(LOW))
    bench.at('00:10').say('a', 'spo2', 89)
    bench.at('00:11').restart('05:00')
    expect(bench.said()).toEqual(['00:12 low firing medium h1'])
    expect(bench.at('09:00').said()).toEqual([])
  })

  it('counts no absence and no silence while it was away', () => {
    const bench = createBench(rulesOf(QUIET, SILENT), [
      home({ sensors: [sensor('a', { heardEvery: 10 * 3_600_000 })] }),
    ])
    bench.at('01:00').say('a', 'motion', true)
    bench.at('02:00').restart('12:00').link(true)
    expect(bench.at('30:00').said()).toEqual(['15:00 quiet firing medium h1', '21:00 silent firing low h1/a'])
  })

  it('waits for gateways anew', () => {
    const bench = createBench(rulesOf(NO_LINK))
    bench.at('01:00').restart('02:00')
    expect(bench.at('02:10').said()).toEqual(['02:03 no-link firing medium h1'])
  })
})

describe('engine: the register changes', () => {
  it('ends what a sensor held when it goes, also what an event left', () => {
    const rules = rulesOf(OPEN, FALL.replace('clear: manual', 'clear: { when: value == "cancelled" }'))
    const bench = createBench(rules)
    bench.at('01:00').say('a', 'door', 'open')
    bench.say('a', 'fall', 'detected')
    bench.said()
    bench.at('02:00').register(home({ sensors: [sensor('b')] }))
    expect(bench.said()).toEqual(['02:00 fall cleared high h1', '02:00 open cleared low h1'])
    expect([...bench.disk.keys()].filter((key) => key.endsWith('|a') || key.startsWith('finding'))).toEqual(
      [],
    )
  })

  it('finds anew in the other room what a moved sensor says', () => {
    const rules = rulesOf(OPEN.replace('{ id: open,', '{ id: open, scope: room,'))
    const bench = createBench(rules, [home({ sensors: [sensor('a', { room: 'hall' })] })])
    bench.at('01:00').say('a', 'door', 'open')
    bench.at('02:00').register(home({ sensors: [sensor('a', { room: 'bath' })] }))
    bench.at('03:00').say('a', 'door', 'open')
    expect(bench.said()).toEqual([
      '01:00 open firing low h1/hall',
      '02:00 open cleared low h1/hall',
      '03:00 open firing low h1/bath',
    ])
  })

  it('ends what was about the only resident when a second one moves in', () => {
    const rules = rulesOf(OPEN.replace('{ id: open,', '{ id: open, scope: resident,'))
    const bench = createBench(rules, [home({ residents: [{ id: 'r1' }] })])
    bench.at('01:00').say('a', 'door', 'open')
    bench.at('02:00').register(home({ residents: [{ id: 'r1' }, { id: 'r2' }] }))
    bench.at('03:00').say('a', 'door', 'closed')
    expect(bench.said()).toEqual(['01:00 open firing low h1/r1', '02:00 open cleared low h1/r1'])
    expect(bench.engine.state('h1')?.findings.size).toBe(0)
  })

  it('does not forget that a sensor is silent when it is moved', () => {
    const bench = createBench(rulesOf(SILENT), [home({ sensors: [sensor('a', { heardEvery: 600_000 })] })])
    bench.at('01:00').register(home({ sensors: [sensor('a', { heardEvery: 600_000, room: 'hall' })] }))
    expect(bench.said().at(-1)).toBe('01:00 silent firing low h1/a')
  })

  it('counts with a new limit at once', () => {
    const bench = createBench(rulesOf(QUIET))
    bench.at('01:00').say('a', 'motion', true)
    bench.at('02:00').register(home({ params: { quiet: { quiet: '2h' } } }))
    expect(bench.at('09:00').said()).toEqual(['03:00 quiet firing medium h1'])
  })
})

describe('engine: rules change (Meaning 9)', () => {
  it('keeps what a rule holds while its meaning is the same, and drops it when it is not', () => {
    const bench = createBench(rulesOf(LOW, FALL))
    bench.at('00:10').say('a', 'spo2', 89)
    bench.say('a', 'fall', 'detected')
    bench.at('00:11').use(rulesOf(LOW.replace('title: Low', 'title: Lower\n    advice: Ask'), FALL))
    bench.at('00:13').say('a', 'fall', 'detected')
    expect(bench.said()).toEqual([
      '00:10 fall firing high h1',
      '00:12 low firing medium h1',
      '00:13 fall again high h1',
    ])
    bench.use(rulesOf(LOW.replace('default: 90', 'default: 91'), FALL))
    expect(bench.disk.has(rowKey.finding('low', 'h1'))).toBe(false)
    // It means something else, and counts anew from what is known.
    expect(bench.at('01:00').said()).toEqual(['00:15 low firing medium h1'])
  })

  it('judges what is known by a new rule at once, but no event and no sensor that is gone', () => {
    const bench = createBench(rulesOf(QUIET), [
      home({ sensors: [sensor('a'), sensor('b', { heardEvery: 120_000 })] }),
    ])
    bench.at('00:10').say('a', 'spo2', 95)
    bench.say('a', 'fall', 'detected')
    bench.say('b', 'spo2', 80)
    bench
      .at('00:20')
      .use(rulesOf(QUIET, FALL, LOW.replace('for: 2m', 'for: 1m').replace('default: 90', 'default: 96')))
    expect(bench.at('00:30').said()).toEqual(['00:21 low firing medium h1'])
    bench.at('00:31').say('b', 'spo2', 80)
    expect(bench.at('00:32').said()).toEqual(['00:32 low again high h1'])
  })

  it('judges what is known by a limit that a person changed, at once', () => {
    const limits = (limit: number) => home({ params: { low: { limit } } })
    const bench = createBench(rulesOf(LOW), [limits(85)])
    bench.at('00:10').say('a', 'spo2', 88)
    bench.at('00:20').register(limits(90))
    expect(bench.at('00:30').said()).toEqual(['00:22 low firing medium h1'])
    bench.register(limits(80))
    expect(bench.at('00:40').said()).toEqual(['00:35 low cleared medium h1'])
  })

  it('runs no timer of a rule that is gone', () => {
    const bench = createBench(rulesOf(LOW, QUIET))
    bench.at('00:10').say('a', 'spo2', 89)
    bench.say('a', 'motion', true)
    bench.use(rulesOf(FALL))
    expect(bench.at('20:00').said()).toEqual([])
    expect([...bench.disk.keys()].filter((key) => /^(when|absent|finding)/.test(key))).toEqual([])
  })

  it('tells a new rule on availability what is known already', () => {
    const bench = createBench(rulesOf(FALL))
    bench.at('00:10').link(false)
    bench.at('01:00').use(rulesOf(FALL, NO_LINK))
    expect(bench.at('02:00').said()).toEqual(['01:03 no-link firing medium h1'])
  })
})

describe('engine: a rule that throws (Meaning 11)', () => {
  /** Cannot be evaluated at 40. */
  const FRAGILE = `
  - id: fragile
    title: Fragile
    category: routine
    severity: low
    on: room_temperature
    when: value > 30 && 1 / int(value - 40) < 5
`
  const HOT = `
  - { id: hot, title: Hot, category: routine, severity: low, on: room_temperature, when: value > 30 }
`

  it('is isolated: other rules go on, and it is said which and why', () => {
    const bench = createBench(rulesOf(FRAGILE, HOT))
    bench.at('01:00').say('a', 'room_temperature', 40)
    expect(bench.said()).toEqual(['01:00 hot firing low h1'])
    expect(bench.faults()).toEqual([{ rule: 'fragile', home: 'h1', reason: 'division by zero' }])
    expect(bench.engine.state('h1')?.sensors.get('a')?.row.last['room_temperature']).toMatchObject({
      value: 40,
    })
  })

  it('leaves what the rule held as it was', () => {
    const bench = createBench(rulesOf(FRAGILE))
    bench.at('01:00').say('a', 'room_temperature', 35)
    bench.at('02:00').say('a', 'room_temperature', 40)
    expect(bench.said()).toEqual(['01:00 fragile firing low h1'])
    bench.at('03:00').say('a', 'room_temperature', 20)
    expect(bench.said()).toEqual(['03:00 fragile cleared low h1'])
  })

  it('fires all the same where only its ladder cannot be evaluated', () => {
    const ladder = `
  - id: ladder
    title: Ladder
    category: routine
    on: room_temperature
    when: value > 30
    levels: [{ severity: low }, { severity: high, when: 1 / int(value - 40) < 5 }]
`
    const bench = createBench(rulesOf(ladder))
    bench.at('01:00').say('a', 'room_temperature', 40)
    expect(bench.said()).toEqual(['01:00 ladder firing low h1'])
    expect(bench.faults()).toEqual([{ rule: 'ladder', home: 'h1', reason: 'division by zero' }])
  })
})
