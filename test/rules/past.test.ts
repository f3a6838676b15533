import { describe, expect, it } from 'vitest'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import { createBench, home, rulesOf, sensor } from './bench.ts'
import type { Bench } from './bench.ts'

const HOME = home({
  sensors: [
    sensor('hall', { room: 'hall' }),
    sensor('bath', { room: 'bathroom' }),
    sensor('kitchen', { room: 'kitchen' }),
    sensor('front', { role: 'entrance' }),
    sensor('back', { role: 'terrace' }),
    sensor('bed', { heardEvery: 3_600_000 }),
    sensor('scale'),
    sensor('plug', { role: 'stove' }),
  ],
})

/** A rule that looks whenever a glucose value comes. */
function looking(when: string, more = ''): Bench {
  const rules = `- { id: look, title: L, category: routine, severity: low, on: glucose, when: ${JSON.stringify(when)}, clear: { when: "value < 0.0" }${more} }`
  return createBench(rulesOf(rules), [HOME])
}

/** Whether the rule fires at this time. */
function look(bench: Bench, time: string): boolean {
  bench.at(time).said()
  bench.say('scale', 'glucose', 5)
  return bench.said().length > 0
}

function problemsOf(when: string): string[] {
  const text = `rules:\n  - { id: a, title: A, category: routine, severity: low, on: motion, when: ${JSON.stringify(when)}, params: { quiet: { default: 4h } } }\n`
  const parsed = parseRules([{ name: 'a.yaml', text }])
  return parsed.ok ? [] : parsed.problems.map(({ message }) => message)
}

describe('last', () => {
  it('is the newest value of the kind, or of a room or role', () => {
    const bench = looking('last("door") == "open" && last("door@terrace") == "closed"')
    bench.at('00:01').say('back', 'door', 'closed')
    bench.at('00:02').say('front', 'door', 'open')
    expect(look(bench, '00:03')).toBe(true)
  })

  it('is neither true nor false while no sensor has said it, whatever stands around it', () => {
    for (const when of ['last("door") == "open"', 'last("door") != "open"', '!(last("door") == "open")']) {
      const bench = looking(when)
      expect(look(bench, '00:01')).toBe(false)
      expect(bench.faults()).toEqual([])
    }
    expect(look(looking('last("door") == "open" || value > 3'), '00:01')).toBe(true)
  })

  it('is not known while the sensor that said it is gone', () => {
    const bench = looking('last("bed") == "empty"')
    bench.at('00:01').say('bed', 'bed', 'empty')
    expect(look(bench, '02:00')).toBe(false)
  })

  it('neither ends nor fires anything while it is not known', () => {
    const bench = createBench(
      rulesOf(
        '- { id: look, title: L, category: routine, severity: low, on: glucose, when: "last(\\"bed\\") == \\"empty\\"" }',
      ),
      [HOME],
    )
    bench.at('00:01').say('bed', 'bed', 'empty')
    bench.at('00:02').say('scale', 'glucose', 5)
    bench.at('02:00').say('scale', 'glucose', 5)
    expect(bench.said()).toEqual(['00:02 look firing low h1'])
    bench.say('bed', 'bed', 'occupied')
    bench.say('scale', 'glucose', 5)
    expect(bench.said()).toEqual(['02:00 look cleared low h1'])
  })
})

