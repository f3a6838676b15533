import { describe, expect, it } from 'vitest'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import { formatProblem } from '../../hub/source/problem.ts'
import { createBench, rulesOf } from './bench.ts'

function problemsOf(...texts: string[]): string[] {
  const parsed = parseRules(texts.map((text, index) => ({ name: `${'ab'[index]}.yaml`, text })))
  return parsed.ok ? [] : parsed.problems.map(formatProblem)
}

/** A rule that is right, with some of its lines replaced. */
function rule(lines: Record<string, string | undefined> = {}): string {
  const all: Record<string, string | undefined> = {
    id: 'low',
    title: '{ en: Low }',
    category: 'health',
    severity: 'medium',
    on: 'spo2',
    when: 'value < params.limit',
    params: '{ limit: { default: 90, min: 70, max: 99 } }',
    ...lines,
  }
  const text = Object.entries(all).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${value}`],
  )
  return `rules:\n  - ${text.join('\n    ')}\n`
}

describe('parseRules', () => {
  it('takes a rule that is right', () => {
    expect(problemsOf(rule())).toEqual([])
  })

  it.each<[string, string, string]>([
    ['a YAML typo', 'rules:\n  - id: a\n   title: x\n', 'a.yaml:3:1: Cannot read this YAML: '],
    [
      'an unknown key',
      rule({ wen: 'value' }),
      'a.yaml:9:5: Cannot use the key "wen" here: it is not known; did you mean "when"?',
    ],
    [
      'an unknown key of a parameter',
      rule({ params: '{ limit: { default: 90, minn: 70 } }' }),
      'a.yaml:8:37: Cannot use the key "minn" here: it is not known; did you mean "min"?',
    ],
    [
      'a kind that does not exist',
      rule({ on: 'spo' }),
      'a.yaml:6:9: Cannot listen to "spo": it is no kind of reading; did you mean "spo2"?',
    ],
    [
      'a parameter that does not exist',
      rule({ when: 'value < params.limt' }),
      'a.yaml:7:11: Cannot use the condition `value < params.limt`: there is no parameter "limt"; did you mean "limit"?',
    ],
    [
      'a condition of the wrong type',
      rule({ when: 'value < "90"' }),
      'a.yaml:7:11: Cannot use the condition `value < "90"`: a number and a text do not go together with "<"',
    ],
    [
      'a condition that is no yes or no',
      rule({ when: 'value + 1' }),
      'a.yaml:7:11: Cannot use the condition `value + 1`: it gives double, expected true or false',
    ],
    [
      'a word that the kind never has',
      rule({ on: 'door', when: 'value == "opn"', params: undefined }),
      'a.yaml:7:11: Cannot use the condition `value == "opn"`: door is never "opn"; did you mean "open"?',
    ],
    [
      'a time without unit',
      rule({ for: '2' }),
      'a.yaml:9:10: Cannot take "rules.0.for": expected a duration with its unit, such as 2m, or params.NAME',
    ],
    [
      'a time in minutes by another name',
      rule({ for: '2min' }),
      'a.yaml:9:10: Cannot take "rules.0.for": expected a duration with its unit',
    ],
    [
      'a default out of its bounds',
      rule({ params: '{ limit: { default: 60, min: 70 } }' }),
      'a.yaml:8:33: Cannot take params.limit: its default is outside its own bounds',
    ],
    [
      'bounds of another sort than the default',
      rule({ params: '{ limit: { default: 90, min: 1h } }' }),
      'a.yaml:8:42: Cannot take params.limit.min: it is "1h", expected a number, as the default is one',
    ],
    [
      'resolve: auto about a person',
      rule({ resolve: 'auto' }),
      'a.yaml:9:14: Cannot use "resolve: auto" on a health rule: an alert about a person ends only with a human',
    ],
    [
      'resolve: auto on an alarm kind under another category',
      rule({ on: 'smoke', when: 'value', category: 'technical', resolve: 'auto', params: undefined }),
      'a.yaml:8:14: Cannot use "resolve: auto" on smoke: such an alert ends only with a human',
    ],
    [
      'a wait on an event',
      rule({ on: 'fall', when: 'value == "detected"', for: '2m', params: undefined }),
      'a.yaml:8:10: Cannot use "for" on fall: it is an event and does not last',
    ],
    [
      'no trigger',
      rule({ on: undefined, when: undefined }),
      'a.yaml:2:5: Cannot use the rule "low": it has no trigger, expected "on" with "when", "at" with "when", or "absent"',
    ],
    [
      'no severity',
      rule({ severity: undefined }),
      'a.yaml:2:5: Cannot use the rule "low": it has no "severity" and no "levels"',
    ],
    [
      'a ladder that goes down',
      rule({ severity: undefined, levels: '[{ severity: high }, { severity: low, when: value < 80 }]' }),
      'a.yaml:8:34: Cannot go down from high to low: each level is at least as severe as the one before',
    ],
    [
      'a name that the hub uses itself',
      rule({ id: 'hub-clock' }),
      'a.yaml:2:9: Cannot take "rules.0.id": expected another name: hub-… is what the hub finds itself',
    ],
    [
      'a title without English',
      rule({ title: '{ nb: Lav }' }),
      'a.yaml:3:12: Cannot take "rules.0.title": expected a text, or texts by language with at least en',
    ],
    [
      'advice without English',
      rule({ advice: '{ nb: Ring }' }),
      'a.yaml:9:13: Cannot take "rules.0.advice": expected a text, or texts by language with at least en',
    ],
    [
      'a number as a sign of life',
      rule({ on: undefined, when: undefined, absent: '{ of: [power], for: 4h }' }),
      'a.yaml:7:20: Cannot take "power" as a sign of life: it is a number; say which: { kind: power, when: value > 30 }',
    ],
    [
      'a number parameter as a time',
      rule({ for: 'params.limit' }),
      'a.yaml:9:10: Cannot use params.limit as a time: its default is a number, expected a duration such as 4h',
    ],
    [
      'a time parameter in a condition',
      rule({ when: 'value < params.wait', params: '{ limit: { default: 90 }, wait: { default: 4h } }' }),
      'a.yaml:7:11: Cannot use the condition `value < params.wait`: a number and a time do not go together',
    ],
    [
      'a condition that ends an absence',
      rule({
        on: undefined,
        when: undefined,
        absent: '{ of: [motion], for: 4h }',
        clear: '{ when: value > 1 }',
      }),
      'a.yaml:8:12: Cannot use "clear" with a condition beside "absent"',
    ],
    [
      'a window that never opens',
      rule({ during: '{ from: "07:00", to: "07:00" }' }),
      'a.yaml:9:13: Cannot open this window: it ends at 07:00, when it begins; leave "during" out for the whole day',
    ],
    [
      'a time of day that is none',
      rule({ during: '{ from: "7:00", to: "24:00" }' }).replace('"24:00"', '"23:00"'),
      'a.yaml:9:21: Cannot take "rules.0.during.from": expected a time of day from "00:00" to "23:59"',
    ],
    [
      'a score of a home',
      rule({ on: undefined, score: 'news2', when: 'total >= 5', params: undefined }),
      'Cannot compute a score of a home: it is about a person; write scope: resident',
    ],
    [
      'a score beside a kind',
      rule({ score: 'news2', scope: 'resident', when: 'total >= 5', params: undefined }),
      'a.yaml:6:9: Cannot use "on" beside "score"',
    ],
    [
      'a word that a score does not know',
      rule({ on: undefined, score: 'news2', scope: 'resident', when: 'totl >= 5', params: undefined }),
      'Cannot use the condition `totl >= 5`: "totl" is not known; did you mean "total"?',
    ],
    [
      'a score with times',
      rule({
        on: undefined,
        score: 'news2',
        scope: 'resident',
        when: 'total >= 5',
        params: undefined,
        times: '{ count: 3, within: 1h }',
      }),
      'Cannot use "times" beside "score"',
    ],
    [
      'unless beside then',
      `${rule({ unless: '{ on: fall, when: value == "cancelled", within: 20s }' })}    then: { absent: { of: [motion] }, within: 10m }\n`,
      'a.yaml:9:13: Cannot use "unless" beside "then": a trigger waits for one of them; make two rules',
    ],
    [
      'unless on a word that never comes',
      rule({ unless: '{ on: fall, when: value == "canceled", within: 20s }' }),
      'a.yaml:9:31: Cannot use the condition `value == "canceled"`: fall is never "canceled"; did you mean "cancelled"?',
    ],
    [
      'then on no kind',
      `${rule()}    then: { on: moton, when: value, within: 20s }\n`,
      'a.yaml:9:17: Cannot listen to "moton": it is no kind of reading; did you mean "motion"?',
    ],
    [
      'then with neither a kind nor an absence',
      `${rule()}    then: { within: 20s }\n`,
      'a.yaml:9:11: Cannot take "rules.0.then": expected { on: KIND, when: CONDITION, within: DURATION } or { absent',
    ],
    [
      'an after that leaves no time',
      `${rule()}    then: { absent: { of: [motion] }, within: 60s, after: 1m }\n`,
      'a.yaml:9:59: Cannot wait for this: "after" is no shorter than "within"',
    ],
    [
      'times beside unless',
      rule({
        unless: '{ on: fall, when: value == "cancelled", within: 20s }',
        times: '{ count: 3, within: 1h }',
      }),
      'a.yaml:10:12: Cannot use "times" beside "unless" or "then": make two rules',
    ],
    [
      'times that do not fit',
      rule({ times: '{ count: 7, within: 1h, apart: 10m }' }),
      'a.yaml:9:12: Cannot happen 7 times: so far apart, they do not fit into "within"',
    ],
    [
      'once as times',
      rule({ times: '{ count: 1, within: 1h }' }),
      'a.yaml:9:21: Cannot take "rules.0.times.count"',
    ],
    [
      'unless beside absent',
      rule({
        on: undefined,
        when: undefined,
        absent: '{ of: [motion], for: 4h }',
        unless: '{ on: fall, when: value == "cancelled", within: 20s }',
      }),
      'a.yaml:8:13: Cannot use "unless" beside "absent"',
    ],
    [
      'keep beside clear',
      rule({ keep: '10m', clear: '{ when: value > 95 }' }),
      'a.yaml:9:11: Cannot use "keep" beside "clear": "clear" says already when it ends; use one of them',
    ],
    [
      'to be muted by a rule that is not there',
      rule({ muted: '{ by: lov }' }),
      'a.yaml:9:18: Cannot be muted by "lov": there is no such rule; did you mean "low"?',
    ],
    [
      'to be muted by itself',
      rule({ muted: '{ by: [low] }' }),
      'a.yaml:9:19: Cannot be muted by "low": that is a circle, in which each waits for the other: low is muted by low',
    ],
    ...[
      'during: { from: "07:00", to: "08:00" }',
      'except: { mode: away }',
      'cooldown: 5m',
      'muted: { by: low }',
    ].map((line): [string, string, string] => {
      const key = line.split(':')[0]
      const text = rule({ on: 'fall', when: 'value == "detected"', params: undefined, id: 'fall' })
      const more = rule().replace('rules:\n', '')
      return [
        `${key} on an alarm`,
        `${text}    ${line}\n${more}`,
        `Cannot use "${key}" on fall: such an alarm is said at any time, each time; leave "${key}" out`,
      ]
    }),
    [
      'a mode that does not exist',
      rule({ except: '{ mode: [away, holiday] }' }),
      'a.yaml:9:21: Cannot take "rules.0.except.mode": expected one of away, maintenance, carer, or a list of them',
    ],
    ...[
      ['gather in a rule about people', { category: 'safety' }, 'Cannot use "gather" on a safety rule'],
      [
        'gather of what is about a sensor',
        { scope: 'sensor' },
        'Cannot gather homes by what is about a sensor',
      ],
      ['gather without time to wait', { for: undefined }, 'Cannot use "gather" without "for"'],
      ['gather of one home', { gather: '{ by: area, from: 1, title: T }' }, 'expected at least 2'],
      ['gather by something else', { gather: '{ by: county, from: 5, title: T }' }, 'expected "area"'],
      ['gather without a title', { gather: '{ by: area, from: 5 }' }, 'rules.0.gather.title'],
      ['keep beside gather', { keep: '5m' }, 'Cannot use "keep" beside "gather"'],
      ['cooldown beside gather', { cooldown: '5m' }, 'Cannot use "cooldown" beside "gather"'],
      ['times beside gather', { times: '{ count: 2, within: 1h }' }, 'Cannot use "times" beside "gather"'],
      ['a latch beside gather', { clear: 'manual' }, 'Cannot use "clear: manual" beside "gather"'],
      [
        'gather on an alarm',
        { on: 'smoke', when: 'value' },
        'Cannot use "gather" on smoke: such an alarm is said at any time',
      ],
    ].map(([name, lines, message]): [string, string, string] => [
      name as string,
      rule({
        category: 'technical',
        scope: 'home',
        on: 'availability',
        when: 'value == "offline"',
        for: '3m',
        params: undefined,
        gather: '{ by: area, from: 5, title: T }',
        ...(lines as Record<string, string | undefined>),
      }),
      message as string,
    ]),
  ])('refuses %s, at its place and with what to write', (_name, text, message) => {
    const problems = problemsOf(text)
    expect(problems[0]).toContain(message)
    expect(problems).toHaveLength(1)
  })

  it('refuses a file whose aliases grow without end', () => {
    const levels = [...'bcdefgh'].map(
      (name, index) => `${name}: &${name} [${`*${'abcdefg'[index]},`.repeat(9)}]`,
    )
    expect(problemsOf(`a: &a [x,x,x,x,x,x,x,x,x]\n${levels.join('\n')}\n`)[0]).toMatch(
      /^a.yaml:1:1: Cannot read this YAML: /,
    )
  })

  it('refuses two rules with one id, across files', () => {
    expect(problemsOf(rule(), rule())).toEqual([
      'b.yaml:2:9: Cannot use the id "low" twice: it stands in a.yaml already',
    ])
  })

  it('names the circle of rules that mute one another, at each of them', () => {
    const problems = problemsOf(
      rule({ id: 'one', muted: '{ by: two }' }),
      rule({ id: 'two', muted: '{ by: three }' }) +
        rule({ id: 'three', muted: '{ by: one }' }).replace('rules:\n', ''),
    )
    expect(problems.map((problem) => problem.split(': ').at(-1))).toEqual([
      'one is muted by two is muted by three is muted by one',
      'two is muted by three is muted by one is muted by two',
      'three is muted by one is muted by two is muted by three',
    ])
  })

  it('says every error of every file at once, whatever sort they are', () => {
    const problems = problemsOf(
      rule({ when: 'value < params.limt', for: '2', sevrity: 'low' }),
      rule({ id: 'other', on: 'dor', category: 'sickness', params: '{ limit: { default: 60, min: 70 } }' }),
    )
    expect(problems.map((problem) => problem.split(':').slice(0, 2).join(':'))).toEqual([
      'a.yaml:7', // params.limt
      'a.yaml:9', // for
      'a.yaml:10', // sevrity
      'b.yaml:4', // category
      'b.yaml:6', // dor
      'b.yaml:8', // default
    ])
  })

  it.each([
    ['value == 90', 90, true],
    ['value == 90', 90.5, false],
    ['90 == value', 90, true],
    ['value != 90', 90, false],
    ['value < 90 + 0.5', 90, true],
    ['value >= params.limit + 2', 92, true],
    ['value > params.limit * 1.5 - 45', 90, false],
    ['value in [88, 90]', 90, true],
    ['value in [88.5, 90.0]', 90, true],
    ['value % 2 == 0', 90, true],
    ['-value < -params.limit / 2', 90, true],
  ])('lets whole numbers and decimals mix: %s with %d', (when, value, expected) => {
    const bench = createBench(rulesOf(rule({ when })))
    bench.say('a', 'spo2', value)
    expect(bench.faults()).toEqual([])
    expect(bench.said().length > 0).toBe(expected)
  })
})
