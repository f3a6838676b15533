import type { Category, Severity } from '../model/alert.ts'
import type { ContactRole } from '../model/home.ts'
import type { Way } from '../model/notification.ts'
import type { DailyWindow } from '../time/daily-window.ts'
import type { Rota } from './rota.ts'

/** Whom a step tells. */
export type Recipients =
  /** The home's contacts with one of these roles, one after another in their order. */
  | { readonly type: 'contacts'; readonly roles: readonly string[] }
  /** Everybody of a group of the staff, at once. */
  | { readonly type: 'group'; readonly group: string }
  /** Whoever is on call by this rota, at once. */
  | { readonly type: 'oncall'; readonly rota: string }

export interface PolicyStep {
  readonly to: Recipients
  readonly by: readonly Way[]
  /** Time to answer before the next is told, ms. */
  readonly wait: number
  /** The step is left out for alerts of other severities. */
  readonly severity?: readonly Severity[]
  /** The step is left out at other times of the home's day. */
  readonly during?: DailyWindow
}

/** Who is told of an alert, in which order, until a human has it. */
export interface Policy {
  readonly id: string
  /** Which alerts it is for, where their rule names none. */
  readonly use?: { readonly category: readonly Category[]; readonly severity: readonly Severity[] }
  readonly steps: readonly [PolicyStep, ...PolicyStep[]]
  /** When all were told and nobody has it: again from this step (0 is the first) after this time, ms. It never ends. */
  readonly repeat: { readonly from: number; readonly every: number }
}

/** How many messages somebody gets. */
export interface Limits {
  /** To one person in an hour; what may cost a life passes (`passesLimit`). */
  readonly perHour: number
  /** Technical alerts to one person: one message in this time, ms, with all that came meanwhile. */
  readonly digest: number
}

/** Everything that says who is told. */
export interface PolicySet {
  readonly policies: ReadonlyMap<string, Policy>
  readonly rotas: ReadonlyMap<string, Rota>
  /** Ids of staff, by group. */
  readonly groups: ReadonlyMap<string, readonly string[]>
  readonly limits: Limits
}

/** The roles of contacts that a policy may tell: installers are told of maintenance, by the hub itself. */
export const TOLD_ROLES = ['family', 'neighbour', 'nurse'] as const satisfies readonly ContactRole[]

/** Without policy files: the home's contacts in order, round after round. */
export const BUILT_IN: Policy = {
  id: 'contacts',
  use: { category: ['safety', 'health', 'routine'], severity: ['high', 'medium'] },
  steps: [{ to: { type: 'contacts', roles: TOLD_ROLES }, by: ['sms'], wait: 2 * 60_000 }],
  repeat: { from: 0, every: 10 * 60_000 },
}

export const USUAL_LIMITS: Limits = { perHour: 12, digest: 10 * 60_000 }

export const NO_POLICIES: PolicySet = {
  policies: new Map([[BUILT_IN.id, BUILT_IN]]),
  rotas: new Map(),
  groups: new Map(),
  limits: USUAL_LIMITS,
}

/**
 * The policy for an alert: the one that its rule names, else the first that is for its category and severity. What
 * the files say nothing about goes to the home's contacts as without files: to leave a policy out silences nobody.
 * @returns undefined where the alert is for the board only
 */
export function policyFor(
  set: PolicySet,
  alert: { readonly policy?: string; readonly category: Category; readonly severity: Severity },
): Policy | undefined {
  const named = alert.policy === undefined ? undefined : set.policies.get(alert.policy)
  if (named) return named
  return [...set.policies.values(), BUILT_IN].find(
    ({ use }) => use?.category.includes(alert.category) && use.severity.includes(alert.severity),
  )
}
