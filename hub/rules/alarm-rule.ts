import { ALARM_KINDS } from '../model/kind.ts'
import type { Rule } from './rule.ts'

/** The alarm that a rule is about and that nothing may hold back (docs/meaning.md, 10); undefined for other rules. */
export function alarmOf({ trigger }: Rule): string | undefined {
  return trigger.type === 'when' && ALARM_KINDS.has(trigger.on) ? trigger.on : undefined
}
