import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

const pages = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...['docs', 'hub/node-red'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
      .map((name) => join(folder, name)),
  ),
]

/** As GitHub makes the anchor of a heading. */
function anchorsOf(text: string): Set<string> {
  const headings = withoutBlocks(text).matchAll(/^#{1,6} +(.+?) *$/gm)
  const anchors = new Set<string>()
  for (const [, heading = ''] of headings) {
    const plain = heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-')
    let anchor = plain
    for (let nth = 1; anchors.has(anchor); nth++) anchor = `${plain}-${nth}`
    anchors.add(anchor)
  }
  return anchors
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/^ *```[\s\S]*?^ *```/gm, '')
}

function withoutCode(text: string): string {
  return withoutBlocks(text).replaceAll(/`[^`\n]*`/g, '')
}

describe('the pages', () => {
  it('lead nowhere that is not there, with their links to files and headings', () => {
    expect(pages).toContain('docs/operations.md')
    const dead = pages.flatMap((page) => {
      const links = withoutCode(textOf(page)).matchAll(/\]\(([^)\s]+)(?: "[^"]*")?\)/g)
      return [...links].flatMap(([, link = '']) => {
        if (/^[a-z]+:/.test(link)) return []
        const [path = '', anchor] = link.split('#', 2)
        const target = path === '' ? page : join(dirname(page), path)
        if (!existsSync(join(ROOT, target))) return [`${page}: ${link}: no such file`]
        if (anchor === undefined || !target.endsWith('.md')) return []
        return anchorsOf(textOf(target)).has(anchor) ? [] : [`${page}: ${link}: no such heading`]
      })
    })
    expect(dead).toEqual([])
  })
})
