import { describe, expect, it } from 'vitest'
import { parseRuleTests } from '../../hub/rules/rule-test.ts'
import { runRuleTest } from '../../hub/rules/run-rule-test.ts'
import { formatProblem } from '../../hub/source/problem.ts'
import { GATHERING } from './area-bench.ts'
import { rulesOf } from './bench.ts'

const RULES = rulesOf(`
  - { id: fall, title: Fall, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
  - id: low
    title: Low
    category: health
    severity: medium
    scope: resident
    on: spo2
    when: value < params.limit
    for: 2m
    params: { limit: { default: 90, min: 70, max: 99 } }
`)

/** What is wrong with the file, or what fails when it is run. */
function problemsOf(text: string, rules = RULES): string[] {
  const parsed = parseRuleTests({ name: 'x.test.yaml', text }, rules)
  if (!parsed.ok) return parsed.problems.map(formatProblem)
  return parsed.value.flatMap((test) => runRuleTest(test, rules).map(formatProblem))
}

const FALL = `
tests:
  - name: a fall
    steps:
      - { at: "00:10", sensor: a, kind: fall, value: detected }
`

describe('runRuleTest', () => {
  it('is content when all is as expected and nothing else is said', () => {
    expect(
      problemsOf(`${FALL}    expect: [{ at: "00:10", rule: fall, to: firing, severity: high, scope: h1 }]\n`),
    ).toEqual([])
  })

  it.each([
    ['at another time', '{ at: "00:09", rule: fall, to: firing }', 'Expected 00:09 fall firing'],
    ['as another transition', '{ at: "00:10", rule: fall, to: again }', 'Expected 00:10 fall again'],
    [
      'with another severity',
      '{ at: "00:10", rule: fall, to: firing, severity: low }',
      'Expected 00:10 fall firing low',
    ],
    [
      'in another scope',
      '{ at: "00:10", rule: fall, to: firing, scope: h1/r1 }',
      'Expected 00:10 fall firing h1/r1',
    ],
  ])('fails when it happened %s: at the place, with what happened', (_name, expected, message) => {
    expect(problemsOf(`${FALL}    expect:\n      - ${expected}\n`)).toEqual(
      [
        `x.test.yaml:3:11: Was not expected: 00:10 fall firing high h1`,
        `x.test.yaml:7:9: ${message}; fall said 00:10 fall firing high h1`,
      ].toReversed(),
    )
  })

  it('fails when something was said that was not expected', () => {
    expect(problemsOf(`${FALL}    never: [low]\n`)).toEqual([
      'x.test.yaml:3:11: Was not expected: 00:10 fall firing high h1',
    ])
    expect(problemsOf(`${FALL}    never: [low]\n    only: [low]\n`)).toEqual([])
  })

  it('fails when something was said that must never be', () => {
    expect(problemsOf(`${FALL}    never: [low, { rule: fall, to: firing }]\n`)).toEqual([
      'x.test.yaml:6:18: Must never be, but was: 00:10 fall firing high h1',
    ])
    expect(problemsOf(`${FALL}    never: [{ rule: fall, to: again }]\n    only: [low]\n`)).toEqual([])
  })

  it('wants the same thing twice when it is expected twice', () => {
    const twice = '{ at: "00:10", rule: fall, to: firing }'
    expect(problemsOf(`${FALL}    expect: [${twice}, ${twice}]\n`)).toHaveLength(1)
  })

  it('goes on past the last step, takes times from the entry before, and own limits', () => {
    const text = `
tests:
  - name: low
    residents: [{ id: r1, params: { low: { limit: 80 } } }]
    sensors: [{ id: a, resident: r1 }]
    steps:
      - { at: "23:59", sensor: a, kind: spo2, value: 79 }
      - { at: +30s, sensor: a, kind: spo2, value: 78 }
    until: +2m
    expect:
      - { at: "24:01", rule: low, to: firing, scope: h1/r1 }
`
    expect(problemsOf(text)).toEqual([])
  })
})

describe('a reading that comes again', () => {
  const text = `
tests:
  - name: low again and again
    steps:
      - { at: "00:00", sensor: a, kind: spo2, value: 79, every: 30s, times: 5 }
      - { at: "00:01:45", sensor: a, kind: spo2, value: 95 }
`
  it('comes as often as it says, among the other steps', () => {
    const low = '    until: "00:03:30"\n    never: [low]\n'
    expect(problemsOf(text + low)).toEqual([])
    // Low for two minutes before the value between, and for two minutes after it.
    expect(problemsOf(text.replace('00:01:45', '00:02:05') + low)).not.toEqual([])
    expect(problemsOf(text + low.replace('00:03:30', '00:04'))).not.toEqual([])
  })

  it('is refused without its number, on what is no reading, and while the hub is away', () => {
    const rest = '    never: [low]\n'
    const message = 'Cannot repeat this: expected a reading with both "every" and "times"'
    expect(problemsOf(text.replace(', times: 5', '') + rest).join()).toContain(message)
    expect(
      problemsOf(text.replace('sensor: a, kind: spo2, value: 79', 'gateway: offline') + rest).join(),
    ).toContain(message)
    const away = text.replace('sensor: a, kind: spo2, value: 95', 'restart: 1m')
    expect(problemsOf(away + rest).join()).toContain('Cannot be at 00:02: the hub is away until 00:02:45')
  })
})

