import type { Alert } from '../model/alert.ts'
import type { ContactFacts } from '../model/home.ts'
import { windowAt } from '../time/daily-window.ts'

/** Until when a contact has quiet hours, ms; undefined when they have none now. */
export function quietUntil(
  { quiet }: Pick<ContactFacts, 'quiet'>,
  timezone: string,
  now: number,
): number | undefined {
  if (!quiet) return undefined
  const { inside, until } = windowAt(quiet, timezone, now)
  return inside ? until : undefined
}

export function isQuiet(contact: Pick<ContactFacts, 'quiet'>, timezone: string, now: number): boolean {
  return quietUntil(contact, timezone, now) !== undefined
}

/** Whether quiet hours give way to it when there is nobody else: it is about a person, and not low. */
export function wakesPeople({ severity, category }: Pick<Alert, 'severity' | 'category'>): boolean {
  return category !== 'technical' && (severity === 'high' || severity === 'medium')
}
