import { z } from 'zod'
import { ruleSchema } from './rule-schema.ts'
import type { RuleSource } from './rule-schema.ts'

/** A rule file of which nothing but the frame is right. */
export const looseFileSchema = z.looseObject({ rules: z.array(z.unknown()) })

/** What stands in for a part that is wrong, so that nothing new goes wrong with it. */
const STAND_INS: Readonly<Record<string, unknown>> = { title: 'x', category: 'routine', scope: 'home' }
/** Parts without which a rule still makes sense. */
const OPTIONAL = new Set([
  'advice',
  'why',
  'for',
  'clear',
  'resolve',
  'during',
  'except',
  'keep',
  'cooldown',
  'muted',
  'gather',
  'unless',
  'then',
  'times',
  'policy',
])

/**
 * Leaves out of a rule what its schema refuses, so that the rest of it can be checked too. The result is good
 * for finding further errors only.
 * @returns undefined when too little is right
 */
export function repairRule(raw: unknown): RuleSource | undefined {
  const copy: unknown = structuredClone(raw)
  const first = ruleSchema.safeParse(copy)
  if (first.success) return first.data
  if (!isRecord(copy)) return undefined
  for (const issue of first.error.issues) {
    const [top] = issue.path
    if (issue.code === 'unrecognized_keys') {
      const parent = issue.path.reduce<unknown>(
        (part, key) =>
          isRecord(part) ? part[String(key)] : Array.isArray(part) ? part[Number(key)] : undefined,
        copy,
      )
      if (isRecord(parent)) for (const key of issue.keys) delete parent[key]
    } else if (top === 'severity' && copy['levels'] === undefined) {
      copy['severity'] = 'low'
    } else if (typeof top === 'string' && top in STAND_INS) {
      copy[top] = STAND_INS[top]
    } else if (typeof top === 'string' && OPTIONAL.has(top)) {
      delete copy[top]
    }
  }
  return ruleSchema.safeParse(copy).data
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
