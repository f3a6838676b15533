import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { alarmOf } from '../../hub/rules/alarm-rule.ts'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import { parseRuleTests } from '../../hub/rules/rule-test.ts'
import { runRuleTest } from '../../hub/rules/run-rule-test.ts'
import { formatProblem } from '../../hub/source/problem.ts'
import type { Parsed } from '../../hub/source/problem.ts'
import { KINDS } from '../../hub/model/kind.ts'
import { countParts, isGsm7 } from '../../hub/notify/gsm7.ts'
import { renderMessage } from '../../hub/notify/render-message.ts'
import type { Rule } from '../../hub/rules/rule.ts'
import { ruleFileSchema } from '../../hub/rules/rule-schema.ts'
import { parseYaml } from '../../hub/source/parse-yaml.ts'
import { exampleAlert } from '../http/memory-office.ts'

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

const LANGUAGES = ['en', 'nb', 'nn', 'se']

/** The message about an alert of this rule with everything in it that makes it long. */
function longestSms(rule: Rule, language: string): string {
  const at = Date.UTC(2026, 10, 22, 2, 12)
  const alert = exampleAlert({
    title: rule.title,
    raisedAt: at,
    lastAt: at,
    openedAt: at + 88 * 60_000,
    detail: { late: true },
  })
  const rendered = renderMessage({
    notification: { template: 'alert', contact: 'daughter', waitMinutes: 10 },
    alert,
    home: {
      id: 'h1',
      timezone: 'Europe/Oslo',
      gateways: [],
      residents: [],
      sensors: [],
      contacts: [{ id: 'daughter', language, order: 1 }],
    },
    personal: {
      id: 'h1',
      label: 'Storgata 5',
      residents: [],
      contacts: [{ id: 'daughter', name: 'Anne', phone: '+4700000001', alias: 'Bestemor Åse' }],
    },
    now: at + 89 * 60_000,
  })
  if ('cannot' in rendered) throw new Error(rendered.cannot)
  return rendered.text
}

describe('the shipped rules', () => {
  it('about falls, SOS, smoke, gas and carbon monoxide are alarms that nobody can hold; no others are', () => {
    const alarms = [...all.rules.values()].filter((rule) => alarmOf(rule) !== undefined).map(({ id }) => id)
    expect(alarms.toSorted()).toEqual([
      'carbon-monoxide',
      'fall',
      'fall-no-motion',
      'fall-suspected',
      'gas',
      'smoke',
      'sos',
    ])
  })

  it.each([...all.rules.values()])('$id says in each language, in a few words, what it is', (rule) => {
    expect(Object.keys(rule.title).toSorted()).toEqual(LANGUAGES)
    const { se, ...others } = rule.title
    for (const text of Object.values(others)) expect(text).toMatch(/^[A-Za-zæøåÆØÅ0-9 -]{3,28}$/)
    expect(se).toMatch(/^[A-Za-záÁčČđĐŋŊšŠŧŦžŽ0-9 -]{3,28}$/)
  })

  it.each([...all.rules.values()])(
    '$id says in each language, in one short sentence, what to do first',
    (rule) => {
      expect(Object.keys(rule.advice ?? {}).toSorted()).toEqual(LANGUAGES)
      for (const text of Object.values(rule.advice ?? {}))
        expect(text).toMatch(/^[A-ZÆØÅÁČĐŊŠŦŽ][^.\n]{8,90}\.$/)
    },
  )

  it.each([...all.rules.values()])('$id fits into as few SMS as its letters allow', (rule) => {
    for (const language of LANGUAGES) {
      const text = longestSms(rule, language)
      // Sámi letters make it UCS-2, 67 characters a part.
      expect(countParts(text), text).toBeLessThanOrEqual(language === 'se' ? 3 : 1)
      if (language !== 'se') expect(isGsm7(text), text).toBe(true)
    }
  })

  it('give their reasons', () => {
    const sources = files.flatMap(
      (file) => orThrow(parseYaml(file, read(file).text, ruleFileSchema)).value.rules,
    )
    expect(sources.filter(({ why = '' }) => why.length < 60).map(({ id }) => id)).toEqual([])
  })

  it('stand in the page on rules, each with what it needs', () => {
    const page = readFileSync('docs/rules.md', 'utf8')
    const rows = page.split('\n').filter((line) => line.startsWith('| `'))
    const named = rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`([\w-]+)`/g)].map(([, id]) => id),
    )
    expect([...all.rules.keys()].filter((id) => !named.includes(id))).toEqual([])
    expect(page).toContain(`${all.rules.size} rules in \`rules/\``)
  })

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
