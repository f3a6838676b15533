import { consentTo, mayGet } from '../model/consent.ts'
import type { Category, Severity } from '../model/alert.ts'
import type { ContactFacts } from '../model/home.ts'
import type { Place } from './escalation.ts'
import { policyFor } from './policy.ts'
import type { PolicySet, Recipients } from './policy.ts'

/** Alerts of which somebody must hear. */
const MATTERS: readonly { readonly category: Category; readonly severity: Severity }[] = [
  { category: 'safety', severity: 'high' },
  { category: 'safety', severity: 'medium' },
  { category: 'health', severity: 'high' },
  { category: 'health', severity: 'medium' },
]

/**
 * Why nobody is told of alerts of a home any more: `daughter wrote STOP, son has withdrawn`. Undefined where somebody is,
 * of the staff or of the contacts; and where no contact was ever registered, which needs no finding: nobody took them away.
 */
export function whyNobodyLeft({ contacts, policies, staff }: Place): string | undefined {
  const meant = contacts.filter(({ role }) => role !== 'installer')
  if (meant.length === 0 || meant.some((one) => mayGet('alerts', one))) return undefined
  if (MATTERS.every((alert) => reachesStaff(policies, alert, staff))) return undefined
  return `${meant.map(whyNot).join(', ')}; no policy tells the staff of every alert`
}

function whyNot(contact: ContactFacts): string {
  const { is } = consentTo('alerts', contact)
  return `${contact.id} ${is === 'stopped' ? 'wrote STOP' : 'has withdrawn'}`
}

function reachesStaff(set: PolicySet, alert: (typeof MATTERS)[number], staff: Place['staff']): boolean {
  const steps = policyFor(set, alert)?.steps ?? []
  return steps.some(
    ({ to, severity }) =>
      (!severity || severity.includes(alert.severity)) && staffOf(to, set).some((id) => staff.has(id)),
  )
}

/** Whoever may be told by a step at some time of the week. */
function staffOf(to: Recipients, { rotas, groups }: PolicySet): readonly string[] {
  if (to.type === 'contacts') return []
  if (to.type === 'group') return groups.get(to.group) ?? []
  const rota = rotas.get(to.rota)
  return rota ? [...rota.fallback, ...[...rota.shifts, ...rota.overrides].flatMap(({ who }) => who)] : []
}
