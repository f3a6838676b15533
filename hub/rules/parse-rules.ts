import type { RuleFile } from '../model/input.ts'
import { isPolicyFile } from '../source/file-names.ts'
import { hint, parseYaml } from '../source/parse-yaml.ts'
import type { Parsed, Problem } from '../source/problem.ts'
import { compileRule, mutersOf } from './compile-rule.ts'
import { createRuleSet } from './rule.ts'
import type { Rule, RuleSet } from './rule.ts'
import { createChecker } from './rule-checker.ts'
import type { Checker } from './rule-checker.ts'
import { looseFileSchema, repairRule } from './repair-rule.ts'
import { ruleFileSchema } from './rule-schema.ts'
import type { RuleSource } from './rule-schema.ts'

/**
 * Reads and checks the rule files among these as one set. A set with any error is refused whole, with every error of
 * every file.
 * @param policies the policies that a rule may name; not given: any
 */
export function parseRules(files: readonly RuleFile[], policies?: readonly string[]): Parsed<RuleSet> {
  const problems: Problem[] = []
  const rules: Rule[] = []
  const places = new Map<string, string>()
  const checked: Checked[] = []
  let isWhole = true
  for (const file of files.filter(({ name }) => !isPolicyFile(name))) {
    const strict = parseYaml(file.name, file.text, ruleFileSchema)
    const found: Problem[] = strict.ok ? [] : [...strict.problems]
    // What is wrong in one place must not hide what is wrong in another: check all that can be understood.
    const parsed = strict.ok ? strict : parseYaml(file.name, file.text, looseFileSchema)
    const sources = parsed.ok ? parsed.value.value.rules : []
    isWhole &&= parsed.ok
    sources.forEach((raw, index) => {
      const source = strict.ok ? strict.value.value.rules[index] : repairRule(raw)
      if (!source || !parsed.ok) {
        isWhole = false
        return
      }
      const checker = createChecker(parsed.value, ['rules', index])
      const earlier = places.get(source.id)
      if (earlier !== undefined) {
        checker.fail(['id'], `Cannot use the id "${source.id}" twice: it stands in ${earlier} already`)
      }
      places.set(source.id, file.name)
      if (policies && source.policy !== undefined && !policies.includes(source.policy)) {
        checker.fail(
          ['policy'],
          `Cannot tell anybody by "${source.policy}": there is no such policy in policies/*.yaml${hint(source.policy, policies)}`,
        )
      }
      const rule = compileRule(source, checker)
      if (rule) rules.push(rule)
      checked.push({ source, checker })
    })
    problems.push(...found)
  }
  checkMuting(checked, isWhole)
  problems.push(...checked.flatMap(({ checker }) => checker.problems))
  const order = new Map(files.map(({ name }, index) => [name, index]))
  problems.sort(
    (a, b) => (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) || a.line - b.line || a.column - b.column,
  )
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, value: createRuleSet(rules) }
}

interface Checked {
  readonly source: RuleSource
  readonly checker: Checker
}

/** The rules of files that were checked when they were taken; none where an older version's no longer parse. */
export function rulesOf(files: readonly RuleFile[] | undefined): RuleSet {
  const known = files && sets.get(files)
  if (known) return known
  const parsed = parseRules(files ?? [])
  const rules = parsed.ok ? parsed.value : createRuleSet([])
  if (files) sets.set(files, rules)
  return rules
}

/** Those in force are asked for with every page about a home, and take tens of ms to parse. */
const sets = new WeakMap<readonly RuleFile[], RuleSet>()

/** Rules that mute must be there, and none may mute itself, over whatever others. */
function checkMuting(all: readonly Checked[], isWhole: boolean): void {
  const byId = new Map(all.map((one) => [one.source.id, one.source]))
  for (const { source, checker } of all) {
    const muters = mutersOf(source)
    const path = (index: number): PropertyKey[] =>
      typeof source.muted?.by === 'string' ? ['muted', 'by'] : ['muted', 'by', index]
    muters.forEach((id, index) => {
      // Where another file could not be read, its rules are not known.
      if (!byId.has(id) && isWhole) {
        checker.fail(
          path(index),
          `Cannot be muted by "${id}": there is no such rule${hint(id, [...byId.keys()])}`,
        )
      }
      const circle = circleFrom(source.id, id, byId)
      if (circle) {
        checker.fail(
          path(index),
          `Cannot be muted by "${id}": that is a circle, in which each waits for the other: ${circle.join(' is muted by ')}`,
        )
      }
    })
  }
}

function circleFrom(
  start: string,
  next: string,
  byId: ReadonlyMap<string, RuleSource>,
): readonly string[] | undefined {
  const queue = [[start, next]]
  const seen = new Set<string>()
  for (const way of queue) {
    const end = way.at(-1) ?? ''
    if (end === start) return way
    if (seen.has(end)) continue
    seen.add(end)
    const source = byId.get(end)
    for (const id of source ? mutersOf(source) : []) queue.push([...way, id])
  }
  return undefined
}
