import { isMap, isSeq, parseDocument } from 'yaml'
import type { RuleFile } from '../model/input.ts'
import { isPolicyFile } from '../source/file-names.ts'

/**
 * One rule as people wrote it, with its comments and indentation.
 * @returns undefined when no file has a rule with this id
 */
export function ruleText(files: readonly RuleFile[], id: string): { file: string; text: string } | undefined {
  for (const { name, text } of files) {
    if (isPolicyFile(name) || !text.includes(id)) continue
    const document = parseDocument(text)
    const rules = document.get('rules')
    if (!isSeq(rules)) continue
    const found = rules.items.find((item) => isMap(item) && item.get('id') === id)
    if (!isMap(found) || !found.range) continue
    const [start, end] = found.range
    const indent = start - text.lastIndexOf('\n', start) - 1
    const lines = text.slice(start, end).trimEnd().split('\n')
    return {
      file: name,
      text: lines.map((line, index) => (index === 0 ? line : line.slice(indent))).join('\n'),
    }
  }
  return undefined
}
