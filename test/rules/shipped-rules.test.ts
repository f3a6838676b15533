import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import { parseRuleTests } from '../../hub/rules/rule-test.ts'
import { runRuleTest } from '../../hub/rules/run-rule-test.ts'
import { formatProblem } from '../../hub/source/problem.ts'
import type { Parsed } from '../../hub/source/problem.ts'
import { KINDS } from '../../hub/model/kind.ts'

const files = readdirSync('rules').filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
const read = (name: string) => ({ name: `rules/${name}`, text: readFileSync(`rules/${name}`, 'utf8') })

function orThrow<T>(parsed: Parsed<T>): T {
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  return parsed.value
}

const all = orThrow(parseRules(files.map(read)))
const tested = files.map((file) => {
  const rules = orThrow(parseRules([read(file)]))
  const tests = orThrow(parseRuleTests(read(file.replace('.yaml', '.test.yaml')), rules))
  return { file, rules, tests }
})

describe.each(tested)('$file', ({ rules, tests }) => {
  test.each(tests.map((one) => ({ name: one.name, one })))('$name', ({ one }) => {
    expect(runRuleTest(one, rules).map(formatProblem)).toEqual([])
  })

  it.each([...rules.rules.values()])(
    '$id is shown to raise, clear, keep quiet, survive a restart and an outage',
    (rule) => {
      const mine = tests.filter((one) =>
        [...one.expect, ...one.never].some((entry) => entry.rule === rule.id),
      )
      const said = mine.flatMap((one) => one.expect.filter((entry) => entry.rule === rule.id))
      expect(said.some(({ to }) => to === 'firing')).toBe(true)
      expect(said.some(({ to }) => to === 'cleared')).toBe(true)
      expect(
        mine.some(
          (one) =>
            one.never.some((entry) => entry.rule === rule.id && !entry.to) || /near miss/.test(one.name),
        ),
      ).toBe(true)
      expect(mine.some((one) => one.steps.some((step) => step.type === 'restart'))).toBe(true)
      expect(mine.some((one) => one.steps.some((step) => step.type === 'gateway' && !step.online))).toBe(true)
    },
  )
})

describe('the shipped rules', () => {
  it.each([...all.rules.values()])(
    '$id says in each language, in a few words of GSM-7, what it is',
    (rule) => {
      expect(Object.keys(rule.title)).toEqual(expect.arrayContaining(['en', 'nb', 'nn']))
      for (const text of Object.values(rule.title)) expect(text).toMatch(/^[A-Za-zæøåÆØÅ0-9 -]{3,28}$/)
    },
  )

  it('speak of every kind that tells of danger', () => {
    const heard = new Set(all.whenByKind.keys())
    const dangers = [...KINDS.keys()].filter((kind) =>
      /fall|sos|smoke|gas|carbon_monoxide|water_leak/.test(kind),
    )
    expect(dangers.filter((kind) => !heard.has(kind))).toEqual([])
  })

  it('wait for nothing before the first message on an alarm kind', () => {
    for (const kind of ['fall', 'sos', 'smoke', 'gas', 'carbon_monoxide']) {
      for (const { id, trigger, latched, resolve } of all.whenByKind.get(kind) ?? []) {
        expect({ id, wait: trigger.for, latched, resolve }).toEqual({
          id,
          wait: undefined,
          latched: true,
          resolve: 'manual',
        })
      }
    }
  })
})
