import { describe, expect, it } from 'vitest'
import { parseReadings } from '../../hub/rules/parse-readings.ts'
import { replayWithScores } from '../../hub/rules/replay.ts'
import { clock, createBench, home, rulesOf, sensor } from './bench.ts'
import type { Bench } from './bench.ts'

const EARLY = `
  - id: early
    title: Early
    category: health
    scope: resident
    score: news2
    when: total >= 5
    levels: [{ severity: medium }, { severity: high, when: total >= 7 || risk == "high" }]
`
const one = (facts: object = {}) =>
  home({ residents: [{ id: 'r1', ...facts }], sensors: ['a', 'b'].map((id) => sensor(id)) })

function wellAt(bench: Bench, time: string): void {
  bench.at(time)
  bench.say('a', 'oxygen', false)
  bench.say('a', 'systolic', 130)
  bench.say('a', 'consciousness', 'A')
  bench.say('a', 'body_temperature', 37)
  bench.say('a', 'respiration_rate', 16)
  bench.say('a', 'heart_rate', 70)
  bench.say('a', 'spo2', 97)
}

describe('score: news2', () => {
  it('fires at its total, goes up in place, and clears when all is known and well', () => {
    const bench = createBench(rulesOf(EARLY), [one()])
    wellAt(bench, '00:10')
    bench.at('00:20').say('b', 'respiration_rate', 26)
    expect(bench.said()).toEqual([])
    bench.say('b', 'spo2', 93)
    bench.say('b', 'heart_rate', 120)
    expect(bench.said()).toEqual(['00:20 early firing medium h1/r1', '00:20 early level high h1/r1'])
    wellAt(bench, '00:30')
    expect(bench.said()).toEqual(['00:30 early cleared high h1/r1'])
  })

  it('is judged anew when its rule is new, when scale 2 is prescribed, and when its window opens', () => {
    const bench = createBench(
      rulesOf('- { id: x, title: X, category: routine, severity: low, on: fall, when: value == "detected" }'),
      [one()],
    )
    wellAt(bench, '00:10')
    bench.at('00:11').say('a', 'respiration_rate', 26)
    bench.say('a', 'spo2', 92)
    bench.at('00:20').use(rulesOf(EARLY))
    expect(bench.said()).toEqual(['00:20 early firing medium h1/r1'])
    bench.at('00:30').register(one({ spo2Scale: 2 }))
    expect(bench.said()).toEqual(['00:30 early cleared medium h1/r1'])
    const night = createBench(rulesOf(`${EARLY}    during: { from: "00:30", to: "06:00" }\n`), [one()])
    wellAt(night, '00:10')
    night.at('00:11').say('a', 'respiration_rate', 26)
    night.say('a', 'spo2', 92)
    expect(night.at('00:29').said()).toEqual([])
    expect(night.at('00:31').said()).toEqual(['00:30 early firing medium h1/r1'])
  })

  it('labels a partial score with what is missing, and never counts it as 0', () => {
    const bench = createBench(rulesOf(EARLY), [one()])
    bench.at('00:10').say('a', 'respiration_rate', 26)
    bench.say('a', 'spo2', 92)
    expect(bench.transitions().map(({ detail }) => detail)).toEqual([
      {
        score: 5,
        missing: ['oxygen', 'systolic', 'heart_rate', 'consciousness', 'body_temperature'],
        kind: 'score:news2',
        value: 5,
      },
    ])
  })

  it('does not get better because a measurement is too old', () => {
    const bench = createBench(rulesOf(EARLY), [one()])
    wellAt(bench, '00:10')
    bench.say('a', 'respiration_rate', 26)
    bench.say('a', 'spo2', 92)
    bench.at('01:10:01').say('a', 'heart_rate', 70)
    expect(bench.said()).toEqual(['00:10 early firing medium h1/r1'])
    wellAt(bench, '01:20')
    expect(bench.said()).toEqual(['01:20 early cleared medium h1/r1'])
  })

  it('goes by how long a measurement stands by the rule', () => {
    const rules = rulesOf(`${EARLY}    params: { fresh_spo2: { default: 5m } }\n`)
    const bench = createBench(rules, [one()])
    bench.at('00:10').say('a', 'spo2', 90)
    bench.at('00:15:01').say('a', 'respiration_rate', 23)
    expect(bench.said()).toEqual([])
    bench.say('a', 'spo2', 90)
    expect(bench.said()).toEqual(['00:15:01 early firing medium h1/r1'])
  })

  it('uses scale 2 where it is prescribed', () => {
    for (const [scale, fires] of [
      [1, true],
      [2, false],
    ] as const) {
      const bench = createBench(rulesOf(EARLY), [one({ spo2Scale: scale })])
      wellAt(bench, '00:10')
      bench.say('a', 'respiration_rate', 22)
      bench.say('a', 'spo2', 90)
      expect({ scale, fires: bench.said().length > 0 }).toEqual({ scale, fires })
    }
  })

  it('makes no score of the signs of several people, when it is not known whose they are', () => {
    const two = home({ residents: [{ id: 'r1' }, { id: 'r2' }], sensors: [sensor('a')] })
    const bench = createBench(rulesOf(EARLY), [two])
    bench.at('00:10').say('a', 'respiration_rate', 30)
    bench.say('a', 'spo2', 80)
    expect(bench.said()).toEqual([])
  })

  it('knows its measurements after a restart', () => {
    const bench = createBench(rulesOf(EARLY), [one()])
    bench.at('00:10').say('a', 'respiration_rate', 26)
    bench.at('00:20').restart().say('a', 'spo2', 92)
    bench.at('00:21').restart().say('a', 'respiration_rate', 16)
    expect(bench.said()).toEqual(['00:20 early firing medium h1/r1', '00:21 early cleared medium h1/r1'])
  })
})

describe('replayWithScores', () => {
  it('says each score, also where no rule fires, before what rules say of it', async () => {
    const line = (time: string, kind: string, value: number): string =>
      JSON.stringify({ at: new Date(clock(time)).toISOString(), home: 'h1', sensor: 'a', kind, value })
    const text = [
      line('00:10', 'spo2', 92),
      line('00:11', 'weight', 80),
      line('00:12', 'respiration_rate', 26),
    ].join('\n')
    const parsed = await parseReadings('x', [text])
    if (!parsed.ok) throw new Error('cannot read')
    const said = [...replayWithScores(parsed.value, { rules: rulesOf(EARLY) })]
    const other = EARLY.replace('score: news2\n    when: total', 'on: weight\n    when: value').split(
      '    levels',
    )[0]
    const rules = rulesOf(`${other}    severity: low\n`)
    expect([...replayWithScores(parsed.value, { rules })]).toMatchObject([
      { score: 'news2' },
      { rule: 'early' },
      { score: 'news2' },
    ])
    expect(said).toMatchObject([
      { at: clock('00:10'), score: 'news2', total: 2, parts: { spo2: 2 }, risk: 'low' },
      { at: clock('00:12'), total: 5, parts: { respiration_rate: 3, spo2: 2 }, risk: 'medium' },
      { at: clock('00:12'), rule: 'early', to: 'firing' },
    ])
  })
})
