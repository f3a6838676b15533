import type { Alert, AlertEvent } from '../model/alert.ts'
import type { AlertNotification, Way } from '../model/notification.ts'
import type { Place } from './escalation.ts'

/** What one change of an alert brings with it. */
export interface Change {
  readonly alert: Alert
  readonly events: readonly AlertEvent[]
  readonly notifications: readonly AlertNotification[]
}

/** What a change may look at. */
export interface Situation extends Place {
  readonly now: number
  /** The number of the input that made it. */
  readonly seq: number
  /** Since when the home is in maintenance; absent when it is not. ms */
  readonly maintenanceSince?: number
  /** The alert's rule is held for the home: it calls nobody. */
  readonly isHeld?: boolean
  /** No board is open: until then an alert that needs somebody now does not wait for one, ms. */
  readonly unwatchedUntil?: number
  /** Until when technical messages to somebody wait for others, ms. Not given: they do not. */
  readonly gatheredUntil?: (recipient: string, way: Way) => number
  /** The notifications of this alert so far. */
  readonly notifications: readonly AlertNotification[]
}

/** A person's act that is not possible, and why. */
export interface Refused {
  readonly refused: string
}

/** One line of an alert's history. */
export function eventOf(
  alert: Alert,
  now: number,
  at: number,
  what: AlertEvent['what'],
  by: string,
  via: string,
  text?: string,
): AlertEvent {
  return {
    alert: alert.id,
    now,
    at,
    what,
    by,
    via,
    ...(text !== undefined && { text }),
    ...(alert.test && { test: true }),
  }
}

/** Nothing more happens by itself. */
export function end(alert: Alert): Alert {
  const { nextStepAt: _, ...rest } = alert
  return rest
}
