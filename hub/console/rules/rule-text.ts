import type { RuleFile } from '../../model/input.ts'

export interface RuleText {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly text: string
  /** What the rule says of why it is there. */
  readonly why?: string
}

/** A rule as it is written, out of the files; undefined where it is written in a way that cannot be told apart. */
export function findRuleText(files: readonly RuleFile[], id: string): RuleText | undefined {
  const isOwn = new RegExp(`(?:^|[\\s{-])id:\\s*["']?${id}["']?\\s*(?:[,}#]|$)`, 'm')
  for (const { name, text } of files) {
    const lines = text.split('\n')
    const indent = /^( *)- /.exec(lines.find((line) => /^ *- /.test(line)) ?? '')?.[1]
    if (name.includes('/') || indent === undefined) continue
    const starts = lines.flatMap((line, index) => (line.startsWith(`${indent}- `) ? [index] : []))
    for (const [index, start] of starts.entries()) {
      const own = lines.slice(start, starts[index + 1]).map((line) => line.slice(indent.length))
      const block = own.join('\n').trimEnd()
      if (!isOwn.test(block)) continue
      const why = whyOf(block)
      return { file: name, line: start + 1, text: block, ...(why !== undefined && { why }) }
    }
  }
  return undefined
}

function whyOf(block: string): string | undefined {
  const found = /^( *)why: *(?:[>|][+-]?)?(.*(?:\n\1 +.*)*)/m.exec(block)?.[2]
  const text = found
    ?.replaceAll(/\s+/g, ' ')
    .trim()
    .replaceAll(/^["']|["']$/g, '')
  return text === '' ? undefined : text
}
