import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..', '..')
const page = readFileSync(join(ROOT, 'docs/security.md'), 'utf8')

/** Each test that a row names: “words of its title” behind its `test/file`. */
function namedTests(text: string): { file: string; title: string }[] {
  const named: { file: string; title: string }[] = []
  let file: string | undefined
  for (const [, path, title] of text.matchAll(/`(test\/[^`]+)`|“([^”]+)”/g)) {
    if (path !== undefined) file = path
    else if (file !== undefined && title !== undefined) named.push({ file, title })
  }
  return named
}

describe('docs/security.md', () => {
  it('has a row for each of the 21 statements', () => {
    const numbers = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, number]) => Number(number))
    expect(numbers).toEqual(Array.from({ length: 21 }, (_, index) => index + 1))
  })

  it('says of each statement what shows it, or that nothing does yet', () => {
    for (const row of page.match(/^\| \d+ \|.*$/gm) ?? []) expect(row).toMatch(/`test\/|\*\*Not yet/)
  })
})

describe.each([
  ['docs/security.md', 100],
  ['docs/limits.md', 40],
])('%s', (path, atLeast) => {
  it('names tests that are there, by words of their titles', () => {
    const text = readFileSync(join(ROOT, path), 'utf8')
    const named = text.split('\n').flatMap((line) => (line.startsWith('|') ? namedTests(line) : []))
    expect(named.length).toBeGreaterThan(atLeast)
    const missing = named.flatMap(({ file, title }) => {
      const test = join(ROOT, file)
      if (!existsSync(test)) return [`${file}: no such file`]
      return readFileSync(test, 'utf8')
        .replaceAll(String.raw`\'`, "'")
        .includes(title)
        ? []
        : [`${file}: ${title}`]
    })
    expect(missing).toEqual([])
  })
})
