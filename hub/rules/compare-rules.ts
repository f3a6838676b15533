import type { RuleSet } from './rule.ts'

/** What another rule set changes, by the ids of rules. */
export interface RuleChanges {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** They mean something else now: what they were counting was dropped (docs/meaning.md, 9). */
  readonly changed: readonly string[]
}

/** Better titles and reasons are no change: a rule's meaning decides. */
export function compareRules(before: RuleSet, after: RuleSet): RuleChanges {
  const known = [...before.rules.values()]
  return {
    added: [...after.rules.keys()].filter((id) => !before.rules.has(id)),
    removed: known.map(({ id }) => id).filter((id) => !after.rules.has(id)),
    changed: known
      .filter(({ id, meaning }) => (after.rules.get(id)?.meaning ?? meaning) !== meaning)
      .map(({ id }) => id),
  }
}
