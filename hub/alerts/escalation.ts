import type { Alert, Progress, WayDown } from '../model/alert.ts'
import type { ContactFacts } from '../model/home.ts'
import { passesLimit } from './attention.ts'
import { heldBack, nextReachable, nextTurn, unreachable, withoutAddress } from './plan.ts'
import type { KnownStaff, Reachable, Turn } from './plan.ts'
import { policyFor } from './policy.ts'
import type { Policy, PolicySet, PolicyStep } from './policy.ts'

/** Who there is to tell, and by which policies. */
export interface Place {
  readonly contacts: readonly ContactFacts[]
  readonly timezone: string
  readonly staff: KnownStaff
  readonly policies: PolicySet
  /** Who has had as many messages as they get in an hour. Not given: nobody. */
  readonly isOverLimit?: (recipient: string) => boolean
}

/** What an alert that may notify does next. */
export type NextStep =
  | ({ readonly type: 'turn'; readonly turn: Turn } & Untold)
  /** Nobody can be told now; `at`: when that may change by itself, ms. */
  | ({ readonly type: 'nobody'; readonly at?: number } & Untold)
  /** No policy is for it, or none of its steps is: it is for the board. */
  | { readonly type: 'board' }

/** Who would be told, and is not. */
interface Untold {
  /** Whose quiet hours hold it back. */
  readonly quiet: readonly string[]
  /** Who has no address for the way of their step. */
  readonly noAddress: readonly string[]
}

/** Nobody was told yet. */
export const FRESH: Progress = { round: 0, told: [], asked: [] }

/** Who is told of an alert next, or why nobody is. */
export function nextStep(
  alert: About & Pick<Alert, 'test' | 'alarm' | 'progress'>,
  place: Place,
  now: number,
): NextStep {
  const policy = policyOf(alert, place)
  if (!policy) return { type: 'board' }
  const reachable = reachableFor(alert, place, now)
  const turn = nextTurn(policy, place.policies, alert, alert.progress, reachable)
  const progress = turn?.progress ?? alert.progress
  const quiet = heldBack(policy, place.policies, alert, progress, reachable)
  const noAddress = withoutAddress(policy, place.policies, alert, progress, reachable)
  if (turn) return { type: 'turn', turn, quiet, noAddress }
  // Of a test installers alone are told, whatever shift begins.
  if (alert.test) return { type: 'nobody', quiet, noAddress }
  const at = nextReachable(policy, place.policies, { ...place, now })
  return { type: 'nobody', quiet, noAddress, ...(at !== undefined && { at }) }
}

function reachableFor(
  alert: Pick<Alert, 'category' | 'severity' | 'alarm'>,
  { isOverLimit, ...place }: Place,
  now: number,
): Reachable {
  return { ...place, now, ...(isOverLimit && !passesLimit(alert) && { isOverLimit }) }
}

/** Those of the care centre that an alert's policy counts on, and who cannot be reached now: rotas and groups. */
export function outOfReach(
  alert: About & Pick<Alert, 'test' | 'alarm'>,
  place: Place,
  now: number,
): readonly string[] {
  const policy = policyOf(alert, place)
  return policy ? unreachable(policy, place.policies, alert, { ...place, now }) : []
}

/** Who may be told of what is found in maintenance: the installers alone, who are told of nothing else. */
export function installersOf(contacts: readonly ContactFacts[]): readonly ContactFacts[] {
  return contacts.filter(({ role }) => role === 'installer')
}

type About = Pick<Alert, 'home' | 'policy' | 'category' | 'severity' | 'detail'>

/**
 * An area and the hub itself have no contacts: of the policy for what is about them the steps of the staff count, and
 * where there is none, it is for the board.
 */
function policyOf(alert: About, { policies }: Place): Policy | undefined {
  const policy = policyFor(policies, alert)
  if (!policy || alert.home !== undefined) return policy
  const isForStaff = policy.steps.some(
    ({ to, severity }) => to.type !== 'contacts' && (!severity || severity.includes(alert.severity)),
  )
  return isForStaff ? withOtherWays(policy, alert.detail.wayDown) : undefined
}

/** That a way is down is told by the others too: by itself nobody would hear of it before it is over. */
function withOtherWays(policy: Policy, down: WayDown | undefined): Policy {
  if (!down) return policy
  const widened = (step: PolicyStep): PolicyStep =>
    step.by.includes(down.way) ? { ...step, by: [...new Set([...step.by, ...down.others])] } : step
  const [first, ...rest] = policy.steps
  return { ...policy, steps: [widened(first), ...rest.map(widened)] }
}
