import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exampleFlow, PACKAGE } from '../helpers/node-red.ts'

const manifest = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as {
  version: string
  'node-red': { nodes: Record<string, string> }
}
const NODES = Object.keys(manifest['node-red'].nodes)
const LANGUAGES = ['en-US', 'nb']

interface Definition {
  readonly category: string
  readonly defaults: Readonly<
    Record<
      string,
      { value?: unknown; required?: boolean; validate?: (value: unknown, options: object) => unknown }
    >
  >
}

/** What the editor gets when it runs the scripts of a node's page. */
function definitionOf(name: string): { type: string; definition: Definition } {
  const page = readFileSync(join(PACKAGE, 'nodes', `${name}.html`), 'utf8')
  const registered: { type: string; definition: Definition }[] = []
  const RED = {
    _: (key: string) => textOf('en-US', key.replace(/^node-red-contrib-aal-hub\/[^:]+:/, '')),
    nodes: { registerType: (type: string, definition: Definition) => registered.push({ type, definition }) },
  }
  // As the editor runs it: a script, in strict mode or not, that finds RED.
  const scripts = [...page.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script = '']) => script)
  for (const script of scripts) new Function('RED', script)(RED)
  const [first] = registered
  if (!first) throw new Error(`${name}.html registers no node`)
  return first
}

type Catalogue = { readonly [key: string]: string | Catalogue }

function catalogueOf(language: string, name: string): Catalogue {
  return JSON.parse(
    readFileSync(join(PACKAGE, 'nodes/locales', language, `${name}.json`), 'utf8'),
  ) as Catalogue
}

function textOf(language: string, key: string): string {
  const [name = '', ...path] = key.split('.')
  let at: string | Catalogue | undefined = catalogueOf(language, name)[name]
  for (const part of path) at = typeof at === 'object' ? at[part] : undefined
  if (typeof at !== 'string') throw new Error(`There is no text ${key} in ${language}`)
  return at
}

function keysOf(catalogue: Catalogue, before = ''): string[] {
  return Object.entries(catalogue).flatMap(([key, value]) =>
    typeof value === 'string' ? [before + key] : keysOf(value, `${before}${key}.`),
  )
}

describe.each(NODES)('the node %s', (name) => {
  it('has every text of its page, and the same texts in each language', () => {
    const page = readFileSync(join(PACKAGE, 'nodes', `${name}.html`), 'utf8')
    const keys = [...page.matchAll(/data-i18n="(?:\[\w+\])?([\w.-]+)"/g)].map(([, key = '']) => key)
    expect(keys.length).toBeGreaterThan(3)
    for (const language of LANGUAGES) {
      for (const key of keys) expect(typeof textOf(language, key)).toBe('string')
      expect(keysOf(catalogueOf(language, name))).toEqual(keysOf(catalogueOf('en-US', name)))
    }
  })

  it('has help in each language', () => {
    const { type } = definitionOf(name)
    for (const language of LANGUAGES) {
      const help = readFileSync(join(PACKAGE, 'nodes/locales', language, `${name}.html`), 'utf8')
      expect(help).toContain(`data-help-name="${type}"`)
    }
  })

  it('takes what it proposes itself', () => {
    const { definition } = definitionOf(name)
    expect(definition.category).toMatch(/^(AAL|config)$/)
    for (const [field, { value, validate }] of Object.entries(definition.defaults)) {
      if (!validate) continue
      // Else Node-RED takes the words of a refusal for a yes.
      expect([field, validate.length]).toEqual([field, 2])
      expect([field, validate(value, {})]).toEqual([field, true])
    }
  })
})

describe('the editor', () => {
  it.each([
    ['raise', 'category', 'safety', 'Only technical or routine'],
    ['raise', 'severity', 'high', 'only rules raise high'],
    ['raise', 'key', 'a b', '1 to 64'],
    ['raise', 'until', 'tomorrow', 'A number with'],
    ['raise', 'title', 'x'.repeat(121), '120 characters'],
    ['alert', 'events', [], 'Tick at least one'],
    ['hub', 'url', 'hub.example.no', 'begins with https://'],
  ])('refuses in %s as %s %j', (name, field, value, why) => {
    expect(definitionOf(name).definition.defaults[field]?.validate?.(value, {})).toContain(why)
  })
})

describe('examples', () => {
  const types = new Map(NODES.map(definitionOf).map(({ type, definition }) => [type, definition]))

  it.each(readdirSync(join(PACKAGE, 'examples')))(
    '%s has every field of our nodes, as the editor takes it',
    (file) => {
      const nodes = exampleFlow(basename(file, '.json'))
      const ids = new Set(nodes.map(({ id }) => id))
      const ours = nodes.filter(({ type }) => type.startsWith('aal-'))
      expect(ours.length).toBeGreaterThan(1)
      for (const node of ours) {
        for (const [field, { validate, required }] of Object.entries(types.get(node.type)?.defaults ?? {})) {
          expect(Object.keys(node)).toContain(field)
          if (validate) expect([field, validate(node[field], {})]).toEqual([field, true])
          if (required) expect(node[field]).not.toBe('')
        }
        expect(node).not.toHaveProperty('credentials')
      }
      for (const to of nodes.flatMap(({ wires }) => (Array.isArray(wires) ? wires.flat() : [])))
        expect(ids).toContain(to)
    },
  )
})

describe('the example of a door at night', () => {
  const nodes = exampleFlow('02 - Door open at night')
  const code = String(nodes.find(({ type }) => type === 'function')?.['func'])
  const noteOf = new Function('msg', code) as (msg: object) => { payload: object } | null
  const reading = { home: 'h-1', room: 'hall', role: 'entrance', at: Date.parse('2026-11-22T22:30:00Z') }

  it.each([
    ['open at 23:30 in Oslo', 'open', {}, true],
    ['closed', 'closed', {}, false],
    ['by day', 'open', { at: Date.parse('2026-11-22T21:30:00Z') }, false],
    ['at 6 in the morning', 'open', { at: Date.parse('2026-11-22T05:00:00Z') }, false],
    ['no entrance', 'open', { role: 'fridge' }, false],
    ['long ago', 'open', { late: true }, false],
  ])('%s', (_name, payload, more, isNote) => {
    const note = noteOf({ payload, reading: { ...reading, ...more } })
    const expected = { payload: { home: 'h-1', room: 'hall', opened: '2026-11-22T22:30:00.000Z' } }
    expect(note).toEqual(isNote ? expected : null)
  })
})

describe('npm pack', () => {
  it('packs all that Node-RED needs, and nothing else', () => {
    const said = execFileSync('npm', ['pack', '--dry-run', '--json', '--offline'], {
      cwd: PACKAGE,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      encoding: 'utf8',
    })
    const [packed] = JSON.parse(said) as { files: { path: string }[] }[]
    const files = packed?.files.map(({ path }) => path) ?? []
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'package.json', 'settings.cjs']))
    for (const name of NODES) {
      const own = [`nodes/${name}.js`, `nodes/${name}.html`]
      const inLanguages = LANGUAGES.flatMap((language) =>
        ['html', 'json'].map((end) => `nodes/locales/${language}/${name}.${end}`),
      )
      expect(files).toEqual(expect.arrayContaining([...own, ...inLanguages]))
    }
    expect(files.filter((file) => file.startsWith('examples/'))).toHaveLength(3)
    expect(files.filter((file) => !/^(lib|nodes|examples)\/|^[\w.]+$/.test(file))).toEqual([])
  })
})
