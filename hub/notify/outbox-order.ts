import { SEVERITIES } from '../model/alert.ts'
import type { Alert } from '../model/alert.ts'
import type { Notification } from '../model/notification.ts'

/** A queued notification, as far as its turn depends on it. */
export interface Queued {
  notification: Notification
  /** `recording`: the attempt is over, the core has not yet taken what came of it. */
  phase: 'waiting' | 'sending' | 'recording'
  /** How many attempts have failed. */
  failed: number
  notBefore: number
  /** Lower goes first. */
  readonly rank: number
}

/** A phone that takes no message may hold this many of the places, and no more. */
const PER_CONTACT = 2
/** Retries may hold this part of the places: the others are for messages that were never tried. */
const RETRY_SHARE = 0.5

/** By the severity of the alert; answers to people who wrote count as medium. */
export function rankOf(notification: Notification, alert: Alert | undefined): number {
  if (notification.template !== 'alert') return SEVERITIES.indexOf('medium')
  return alert === undefined ? SEVERITIES.length : SEVERITIES.indexOf(alert.severity)
}

/**
 * Which of the waiting messages has its turn, so that no phone and no outage holds up the others: the most
 * urgent one, of these one that was never tried, of these the oldest.
 * @param places how many messages may be under way at once
 * @returns undefined when none is due, or those that are due must wait for a place
 */
export function pickNext<T extends Queued>(
  entries: Iterable<T>,
  sending: ReadonlySet<T>,
  now: number,
  places: number,
): T | undefined {
  if (sending.size >= places) return undefined
  const taken = placesTaken(sending)
  const mayRetry = taken.retries < Math.max(1, Math.floor(places * RETRY_SHARE))
  let best: T | undefined
  for (const entry of entries) {
    if (entry.phase !== 'waiting' || entry.notBefore > now) continue
    if (entry.failed > 0 && !mayRetry) continue
    if ((taken.contacts.get(contactOf(entry)) ?? 0) >= PER_CONTACT) continue
    if (best === undefined || goesBefore(entry, best)) best = entry
  }
  return best
}

function goesBefore(a: Queued, b: Queued): boolean {
  if (a.rank !== b.rank) return a.rank < b.rank
  const isNew = a.failed === 0
  if (isNew !== (b.failed === 0)) return isNew
  return a.notification.queuedAt < b.notification.queuedAt
}

function contactOf({ notification }: Queued): string {
  return `${notification.home}/${notification.contact}`
}

function placesTaken(sending: Iterable<Queued>): { retries: number; contacts: Map<string, number> } {
  const contacts = new Map<string, number>()
  let retries = 0
  for (const entry of sending) {
    if (entry.failed > 0) retries += 1
    contacts.set(contactOf(entry), (contacts.get(contactOf(entry)) ?? 0) + 1)
  }
  return { retries, contacts }
}
