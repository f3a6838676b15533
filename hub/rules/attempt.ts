import { NotKnown } from './past.ts'
import type { Rule } from './rule.ts'
import type { HomeState, World } from './state.ts'

/**
 * Evaluates one part of a rule. What throws is that rule's fault: somebody is told, `otherwise` stands for the
 * part, and the other parts and rules go on. The same stands for what is not known (yet), which is nobody's fault.
 */
export function attempt<T, U>(
  world: World,
  state: HomeState,
  rule: Rule,
  part: () => T,
  otherwise: U,
): T | U {
  try {
    return part()
  } catch (cause) {
    if (cause instanceof NotKnown) return otherwise
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)
    world.faults.push({ rule: rule.id, home: state.home.id, reason })
    return otherwise
  }
}