describe('age', () => {
  it('is how long ago a kind was said, in a room', () => {
    const when = 'age("motion@kitchen") >= duration("20m")'
    const bench = looking(when)
    bench.at('00:10').say('kitchen', 'motion', true)
    bench.at('00:20').say('hall', 'motion', true)
    expect(look(bench, '00:29')).toBe(false)
    expect(look(bench, '00:30')).toBe(true)
  })

  it('of a value is 0 while it is so, and else counts from its end', () => {
    const bench = looking('age("bed=occupied") > duration("10m")')
    bench.at('00:00').say('bed', 'bed', 'occupied')
    bench.at('00:30').say('bed', 'bed', 'occupied')
    bench.at('00:40').say('bed', 'bed', 'empty')
    bench.at('00:45').say('bed', 'bed', 'empty')
    expect(look(bench, '00:50')).toBe(false)
    expect(look(bench, '00:51')).toBe(true)
  })

  it('of a value is how long ago it was last so at any of the sensors', () => {
    const bench = looking('age("motion=true") >= duration("10m")')
    bench.at('00:00').say('hall', 'motion', true)
    bench.at('00:20').say('kitchen', 'motion', false)
    // What another says later does not hide the one that sees somebody.
    expect(look(bench, '00:30')).toBe(false)
    bench.at('00:31').say('hall', 'motion', false)
    bench.at('00:40').say('kitchen', 'motion', false)
    expect(look(bench, '00:40')).toBe(false)
    expect(look(bench, '00:41')).toBe(true)
  })

  it('is compared with a parameter that is a time', () => {
    const bench = looking('age("motion") > params.quiet', ', params: { quiet: { default: 30m } }')
    bench.at('00:10').say('hall', 'motion', true)
    expect(look(bench, '00:40')).toBe(false)
    expect(look(bench, '00:41')).toBe(true)
  })
})

describe('held', () => {
  it('counts from the change, not from the last time it was said, also over a restart', () => {
    const bench = looking('held("bed=empty") >= duration("30m")')
    bench.at('00:00').say('bed', 'bed', 'occupied')
    bench.at('01:00').say('bed', 'bed', 'empty')
    bench.at('01:20').say('bed', 'bed', 'empty')
    bench.restart()
    expect(look(bench, '01:29')).toBe(false)
    expect(look(bench, '01:30')).toBe(true)
  })
})

describe('count', () => {
  it('counts what happened in the time: events, what came true, a word that came', () => {
    const bench = looking('count("door=open@entrance", duration("1h")) >= 2')
    bench.at('00:00').say('front', 'door', 'closed')
    for (const minute of ['01', '02']) {
      bench.at(`00:${minute}`).say('front', 'door', 'open')
      bench.at(`00:${minute}:30`).say('front', 'door', 'closed')
    }
    bench.at('00:03').say('back', 'door', 'open')
    bench.restart()
    expect(look(bench, '01:01')).toBe(false)
    const other = looking('count("motion", duration("1h")) == 2')
    other.at('00:00').say('hall', 'motion', true)
    other.at('00:01').say('hall', 'motion', true)
    other.at('00:02').say('bath', 'motion', true)
    other.at('00:03').say('bath', 'motion', false)
    expect(look(other, '00:59')).toBe(true)
  })

  it('is not 0 but unknown where no sensor could tell', () => {
    const bench = looking('count("medication=taken", duration("14h")) == 0')
    expect(look(bench, '00:01')).toBe(false)
    bench.at('00:02').say('hall', 'medication', 'missed')
    expect(look(bench, '00:03')).toBe(true)
    const gone = looking('count("bed=occupied", duration("14h")) == 0')
    gone.at('00:00').say('bed', 'bed', 'empty')
    expect(look(gone, '02:00')).toBe(false)
    expect(gone.faults()).toEqual([])
  })

  it('says no more than a hundred', () => {
    const bench = looking('count("fall", duration("1h")) == 100')
    for (let second = 10; second < 160; second++) {
      const [minutes, seconds] = [Math.floor(second / 60), second % 60]
      bench.at(`00:0${minutes}:${String(seconds).padStart(2, '0')}`).say('hall', 'fall', 'suspected')
    }
    expect(look(bench, '00:10')).toBe(true)
    expect(JSON.parse(bench.disk.get('tally|tally:home:fall:3600000|h1') ?? '{}').at).toHaveLength(100)
  })
})

