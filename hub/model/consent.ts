/**
 * What a contact can consent to, each by itself: `alerts` asks them to come, `receipts` tells them who has an alert and
 * that it is over, `all-well` is the daily message, `status` the page that shows how things are.
 */
export const CONSENT_KINDS = ['alerts', 'receipts', 'all-well', 'status'] as const
export type ConsentKind = (typeof CONSENT_KINDS)[number]

/** What a form, or somebody who was told, says. Where it says so, in words, is in the personal part. */
export interface ConsentFact {
  readonly is: 'given' | 'withdrawn'
  /** ms */
  readonly since: number
}

export type Consents = Readonly<Partial<Record<ConsentKind, ConsentFact>>>

/** They wrote STOP: nothing goes to their number, but what was given again since. */
export interface Stopped {
  /** ms */
  readonly since: number
  readonly but?: readonly ConsentKind[]
}

/** What decides what a contact gets. */
export interface ConsentOfContact {
  readonly consent?: Consents
  readonly stopped?: Stopped
}

export type ConsentState =
  | ConsentFact
  | { readonly is: 'stopped'; readonly since: number }
  | { readonly is: 'unrecorded' }

/** Where a contact stands on one kind of message. A STOP goes before what is recorded, and leaves it as it was. */
export function consentTo(kind: ConsentKind, { consent, stopped }: ConsentOfContact): ConsentState {
  if (stopped && stopped.but?.includes(kind) !== true) return { is: 'stopped', since: stopped.since }
  return consent?.[kind] ?? { is: 'unrecorded' }
}

/**
 * Whether messages of a kind may go to a contact. What is not recorded still goes where it is about an alert: a fall that
 * nobody hears of is the failure that counts. Everything else goes only with a consent that is recorded.
 */
export function mayGet(kind: ConsentKind, contact: ConsentOfContact): boolean {
  const { is } = consentTo(kind, contact)
  return is === 'given' || (is === 'unrecorded' && (kind === 'alerts' || kind === 'receipts'))
}

/** Whether nothing at all may go to them, not even an answer. */
export function isSilenced({ stopped }: ConsentOfContact): boolean {
  return stopped !== undefined && (stopped.but ?? []).length === 0
}
