import { CONSENT_KINDS } from '../model/consent.ts'
import type { ConsentKind, ConsentOfContact, Consents } from '../model/consent.ts'

/** What somebody says about one contact: kinds of messages that may go, and that may not. */
export interface ConsentChange {
  readonly give: readonly ConsentKind[]
  readonly withdraw: readonly ConsentKind[]
}

/**
 * The contact after somebody recorded it. Given after a STOP, a kind goes again: the newer word counts.
 * @param now ms
 * @returns the same object when all was so already
 */
export function changeConsent<C extends ConsentOfContact>(
  contact: C,
  { give, withdraw }: ConsentChange,
  now: number,
): C {
  const facts = new Map(Object.entries(contact.consent ?? {}))
  for (const kind of give) if (facts.get(kind)?.is !== 'given') facts.set(kind, { is: 'given', since: now })
  for (const kind of withdraw) {
    if (facts.get(kind)?.is !== 'withdrawn') facts.set(kind, { is: 'withdrawn', since: now })
  }
  const { stopped } = contact
  const but = CONSENT_KINDS.filter(
    (kind) => give.includes(kind) || (stopped?.but?.includes(kind) === true && !withdraw.includes(kind)),
  )
  const isSame =
    [...facts].every(([kind, fact]) => contact.consent?.[kind as ConsentKind] === fact) &&
    (!stopped || but.length === (stopped.but ?? []).length)
  if (isSame) return contact
  const consent: Consents = Object.fromEntries(facts)
  const { stopped: _, ...rest } = contact
  return {
    ...(rest as C),
    consent,
    ...(stopped && { stopped: { since: stopped.since, ...(but.length > 0 && { but }) } }),
  }
}

/**
 * The contact after they wrote STOP: nothing goes, whatever is recorded. Twice is the same as once.
 * @returns the same object when all was so already
 */
export function stop<C extends ConsentOfContact>(contact: C, now: number): C {
  const { stopped } = contact
  if (stopped && (stopped.but ?? []).length === 0) return contact
  return { ...contact, stopped: { since: now } }
}

/** The contact after they wrote START: what STOP took is back, and no more. */
export function start<C extends ConsentOfContact>(contact: C): C {
  if (!contact.stopped) return contact
  const { stopped: _, ...rest } = contact
  return rest as C
}
