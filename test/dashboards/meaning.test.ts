import { describe, expect, it } from 'vitest'
import { UIDS } from '../../dashboards/frame.ts'
import { kindValues, protectionStates, reasons, urgencies } from '../../dashboards/mappings.ts'
import { wordsOf } from '../../dashboards/words.ts'
import { SEVERITIES } from '../../hub/model/alert.ts'
import { INDICATOR_IDS, INDICATORS } from '../../hub/model/indicator.ts'
import { KINDS } from '../../hub/model/kind.ts'
import { PROTECTION_CODES, PROTECTION_STATES } from '../../hub/model/protection.ts'
import { loadRuleFiles } from '../../hub/rules/load-rule-files.ts'
import { rulesOf } from '../../hub/rules/parse-rules.ts'
import { madeDashboards } from './made.ts'

const made = await madeDashboards()
const rules = rulesOf(await loadRuleFiles('rules'))

function panel(name: keyof typeof UIDS, title: RegExp, language: 'en' | 'nb' = 'en') {
  const { dashboard } = made.find(({ file }) => file === `${language}/${name}.json`) ?? {}
  const found = dashboard?.panels.filter((one) => title.test(one.title)) ?? []
  if (found.length !== 1) throw new Error(`${found.length} panels of ${name} are called ${title}`)
  return found[0]
}

function stepsOf(given: ReturnType<typeof panel>): readonly (number | null)[] {
  const { steps = [] } = (given?.fieldConfig.defaults['thresholds'] ?? {}) as {
    steps?: { value: number | null }[]
  }
  return steps.map(({ value }) => value)
}

describe('response indicators', () => {
  it.each(INDICATOR_IDS)('%s has the name, unit and target of the hub, in both languages', (id) => {
    const { name, unit, target } = INDICATORS[id]
    for (const language of ['en', 'nb'] as const) {
      const figure = panel('response-indicators', literal(`${name[language]} (${unit})`), language)
      const over = panel(
        'response-indicators',
        literal(`${name[language]} ${language === 'en' ? 'over time' : 'over tid'}`),
        language,
      )
      expect(figure?.description).toContain(target === undefined ? '' : `${target.value} ${unit}`)
      for (const one of [figure, over]) {
        expect(one?.fieldConfig.defaults.unit).toBe(
          { s: 's', '%': 'percent', 'min/day': 'suffix: min/day' }[unit],
        )
        expect(one?.targets[0]?.query).toContain(`"indicator" = '${id}'`)
      }
      const [first, limit] = stepsOf(figure)
      expect(first).toBeNull()
      // What is just at the target is well.
      if (target === undefined) expect(limit).toBeUndefined()
      else expect(Math.abs((limit ?? 0) - target.value)).toBeLessThan(0.1)
    }
  })
})

describe('home', () => {
  it.each([
    [/^SpO₂/, 'low-spo2', undefined],
    [/^Heart rate/, 'heart-rate-low', 'heart-rate-high'],
    [/^Respiration/, 'respiration-low', 'respiration-high'],
    [/^Temperature/, 'temperature-low', 'temperature-high'],
    [/^Blood pressure/, 'blood-pressure-low', 'blood-pressure-high'],
    [/^Room temperature/, 'room-cold', 'room-hot'],
    [/^Battery/, 'battery-low', undefined],
  ])('draws in %s the limits of the rules %s and %s', (title, low, high) => {
    const limits = [low, high].flatMap((rule) =>
      rule === undefined ? [] : rules.rules.get(rule)?.defaults['limit'],
    )
    expect(limits.every((limit) => typeof limit === 'number')).toBe(true)
    expect(stepsOf(panel('home', title))).toEqual([null, ...limits])
  })
})

describe.each(['en', 'nb'] as const)('mappings in %s', (language) => {
  const words = wordsOf(language, rules)

  it('have a word for every state and reason of protection', () => {
    expect(Object.keys(protectionStates(words).options)).toEqual([...PROTECTION_STATES])
    expect(Object.keys(reasons(words).options).toSorted()).toEqual(['', ...PROTECTION_CODES].toSorted())
  })

  it.each([...KINDS].filter(([, { value }]) => value !== 'number').map(([kind]) => kind))(
    'have a word for every value of %s, by its code in the history',
    (kind) => {
      const { options } = kindValues(words, kind, [])
      const count = KINDS.get(kind)?.words?.length ?? 2
      expect(Object.keys(options)).toEqual(Array.from({ length: count }, (_, index) => String(index)))
    },
  )

  it('refuse a kind that there is not', () => {
    expect(() => kindValues(words, 'windows', [])).toThrow('Cannot map windows')
  })

  it('have a word for every severity, by the number that it is sorted by', () => {
    const texts = Object.entries(urgencies(words).options).map(([code, { text }]) => [code, text])
    const named = SEVERITIES.map((severity) => [severity, words.console.severity[severity]])
    expect(texts).toEqual(
      named.map(([, word], index) => [String(4 - index), expect.stringContaining(word ?? '')]).toReversed(),
    )
  })
})

function literal(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[\\^$*+?.()|[\]{}/]/g, String.raw`\$&`)}$`)
}