describe('a test of several homes', () => {
  const several = (steps: string, rest: string): string => `
tests:
  - name: three
    homes: [{ id: h1, area: Alta }, { id: h2, area: Alta, risk: 3 }, { id: x }]
    steps: [${steps}]
${rest}`

  it('lets a step happen in each of them, or in those that it names', () => {
    const text = several(
      '{ at: "00:10", sensor: a, kind: fall, value: detected }, { at: "00:20", home: [h2, x], sensor: a, kind: fall, value: detected }, { at: "00:30", home: x, resolve: fall }',
      `    expect:
      - { at: "00:10", rule: fall, to: firing, scope: h1 }
      - { at: "00:10", rule: fall, to: firing, scope: h2 }
      - { at: "00:10", rule: fall, to: firing, scope: x }
      - { at: "00:20", rule: fall, to: again, scope: h2 }
      - { at: "00:20", rule: fall, to: again, scope: x }
      - { at: "00:30", rule: fall, to: cleared, scope: x }
`,
    )
    expect(problemsOf(text)).toEqual([])
  })

  it('refuses a home that is none of them', () => {
    const text = several('{ at: "00:10", home: h3, gateway: offline }', '    never: [fall]\n')
    expect(problemsOf(text)).toEqual([
      expect.stringContaining('Cannot find the home "h3": it is not among "homes"'),
    ])
  })

  it('compares the homes of an area, in their order', () => {
    const rules = rulesOf(GATHERING.replace('from: 5', 'from: 2'))
    const text = several(
      '{ at: "01:00", gateway: offline }, { at: "02:00", resolve: gone, scope: area/Alta }',
      `    until: "03:00"
    only: [gone]
    expect:
      - { at: "01:03", rule: gone, to: firing, scope: area/Alta, homes: [h1, h2] }
      - { at: "01:03", rule: gone, to: firing, scope: x }
`,
    )
    expect(problemsOf(text, rules)).toEqual([
      'x.test.yaml:9:9: Expected 01:03 gone firing area/Alta h1 h2; gone said 01:03 gone firing medium x, 01:03 gone firing medium area/Alta h2 h1',
      expect.stringContaining('Was not expected: 01:03 gone firing medium area/Alta h2 h1'),
    ])
    expect(problemsOf(text.replace('[h1, h2]', '[h2, h1]'), rules)).toEqual([])
  })
})

describe('parseRuleTests', () => {
  it.each([
    ['no tests', 'tests: []', 'x.test.yaml:1:8: Cannot take "tests": expected at least one test'],
    [
      'a test that tests nothing',
      FALL,
      'x.test.yaml:3:5: Cannot use the test "a fall": it tests nothing, expected "expect" or "never"',
    ],
    [
      'a test without steps',
      'tests: [{ name: a, steps: [], never: [fall] }]',
      'x.test.yaml:1:27: Cannot take "tests.0.steps": expected at least one step',
    ],
    [
      'an unknown key',
      `${FALL}    nevr: [fall]\n`,
      'x.test.yaml:6:5: Cannot use the key "nevr" here: it is not known; did you mean "never"?',
    ],
    [
      'an unknown rule',
      `${FALL}    never: [fal]\n`,
      'x.test.yaml:6:13: Cannot test "fal": it is no rule of this file; did you mean "fall"?',
    ],
    [
      'an unknown kind',
      FALL.replace('kind: fall', 'kind: fal'),
      'Cannot take the kind "fal": it is not known; did you mean "fall"?',
    ],
    [
      'a value that the kind never has',
      FALL.replace('detected', 'found'),
      'Cannot take this fall: its value is "found", expected one of detected, suspected',
    ],
    [
      'a time that is none',
      FALL.replace('"00:10"', '"10 past"'),
      'expected a time on the clock of the test, such as 00:10',
    ],
    [
      'a step that goes back',
      `${FALL}      - { at: "00:09", gateway: offline }\n    never: [low]\n`,
      'Cannot be at 00:09: the step before is at 00:10',
    ],
    [
      'a step within downtime',
      `${FALL}      - { at: "00:11", restart: 10m }\n      - { at: "00:20", gateway: offline }\n    never: [low]\n`,
      'Cannot be at 00:20: the step before is at 00:21',
    ],
    [
      'a step of two sorts',
      `${FALL}      - { at: "00:11", gateway: offline, restart: true }\n    never: [low]\n`,
      'Cannot tell what happens: expected one of',
    ],
    [
      'an expectation after the clock stopped',
      `${FALL}    expect: [{ at: "00:11", rule: fall, to: cleared }]\n`,
      'Cannot be seen: the clock stops at 00:10; say until: 00:11',
    ],
    [
      'a limit out of bounds',
      `${FALL}    params: { low: { limit: 60 } }\n    never: [low]\n`,
      'Cannot set low.limit: it is 60, expected 70 to 99',
    ],
    [
      'a limit that does not exist',
      `${FALL}    params: { low: { limt: 80 } }\n    never: [low]\n`,
      'Cannot set low.limt: there is no such parameter',
    ],
  ])('refuses %s', (_name, text, message) => {
    expect(problemsOf(text).join('\n')).toContain(message)
  })
})
