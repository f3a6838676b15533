import { compareRules } from './compare-rules.ts'
import type { RuleChanges } from './compare-rules.ts'
import { createRuleSet } from './rule.ts'
import type { RuleSet } from './rule.ts'

/**
 * Of two rule sets the rules that can say something else: those that are new, gone or changed, and all that mute them or
 * are muted by them, near or far. Only those need be replayed to compare the two.
 */
export function touchedRules(
  before: RuleSet,
  after: RuleSet,
): { readonly changes: RuleChanges; readonly before: RuleSet; readonly after: RuleSet } {
  const changes = compareRules(before, after)
  const touched = new Set([...changes.added, ...changes.removed, ...changes.changed])
  const all = [...before.rules.values(), ...after.rules.values()]
  for (let size = -1; size !== touched.size;) {
    size = touched.size
    for (const { id, mutedBy } of all) {
      if (touched.has(id)) for (const muter of mutedBy) touched.add(muter)
      else if (mutedBy.some((muter) => touched.has(muter))) touched.add(id)
    }
  }
  const only = ({ rules }: RuleSet): RuleSet =>
    createRuleSet([...rules.values()].filter(({ id }) => touched.has(id)))
  return { changes, before: only(before), after: only(after) }
}
