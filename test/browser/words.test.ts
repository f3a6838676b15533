import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseSync } from 'vite'
import { describe, expect, it } from 'vitest'
import { WORDS } from '../../hub/console/words/words.ts'

const CONSOLE = join(import.meta.dirname, '../../hub/console')

/** `board.keys.move` → its text. */
function texts(words: object, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'string'
      ? [[`${path}${key}`, value] as [string, string]]
      : texts(value as object, `${path}${key}.`),
  )
}

/** What is put into a text: `{{count, n}}` → `count`. */
const placeholders = (text: string): string[] =>
  [...text.matchAll(/{{\s*(\w+)/g)].flatMap(([, name]) => name ?? []).sort()

describe('the words of the console', () => {
  const english = new Map(texts(WORDS.en))

  it.each(Object.entries(WORDS))('are complete in %s, and say the same', (_language, words) => {
    const own = new Map(texts(words))
    expect([...own.keys()].sort()).toEqual([...english.keys()].sort())
    // What stands after a count of none may be nothing.
    const empty = [...own].filter(([key, text]) => text.trim() === '' && !key.endsWith('_zero'))
    expect(empty).toEqual([])
    const other = [...own].filter(([key, text]) => {
      const wanted = placeholders(english.get(key) ?? '')
      // "1 home": a text for one thing may say the number itself.
      return !key.endsWith('_one') && placeholders(text).join() !== wanted.join()
    })
    expect(other).toEqual([])
  })

  it('have both forms wherever something is counted', () => {
    const keys = [...english.keys()]
    const lonely = keys.filter(
      (key) =>
        (key.endsWith('_one') && !keys.includes(key.replace(/one$/, 'other'))) ||
        (key.endsWith('_other') && !keys.includes(key.replace(/other$/, 'one'))),
    )
    expect(lonely).toEqual([])
  })
})

/** What people read, beside what stands between tags. */
const READ = new Set([
  'aria-label',
  'title',
  'placeholder',
  'alt',
  'aria-description',
  'text',
  'label',
  'sentence',
])

/** What is to be typed as it stands: it has no language. */
const VERBATIM = new Set(['code', 'kbd'])

type Json = { readonly [key: string]: unknown }
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null
const saysSomething = (text: unknown): boolean => typeof text === 'string' && /\p{L}{2}/u.test(text)

/** Every text in a page that is not from the words. */
function ownTexts(file: string, source: string): string[] {
  const found: string[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (!isObject(node)) return
    if (node['type'] === 'JSXElement' && isObject(node['openingElement'])) {
      const name = node['openingElement']['name']
      if (isObject(name) && VERBATIM.has(String(name['name']))) return
    }
    if (node['type'] === 'JSXText' && saysSomething(node['value'])) found.push(String(node['value']).trim())
    if (node['type'] === 'JSXAttribute' && isObject(node['name']) && isObject(node['value'])) {
      const literal = isObject(node['value']['expression']) ? node['value']['expression'] : node['value']
      if (READ.has(String(node['name']['name'])) && saysSomething(literal['value']))
        found.push(String(literal['value']))
    }
    Object.values(node).forEach(visit)
  }
  const { program, errors } = parseSync(file, source)
  if (errors[0]) throw new Error(`Cannot parse ${file}: ${errors[0].message}`)
  visit(program)
  return found
}

describe('the pages of the console', () => {
  it('say nothing but what is in the words', () => {
    const files = readdirSync(CONSOLE, { recursive: true, withFileTypes: true })
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => file.endsWith('.tsx') && !file.includes('/dist/'))
    expect(files.length).toBeGreaterThan(20)
    const found = files.flatMap((file) =>
      ownTexts(file, readFileSync(file, 'utf8')).map((text) => `${relative(CONSOLE, file)}: ${text}`),
    )
    expect(found).toEqual([])
  })

  it.each([
    ['<p>Take it</p>', ['Take it']],
    ['<b title="Take it">{t("x")}</b>', ['Take it']],
    ['<Empty text={"Take it"} />', ['Take it']],
    ['<p>{t("take")} · <code>npm run aal</code> <kbd>Esc</kbd></p>', []],
    ['<p className="muted">{x} %</p>', []],
  ])('would be caught saying %s', (source, expected) => {
    expect(ownTexts('a.tsx', `export const a = ${source}`)).toEqual(expected)
  })
})
