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

/** The messages that are due or will be, in the order in which they are to be sent. */
export interface Turns {
  /** Puts a message behind the others of its urgency; again when its time has changed. */
  put(entry: Queued): void
  drop(entry: Queued): void
  /**
   * Takes out the one whose turn it is: the most urgent one, of these one that was never tried, of these the
   * one that has been due the longest.
   * @returns undefined when none is due, or those that are due must wait for a place
   */
  take(now: number, sending: ReadonlySet<Queued>): Queued | undefined
  /** When the next one that is not due yet will be. */
  nextDue(): number | undefined
}

/** A phone that takes no message may hold this many of the places, and no more. */
const PER_CONTACT = 2
/** Retries may hold this part of the places: the others are for messages that were never tried. */
const RETRY_SHARE = 0.5
/** `alert` messages by severity, and those whose alert is not known. */
const RANKS = SEVERITIES.length + 1

/**
 * By the severity of the alert; answers to people who wrote and letters count as medium. Whoever waits for a code stands
 * before a door; the daily word comes last.
 */
export function rankOf(notification: Notification, alert: Alert | undefined): number {
  if (notification.letter?.is === 'sign-in-code') return SEVERITIES.indexOf('high')
  if (notification.letter?.is === 'all-well') return SEVERITIES.length
  if (notification.template !== 'alert') return SEVERITIES.indexOf('medium')
  return alert === undefined ? SEVERITIES.length : SEVERITIES.indexOf(alert.severity)
}

/**
 * No phone and no outage holds up the others: one contact, and all retries together, hold only a part of the
 * places. The cost of a turn does not grow with the length of the queue.
 * @param places how many messages may be under way at once
 */
export function createTurns(places: number): Turns {
  /** By rank: new, tried before. */
  const due = Array.from({ length: RANKS }, () => [new Set<Queued>(), new Set<Queued>()] as const)
  const later = new Set<Queued>()
  let nextDue = Infinity

  const drop = (entry: Queued): void => {
    later.delete(entry)
    for (const queue of due[entry.rank] ?? []) queue.delete(entry)
  }
  const put = (entry: Queued): void => {
    drop(entry)
    later.add(entry)
    nextDue = Math.min(nextDue, entry.notBefore)
  }
  const moveDue = (now: number): void => {
    if (now < nextDue) return
    nextDue = Infinity
    for (const entry of later) {
      if (entry.notBefore > now) {
        nextDue = Math.min(nextDue, entry.notBefore)
        continue
      }
      later.delete(entry)
      due[entry.rank]?.[entry.failed === 0 ? 0 : 1].add(entry)
    }
  }

  return {
    put,
    drop,
    take(now, sending) {
      moveDue(now)
      if (sending.size >= places) return undefined
      const taken = placesTaken(sending)
      const mayRetry = taken.retries < Math.max(1, Math.floor(places * RETRY_SHARE))
      for (const [fresh, tried] of due) {
        for (const queue of mayRetry ? [fresh, tried] : [fresh]) {
          for (const entry of queue) {
            if ((taken.contacts.get(contactOf(entry)) ?? 0) >= PER_CONTACT) continue
            drop(entry)
            return entry
          }
        }
      }
      return undefined
    },
    nextDue: () => (later.size === 0 ? undefined : nextDue),
  }
}

function contactOf({ notification }: Queued): string {
  // Somebody of the staff has one phone for all homes.
  const { home, staff } = notification
  return staff === undefined ? `${home}/${notification.contact}` : `staff:${staff}`
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
