import { describe, expect, it } from 'vitest'
import type { Home } from '../../hub/model/home.ts'
import { createBench, home, rulesOf, sensor } from './bench.ts'
import type { Bench } from './bench.ts'

const HOME = home({
  sensors: [
    sensor('hall', { room: 'hall', heardEvery: 40 * 60_000 }),
    sensor('scale', { heardEvery: 7 * 24 * 3_600_000 }),
  ],
})

function create(when: string, facts: Partial<Home> = {}, at = '20:00'): Bench {
  const rules = `- { id: look, title: L, category: routine, severity: low, at: "${at}", when: ${JSON.stringify(when)} }`
  return createBench(rulesOf(rules), [{ ...HOME, ...facts }])
}

function time(day: number, hour: number, minute = 0): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(day * 24 + hour)}:${two(minute)}`
}

/** Motion so many times in each hour from 8 to 19; at other hours the sensor only says that it is there. */
function live(bench: Bench, day: number, times: number): void {
  for (let hour = 0; hour < 24; hour++) {
    const count = hour >= 8 && hour < 20 ? times : 0
    for (let index = 0; index < count; index++) {
      bench.at(time(day, hour, index * 2)).say('hall', 'motion', true)
      bench.at(time(day, hour, index * 2 + 1)).say('hall', 'motion', false)
    }
    bench.at(time(day, hour, 29)).say('hall', 'motion', false)
    bench.at(time(day, hour, 59)).say('hall', 'motion', false)
  }
}

const FALLING = 'today("motion") < baseline("motion").median - 3 * baseline("motion").mad - 5'

describe('baseline of happenings', () => {
  it('is the median of the days before, up to the same hour; not known before seven days', () => {
    const bench = create(FALLING)
    // Of the first day, the time before the sensor spoke is not known.
    for (let day = 0; day < 8; day++) live(bench, day, 5 + (day % 3))
    expect(bench.said()).toEqual([])
    live(bench, 8, 1)
    expect(bench.said()).toEqual(['13T20:00:00 look firing low h1'])
    live(bench, 9, 5)
    expect(bench.said()).toEqual(['14T20:00:00 look cleared low h1'])
  })

  it('says nothing where six days are known only', () => {
    const bench = create(FALLING)
    for (let day = 0; day < 7; day++) live(bench, day, 5)
    live(bench, 7, 1)
    expect(bench.said()).toEqual([])
    expect(bench.faults()).toEqual([])
  })

  it('is the same after a restart each night', () => {
    const bench = create(FALLING)
    for (let day = 0; day < 9; day++) {
      bench.restart()
      live(bench, day, day === 8 ? 1 : 5)
    }
    expect(bench.said()).toEqual(['13T20:00:00 look firing low h1'])
  })

  it('takes hours out of reach for unknown, not for quiet: today and on the days before', () => {
    const bench = create(FALLING)
    for (let day = 0; day < 8; day++) live(bench, day, 5)
    bench.at(time(8, 9)).link(false)
    bench.at(time(8, 19, 30)).link(true)
    bench.at(time(9, 0))
    expect(bench.said()).toEqual([])
    // A day with a hole does not count among the usual ones either: six of them are known by then.
    const early = create(FALLING)
    for (let day = 0; day < 8; day++) {
      if (day === 3) early.at(time(3, 9)).link(false)
      if (day === 3) early.at(time(3, 11)).link(true)
      if (day !== 3) live(early, day, 5)
    }
    live(early, 8, 1)
    expect(early.said()).toEqual([])
  })

  it('takes the time in which the hub was away, and people too, for unknown', () => {
    const bench = create(FALLING)
    for (let day = 0; day < 8; day++) live(bench, day, 5)
    bench.at(time(8, 8)).restart(time(8, 15))
    bench.link(true)
    bench.at(time(8, 23))
    expect(bench.said()).toEqual([])
    bench.at(time(9, 8)).mode('away', true)
    for (let hour = 8; hour < 23; hour++) bench.at(time(9, hour, 30)).say('hall', 'motion', false)
    expect(bench.said()).toEqual([])
  })

  it('is of the same weekdays, or of the hour that is over, where asked for', () => {
    const sundays = create('today("motion") > baseline("motion", "weekday").median + 20')
    for (let day = 0; day < 29; day++) live(sundays, day, day % 7 === 6 ? 2 : 8)
    // Mondays have eight an hour; the first Sunday after three others with as much as on Mondays is unusual.
    expect(sundays.said()).toEqual([])
    for (let day = 29; day < 34; day++) live(sundays, day, 8)
    live(sundays, 34, 8)
    expect(sundays.said().map((line) => line.slice(0, 3))).toEqual(['08T'])
    const hours = create('lastHour("motion") > baseline("motion", "hour").median + 3', {}, '12:00')
    for (let day = 0; day < 8; day++) live(hours, day, 5)
    live(hours, 8, 9)
    expect(hours.said()).toEqual(['13T12:00:00 look firing low h1'])
  })

  it('takes a whole day on which nothing moved for quiet, where somebody could have been seen', () => {
    const bench = create(FALLING)
    for (let day = 0; day < 8; day++) live(bench, day, 5)
    // The sensor still says that it is there, so this day is known though nothing happened.
    for (let hour = 0; hour < 24; hour++) {
      for (const minute of [0, 30]) bench.at(time(8, hour, minute)).say('hall', 'battery', 90)
    }
    expect(bench.said()).toEqual(['13T20:00:00 look firing low h1'])
    const silent = create('today("motion") > baseline("motion").median + 20', {}, '00:30')
    live(silent, 0, 5)
    for (let hour = 24; hour < 72; hour++) silent.at(time(0, hour)).say('hall', 'battery', 90)
    live(silent, 3, 5)
    const rows = [...silent.disk.keys()]
      .filter((key) => key.startsWith('day|'))
      .map((key) => key.split('|').at(-1))
    expect(rows).toHaveLength(3)
  })

  it('keeps six weeks and no more', () => {
    const bench = create(FALLING)
    for (let day = 0; day < 50; day++) bench.at(time(day, 12)).say('hall', 'motion', true)
    const rows = [...bench.disk.keys()].filter((key) => key.startsWith('day|'))
    expect(rows).toHaveLength(42)
  })

  it('goes with its rule', () => {
    const bench = create(FALLING)
    for (let day = 0; day < 3; day++) live(bench, day, 5)
    bench.use(
      rulesOf(
        '- { id: other, title: O, category: routine, severity: low, on: fall, when: value == "detected" }',
      ),
    )
    expect([...bench.disk.keys()].filter((key) => /^(day|today|daily)\|/.test(key))).toEqual([])
  })
})

describe('baseline of numbers', () => {
  it('is the median of the mean of each day', () => {
    const bench = create('last("weight") > baseline("weight").median + 2')
    for (let day = 0; day < 8; day++) {
      bench.at(time(day, 8)).say('scale', 'weight', 70 + (day % 2))
      bench.at(time(day, 9)).say('scale', 'weight', 70 + (day % 2))
    }
    bench.at(time(8, 8)).say('scale', 'weight', 73)
    bench.at(time(8, 21))
    expect(bench.said()).toEqual(['13T20:00:00 look firing low h1'])
  })
})

describe('at', () => {
  const when = 'age("weight") > duration("48h")'

  it('looks once a day by the wall clock of the home, says each day that it is so, and clears when it is not', () => {
    const bench = create(when, { timezone: 'Europe/Oslo' }, '09:00')
    bench.at('06:00').say('scale', 'weight', 70)
    for (let hour = 7; hour < 110; hour++) bench.at(time(0, hour)).say('hall', 'motion', false)
    expect(bench.said()).toEqual([
      '07T08:00:00 look firing low h1',
      '08T08:00:00 look again low h1',
      '09T08:00:00 look again low h1',
    ])
    bench.say('scale', 'weight', 70)
    bench.at('130:00')
    expect(bench.said()).toEqual(['10T08:00:00 look cleared low h1'])
  })

  it('asks again every ten minutes while it could not be told, and gives up after six hours', () => {
    const bench = create(when, {}, '09:00')
    bench.at('00:00').say('scale', 'weight', 70)
    for (let hour = 1; hour < 57; hour++) bench.at(time(0, hour)).say('scale', 'battery', 90)
    bench.at('56:30').link(false)
    bench.at('58:00').link(true)
    bench.say('scale', 'battery', 90)
    bench.at('59:00')
    expect(bench.said()).toEqual(['07T10:10:00 look firing low h1'])
    const gone = create(when, {}, '09:00')
    gone.at('00:00').say('scale', 'weight', 70)
    gone.at('24:00').link(false)
    gone.at('88:00').link(true)
    gone.at('104:00')
    expect(gone.said()).toEqual([])
    gone.at('106:00')
    expect(gone.said()).toEqual(['09T09:00:00 look firing low h1'])
  })

  it('goes on over a restart, and looks late after the hub was away at that hour', () => {
    const bench = create(when, {}, '09:00')
    bench.at('00:00').say('scale', 'weight', 70)
    bench.at('40:00').say('scale', 'battery', 90)
    bench.at('56:00').say('scale', 'battery', 90)
    bench.restart('57:05').link(true)
    bench.say('scale', 'battery', 90)
    bench.at('57:30')
    expect(bench.said()).toEqual(['07T09:10:00 look firing low h1'])
  })

  it.each([
    ['on: motion', 'Cannot use "on" beside "at"'],
    ['for: 2m', 'Cannot use "for" beside "at"'],
    ['during: { from: "08:00", to: "10:00" }', 'Cannot use "during" beside "at"'],
    ['scope: room', 'Cannot look at a room once a day'],
    ['clear: { when: "true" }', 'Cannot use "clear" with a condition beside "at"'],
  ])('is refused beside %s', (key, message) => {
    const rule = `- { id: look, title: L, category: routine, severity: low, at: "09:00", when: "local.hour == 9", ${key} }`
    expect(() => rulesOf(rule)).toThrow(message)
  })

  it('is refused where its condition is about a reading', () => {
    const rule = '- { id: look, title: L, category: routine, severity: low, at: "09:00", when: value == 3 }'
    expect(() => rulesOf(rule)).toThrow('"value" is not known')
    const bare = '- { id: look, title: L, category: routine, severity: low, at: "09:00" }'
    expect(() => rulesOf(bare)).toThrow('Cannot look at nothing')
  })
})
