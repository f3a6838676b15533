import type { Alert } from '../model/alert.ts'
import type { ContactFacts } from '../model/home.ts'
import { windowAt } from '../time/daily-window.ts'
import type { Policy, PolicySet, PolicyStep, Way } from './policy.ts'
import { onCall } from './rota.ts'

/** Who may be told now, and where it is what time. */
export interface Reachable {
  readonly contacts: readonly ContactFacts[]
  /** Ids of the staff that are registered. */
  readonly staff: ReadonlySet<string>
  readonly timezone: string
  readonly now: number
}

/** How far the telling of an alert has come; kept with it. */
export interface Progress {
  /** How many times all were told already. */
  readonly round: number
  /** Who was told in this round: `contact:daughter`, `staff:siv`. */
  readonly told: readonly string[]
}

/** Who is told next, all at once. */
export interface Turn {
  readonly recipients: readonly string[]
  readonly by: readonly Way[]
  /** Time to answer, ms. */
  readonly wait: number
  /** Whether somebody else is told after that, so that a message may say so. */
  readonly hasOthers: boolean
  readonly progress: Progress
}

/**
 * Who is told next: the first who was not told in this round, else a new round. Follows the register and the rota as
 * they are now, so that a contact who is new is told and nobody is skipped.
 * @returns undefined when there is nobody at all
 */
export function nextTurn(
  policy: Policy,
  set: PolicySet,
  alert: Pick<Alert, 'severity' | 'test'>,
  progress: Progress,
  reachable: Reachable,
): Turn | undefined {
  const turns = turnsOf(policy, set, alert, reachable)
  if (turns.length === 0) return undefined
  if (without(turns, progress.told).length > 0) return firstOf(policy, turns, progress)
  const isAgain = ({ step }: PlannedTurn): boolean => step >= policy.repeat.from
  const again = recipientsIn(turns.filter(isAgain))
  // Those before the step from which it repeats are spared, unless there is nobody else.
  const spared = again.size === 0 ? [] : [...recipientsIn(turns)].filter((one) => !again.has(one))
  return firstOf(policy, turns, { round: progress.round + 1, told: spared })
}

/** Recipients who are told at once. */
interface PlannedTurn {
  /** The index of its step in the policy. */
  readonly step: number
  readonly recipients: readonly string[]
}

function firstOf(policy: Policy, turns: readonly PlannedTurn[], progress: Progress): Turn | undefined {
  const [next] = without(turns, progress.told)
  const step = next && policy.steps[next.step]
  if (!next || !step) return undefined
  const told = [...progress.told, ...next.recipients]
  return {
    recipients: next.recipients,
    by: step.by,
    wait: without(turns, told).length > 0 ? step.wait : policy.repeat.every,
    hasOthers: recipientsIn(turns).size > next.recipients.length,
    progress: { round: progress.round, told },
  }
}

/** What is left of the turns when these are told already. */
function without(turns: readonly PlannedTurn[], told: readonly string[]): readonly PlannedTurn[] {
  return turns.flatMap(({ step, recipients }) => {
    const left = recipients.filter((one) => !told.includes(one))
    return left.length > 0 ? [{ step, recipients: left }] : []
  })
}

function recipientsIn(turns: readonly PlannedTurn[]): Set<string> {
  return new Set(turns.flatMap(({ recipients }) => recipients))
}

function turnsOf(
  policy: Policy,
  set: PolicySet,
  alert: Pick<Alert, 'severity' | 'test'>,
  reachable: Reachable,
): readonly PlannedTurn[] {
  // What is found in maintenance is for the installers alone.
  if (alert.test) {
    return contactTurns(reachable.contacts, ['installer']).map((recipients) => ({ step: 0, recipients }))
  }
  return policy.steps.flatMap((step, index) => {
    if (step.severity && !step.severity.includes(alert.severity)) return []
    if (step.during && !windowAt(step.during, reachable.timezone, reachable.now).inside) return []
    return recipientsOf(step, set, reachable).map((recipients) => ({ step: index, recipients }))
  })
}

function recipientsOf({ to }: PolicyStep, set: PolicySet, reachable: Reachable): readonly string[][] {
  if (to.type === 'contacts') return contactTurns(reachable.contacts, to.roles)
  const rota = to.type === 'oncall' ? set.rotas.get(to.rota) : undefined
  const ids = to.type === 'group' ? (set.groups.get(to.group) ?? []) : rota ? onCall(rota, reachable.now) : []
  const known = ids.filter((id) => reachable.staff.has(id)).map((id) => `staff:${id}`)
  return known.length > 0 ? [known] : []
}

function contactTurns(contacts: readonly ContactFacts[], roles: readonly string[]): string[][] {
  return contacts
    .filter(({ role = 'family' }) => roles.includes(role))
    .toSorted((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
    .map(({ id }) => [`contact:${id}`])
}
