import { parsePolicies } from '../alerts/parse-policies.ts'
import type { PolicySet } from '../alerts/policy.ts'
import type { RuleFile } from '../model/input.ts'
import { parseRules } from '../rules/parse-rules.ts'
import type { RuleSet } from '../rules/rule.ts'
import type { Parsed } from '../source/problem.ts'

/** What is in force together: what is found, and who is told of it. */
export interface RuleFolderContents {
  readonly rules: RuleSet
  readonly policies: PolicySet
}

/**
 * Reads and checks the rules and the policies of a folder as one: a rule may name only a policy that is there. With any
 * error all of it is refused, with every error of every file.
 */
export function parseRuleFolder(files: readonly RuleFile[]): Parsed<RuleFolderContents> {
  const policies = parsePolicies(files)
  const rules = parseRules(files, policies.ok ? [...policies.value.policies.keys()] : undefined)
  if (rules.ok && policies.ok) return { ok: true, value: { rules: rules.value, policies: policies.value } }
  return {
    ok: false,
    problems: [...(rules.ok ? [] : rules.problems), ...(policies.ok ? [] : policies.problems)],
  }
}
