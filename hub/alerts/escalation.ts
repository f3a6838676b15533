import type { Alert } from '../model/alert.ts'
import type { ContactFacts } from '../model/home.ts'

/** How long a contact has before the next one is told. */
const NEXT_CONTACT = 2 * 60_000
/** How long after the last contact the first one is told again. */
const NEXT_ROUND = 10 * 60_000

export interface Step {
  readonly contact: string
  /** Time until the next step, ms. */
  readonly wait: number
  /** What the message may say of the next step; absent where there is nobody else to tell. */
  readonly waitMinutes?: number
}

/** Whether messages go out for this alert, and if not, why; technical alerts and low ones are for the board. */
export function mayNotify(alert: Pick<Alert, 'category' | 'severity'>): { yes: boolean; reason: string } {
  if (alert.category === 'technical') return { yes: false, reason: 'technical alerts go to the board' }
  if (alert.severity === 'low' || alert.severity === 'info') {
    return { yes: false, reason: `${alert.severity} alerts go to the board` }
  }
  return { yes: true, reason: `${alert.severity} alerts go to the home's contacts` }
}

/** Who may be told: what is found in maintenance is for the installers alone, and nothing else is. */
export function contactsFor(
  alert: Pick<Alert, 'test'>,
  contacts: readonly ContactFacts[],
): readonly ContactFacts[] {
  return contacts.filter(({ role }) => (role === 'installer') === (alert.test === true))
}

/**
 * Who is told next: the contacts in order, round after round, until a human answers.
 * @param position how many steps have run
 * @param contacts those that may be told
 * @returns undefined when there are none
 */
export function nextStep(contacts: readonly ContactFacts[], position: number): Step | undefined {
  const sorted = contacts.toSorted((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
  const index = position % Math.max(1, sorted.length)
  const contact = sorted[index]
  if (!contact) return undefined
  const wait = index === sorted.length - 1 ? NEXT_ROUND : NEXT_CONTACT
  return {
    contact: contact.id,
    wait,
    ...(sorted.length > 1 && { waitMinutes: wait / 60_000 }),
  }
}
