import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { HUB_FINDINGS } from '../../hub/alerts/hub-findings.ts'
import type { Category, Text } from '../../hub/model/alert.ts'
import type { Template } from '../../hub/model/notification.ts'
import { answerWords } from '../../hub/console/phone/answer-words.ts'
import { countParts, isGsm7 } from '../../hub/notify/gsm7.ts'
import type { MessageLanguage } from '../../hub/notify/words/message-parts.ts'
import { parseRules } from '../../hub/rules/parse-rules.ts'
import { formatProblem } from '../../hub/source/problem.ts'
import { LETTER_CASES, MESSAGE_CASES, MESSAGE_LANGUAGES } from './message-cases.ts'
import type { MessageCase } from './message-cases.ts'

/** The most parts that a message may take: with an everyday name, and with everything in it as long as it will be. */
const MOST: Readonly<Record<MessageLanguage, { usual: number; longest: number }>> = {
  nb: { usual: 1, longest: 2 },
  nn: { usual: 1, longest: 2 },
  en: { usual: 1, longest: 2 },
  se: { usual: 2, longest: 3 },
}

interface Titled {
  readonly id: string
  readonly category: Category
  readonly title: Text
}

function shippedTitles(): Titled[] {
  const files = readdirSync('rules').filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
  const parsed = parseRules(
    files.map((name) => ({ name: `rules/${name}`, text: readFileSync(`rules/${name}`, 'utf8') })),
  )
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'))
  const own = Object.entries(HUB_FINDINGS).map(([id, finding]) => ({ id, ...finding }))
  return [...parsed.value.rules.values(), ...own].map(({ id, category, title }) => ({ id, category, title }))
}

const titles = shippedTitles()
const all = [...Object.values(MESSAGE_CASES).flat(), ...LETTER_CASES]

/** With every title that it may have, as long as it will be. */
function longest(one: MessageCase, language: MessageLanguage): string[] {
  const fitting = titles.filter(({ category }) => category === one.category)
  if (fitting.length === 0) return [one.render(language, 'longest')]
  return fitting.map(({ title }) => one.render(language, 'longest', title))
}

function mostParts(one: MessageCase, language: MessageLanguage): number {
  return Math.max(...longest(one, language).map(countParts))
}

describe.each(all)('$says', (one) => {
  it.each(['nb', 'nn', 'en'] as const)('is GSM-7 in %s, whatever the title', (language) => {
    for (const text of [one.render(language, 'usual'), ...longest(one, language)]) {
      expect(isGsm7(text), text).toBe(true)
    }
  })

  it.each(MESSAGE_LANGUAGES)('is as short as can be in %s', (language) => {
    const text = one.render(language, 'usual')
    const { usual, longest: most } = MOST[language]
    const more = one.isLinked ? 1 : 0
    expect(countParts(text), text).toBeLessThanOrEqual(usual + more)
    expect(mostParts(one, language)).toBeLessThanOrEqual(language === 'se' ? most + more : most)
  })

  it.each(MESSAGE_LANGUAGES)('is calm in %s, and says no surname, medicine or value', (language) => {
    for (const text of [one.render(language, 'usual'), one.render(language, 'longest')]) {
      expect(text).not.toMatch(/!|Olsen|Hansen|medisin|medicine|dálkas|%|undefined/i)
      expect(text).toMatch(/^[A-ZÆØÅÁČĐŊŠŦŽ0-9].*(?:\.|https:\S+)$/)
    }
  })

  it('names no finding about the health to those who do not care for it', () => {
    if (one.category !== 'health' || one.to === 'nurse' || one.says.includes('health: title')) return
    const texts = MESSAGE_LANGUAGES.flatMap((language) => longest(one, language))
    const words = titles
      .filter(({ category }) => category === 'health')
      .flatMap(({ title }) => Object.values(title))
    for (const text of texts) for (const word of words) expect(text).not.toContain(word)
  })
})

it.each(MESSAGE_LANGUAGES)('the phone page answers with the words of the messages in %s', (language) => {
  const { yes, no } = answerWords(language)
  expect(MESSAGE_CASES.alert[0]?.render(language, 'usual')).toContain(`1 4821 = ${yes}, 2 4821 = ${no}.`)
})

const SECTIONS: Readonly<Record<Template, string>> = {
  alert: 'Somebody is asked to come',
  taken: 'How far people are',
  receipt: 'To whoever takes it',
  declined: 'To whoever cannot come',
  unclear: 'To an answer that was not understood',
  untaken: 'To whoever was not understood again and again',
}

const TO: Readonly<Record<MessageCase['to'], string>> = {
  family: 'family or neighbour',
  nurse: 'nurse',
  installer: 'installer',
  staff: 'staff',
}

function table(one: MessageCase): string {
  const rows = MESSAGE_LANGUAGES.map((language) => {
    const text = one.render(language, 'usual')
    return `| ${language} | ${text} | ${countParts(text)} | ${mostParts(one, language)} |`
  })
  return [
    `**${one.says}** (to: ${TO[one.to]})`,
    '',
    '| | Message | Parts | At most |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

function page(): string {
  const worst = MESSAGE_LANGUAGES.map((language) => {
    const most = Math.max(...all.map((one) => mostParts(one, language)))
    return `${language} ${most}`
  })
  const rows = titles.map(({ id, category, title }) => {
    const texts = MESSAGE_LANGUAGES.map((language) => title[language] ?? '–')
    return `| \`${id}\` | ${category} | ${texts.join(' | ')} |`
  })
  return `${readFileSync('test/notify/messages-intro.md', 'utf8')}
The most parts that any of them takes: ${worst.join(', ')}.

${Object.entries(MESSAGE_CASES)
  .map(([template, cases]) => `## ${SECTIONS[template as Template]}\n\n${cases.map(table).join('\n')}`)
  .join('\n')}
## About no alert

${LETTER_CASES.map(table).join('\n')}
## Titles

What stands after \`VARSEL:\`. Those of the category health are for nurses, the staff, and homes that say so. A title
that is not there in a language is said in Bokmål (to readers of Nynorsk and Northern Sámi) or English.

| Rule | Category | ${MESSAGE_LANGUAGES.join(' | ')} |
|---|---|---|---|---|---|
${rows.join('\n')}
`
}

it('docs/messages.md shows every message as it is: renew it with vitest run test/notify/messages-docs.test.ts -u', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/messages.md')
})