describe('change and rate', () => {
  it('compare with what stood at the beginning of the time', () => {
    const rules = rulesOf(
      '- { id: gain, title: G, category: health, severity: medium, on: weight, when: "change(\\"weight\\", duration(\\"3d\\")) >= params.gain", params: { gain: { default: 2, min: 1, max: 5 } } }',
      '- { id: steep, title: S, category: health, severity: medium, on: weight, when: "rate(\\"weight\\", duration(\\"3d\\")) > 0.04" }',
    )
    const bench = createBench(rules, [HOME])
    const days: [string, number][] = [
      ['08:00', 70],
      ['32:00', 70.5],
      ['56:00', 71.5],
      ['80:00', 71.9],
      ['104:00', 72.5],
    ]
    const said = days.map(([time, kg]) => {
      bench.at(time).say('scale', 'weight', kg)
      bench.restart()
      return bench.said()
    })
    // 71.9 - 70 is too little; 72.5 - 70.5 is 2 kg in 72 h, 0.028 kg an hour.
    expect(said).toEqual([[], [], [], [], ['09T08:00:00 gain firing medium h1']])
  })

  it('are not known before the time is over, nor when nothing was measured for so long', () => {
    const bench = looking('change("weight", duration("1h")) >= 0.0')
    bench.at('00:00').say('scale', 'weight', 70)
    bench.at('00:50').say('scale', 'weight', 71)
    expect(look(bench, '00:55')).toBe(false)
    bench.at('01:00').say('scale', 'weight', 72)
    expect(look(bench, '01:10')).toBe(true)
    const late = looking('change("weight", duration("1h")) >= 0.0')
    late.at('00:00').say('scale', 'weight', 70)
    late.at('01:00').say('scale', 'weight', 72)
    expect(look(late, '02:01')).toBe(false)
  })

  it('remember a bounded number of values, however many come', () => {
    const bench = looking('change("heart_rate", duration("1h")) > 30')
    for (let minute = 0; minute < 180; minute++) {
      const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
      for (const second of ['00', '20', '40'])
        bench.at(`${time}:${second}`).say('hall', 'heart_rate', 60 + minute / 6)
    }
    expect(
      JSON.parse(bench.disk.get('trend|trend:home:heart_rate:3600000|h1') ?? '{}').samples.length,
    ).toBeLessThan(52)
  })
})

describe('local', () => {
  it('is the wall clock of the home', () => {
    const rules = rulesOf(
      '- { id: l, title: L, category: routine, severity: low, on: fall, when: "local.hour == 1 && local.minute == 30 && local.weekday == 1" }',
    )
    const bench = createBench(rules, [{ ...HOME, timezone: 'Europe/Oslo' }])
    bench.at('00:30').say('hall', 'fall', 'detected')
    bench.at('01:30').say('hall', 'fall', 'detected')
    expect(bench.said()).toEqual(['00:30 l firing low h1', '00:30 l cleared low h1'])
  })
})

describe('errors', () => {
  it.each([
    ['lst("door") == "open"', 'there is no function "lst"; did you mean "last"?'],
    ['last("dor") == "open"', 'last("dor"): "dor" is no kind of reading; did you mean "door"?'],
    ['last("door") == 3', 'a text and a number do not go together with "=="'],
    ['last(door) == "open"', 'last() lacks its kind of reading in quotes: expected last("KIND")'],
    ['age("motion") > 30', 'a time is compared with duration("30m")'],
    ['age("motion") > params.quite', 'there is no parameter "quite"; known are quiet'],
    [
      'age("motion") > duration("30")',
      'duration("30"): expected a time with its unit, such as duration("30m")',
    ],
    ['age("consciousness=A") > params.quiet', 'only a state with two values has a time since it was last so'],
    ['held("fall") > params.quiet', 'fall is an event and does not last; use age("fall")'],
    ['held("door=opn") > params.quiet', 'held("door=opn"): door is never "opn"; did you mean "open"?'],
    [
      'count("door=open") > 3',
      'count("door=open", …) lacks its time: expected count("KIND", duration("8h"))',
    ],
    ['change("door", duration("3d")) > 3', 'change("door"): door is no number: nothing to reckon with'],
    ['today("weight") > 3', 'today("weight"): weight is a number and does not happen'],
    [
      'baseline("motion", "week").median > 3',
      'baseline("motion", …): expected one of "day", "hour", "weekday"',
    ],
    ['baseline("motion").medan > 3', 'there is no "medan"; did you mean "median"?'],
    ['local.hours > 3', 'there is no "hours"; did you mean "hour"?'],
    ['count("motion", 3h) > 2', 'a time is written duration("3h")'],
    ['age("motion") > > params.quiet', 'at `> params.qui`'],
    ['last("availability") == "online"', '"availability" has no past: write a rule on it'],
  ])('%s', (when, message) => {
    const problems = problemsOf(when)
    expect(problems.join('\n')).toContain(message)
  })
})
