import { consentTo, mayGet } from '../model/consent.ts'
import type { Category, Severity } from '../model/alert.ts'
import type { ContactFacts } from '../model/home.ts'
import { waysTo } from '../model/lacks.ts'
import type { Way } from '../model/notification.ts'
import { coversDay } from '../time/daily-window.ts'
import type { Place } from './escalation.ts'
import { BUILT_IN, policyFor } from './policy.ts'
import type { PolicySet, Recipients } from './policy.ts'

/** Alerts of which somebody must hear. */
const MATTERS: readonly { readonly category: Category; readonly severity: Severity }[] = [
  { category: 'safety', severity: 'high' },
  { category: 'safety', severity: 'medium' },
  { category: 'health', severity: 'high' },
  { category: 'health', severity: 'medium' },
]

/**
 * Why nobody is told of alerts of a home any more: `daughter wrote STOP, son has no phone number`. Undefined where
 * somebody is, of the staff at every time of the day or of the contacts; and where no contact was ever registered, which
 * needs no finding: nobody took them away.
 */
export function whyNobodyLeft({ contacts, policies, staff }: Place): string | undefined {
  const meant = contacts.filter(({ role }) => role !== 'installer')
  if (meant.length === 0 || meant.some((one) => whyNotTold(one, policies) === undefined)) return undefined
  if (tellsStaff(policies, staff)) return undefined
  return `${meant.map((one) => `${one.id} ${sayWhyNot(one, policies)}`).join(', ')}; no policy tells the staff of every alert`
}

/** Whether somebody of the staff is told, at every time, of whatever somebody must hear. */
export function tellsStaff(policies: PolicySet, staff: Place['staff']): boolean {
  return MATTERS.every((alert) => reachesStaff(policies, alert, staff))
}

/** Why a contact is told of no alert; undefined: they are. */
export function whyNotTold(
  contact: ContactFacts,
  set: PolicySet,
  ways: readonly Way[] = waysOf(contact, set),
): 'stopped' | 'withdrawn' | 'no-address' | undefined {
  if (!mayGet('alerts', contact)) {
    return consentTo('alerts', contact).is === 'stopped' ? 'stopped' : 'withdrawn'
  }
  return waysTo(contact, ways).length > 0 ? undefined : 'no-address'
}

function sayWhyNot(contact: ContactFacts, set: PolicySet): string | undefined {
  switch (whyNotTold(contact, set)) {
    case 'stopped':
      return 'wrote STOP'
    case 'withdrawn':
      return 'has withdrawn'
    case 'no-address':
      return waysOf(contact, set).includes('sms') ? 'has no phone number' : 'has no e-mail address'
    case undefined:
      return undefined
  }
}

/** By which ways a contact may be told of what matters: of a policy that names them, else of the built-in one. */
export function waysOf({ role = 'family' }: ContactFacts, set: PolicySet): readonly Way[] {
  const steps = MATTERS.flatMap((alert) => policyFor(set, alert)?.steps ?? [])
  const ways = steps.flatMap(({ to, by }) => (to.type === 'contacts' && to.roles.includes(role) ? by : []))
  return ways.length > 0 ? ways : BUILT_IN.steps[0].by
}

function reachesStaff(set: PolicySet, alert: (typeof MATTERS)[number], staff: Place['staff']): boolean {
  const steps = policyFor(set, alert)?.steps ?? []
  const reaching = steps.filter(
    ({ to, by, severity }) =>
      (!severity || severity.includes(alert.severity)) &&
      staffOf(to, set).some((id) => staff.has(id) && waysTo(staff.get?.(id), by).length > 0),
  )
  return reaching.some(({ during }) => !during) || coversDay(reaching.flatMap(({ during }) => during ?? []))
}

/** Whoever may be told by a step at some time of the week. */
function staffOf(to: Recipients, { rotas, groups }: PolicySet): readonly string[] {
  if (to.type === 'contacts') return []
  if (to.type === 'group') return groups.get(to.group) ?? []
  const rota = rotas.get(to.rota)
  return rota ? [...rota.fallback, ...[...rota.shifts, ...rota.overrides].flatMap(({ who }) => who)] : []
}
