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
  if (meant.length === 0 || meant.some((one) => whyNot(one, policies) === undefined)) return undefined
  if (MATTERS.every((alert) => reachesStaff(policies, alert, staff))) return undefined
  return `${meant.map((one) => `${one.id} ${whyNot(one, policies)}`).join(', ')}; no policy tells the staff of every alert`
}

function whyNot(contact: ContactFacts, set: PolicySet): string | undefined {
  const { is } = consentTo('alerts', contact)
  if (!mayGet('alerts', contact)) return is === 'stopped' ? 'wrote STOP' : 'has withdrawn'
  const ways = waysOf(contact, set)
  if (waysTo(contact, ways).length > 0) return undefined
  return ways.includes('sms') ? 'has no phone number' : 'has no e-mail address'
}

/** By which ways a contact may be told of what matters: of a policy that names them, else of the built-in one. */
function waysOf({ role = 'family' }: ContactFacts, set: PolicySet): readonly Way[] {
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
