import { fileURLToPath } from 'node:url'
import type { RuleFile } from '../../hub/model/input.ts'
import { loadRuleFiles } from '../../hub/rules/load-rule-files.ts'

export const RULES_FOLDER = fileURLToPath(new URL('../../rules', import.meta.url))

/** The rules as they are shipped. */
export function shippedRules(): Promise<readonly RuleFile[]> {
  return loadRuleFiles(RULES_FOLDER)
}
