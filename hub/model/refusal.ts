/** Why somebody is not signed in, or their screen not unlocked. */
export const REFUSALS = [
  'wrong-password',
  'wrong-link',
  /** Too many wrong passwords for this name, wherever they were tried. */
  'name-waits',
  'address-waits',
  /** Too many wrong passwords at the lock: the session is over. */
  'signed-out',
  /** A browser would not keep the session. */
  'plain-http',
] as const
export type Refusal = (typeof REFUSALS)[number]

/**
 * Why somebody who was at their organisation's sign-in is not signed in: it said no; it cannot be reached; its clock and
 * ours differ; too late, or in another browser; it did not ask who is there.
 */
export const PROVIDER_REFUSALS = [
  'denied',
  'away',
  'clock',
  'late',
  'not-asked',
  'no-role',
  'failed',
] as const
export type ProviderRefusal = (typeof PROVIDER_REFUSALS)[number]
/** Or by us: the name is a colleague's, or they were removed. */
export type OutsideRefusal = ProviderRefusal | 'unknown' | 'taken' | 'removed'

/** Why a gateway gets no login: it stands in another home, it has one, or that was shown and cannot be again. */
export const LOGIN_REFUSALS = ['gateway-elsewhere', 'gateway-known', 'shown-once'] as const
export type LoginRefusal = (typeof LOGIN_REFUSALS)[number]

/** Why a program may not do this: nobody did it. */
export const ACT_REFUSALS = ['no-human'] as const
export type ActRefusal = (typeof ACT_REFUSALS)[number]
