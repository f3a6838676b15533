import type { Alert, AlertEvent } from '../model/alert.ts'

/** The alert as people knew it at a time, from its history: what a message of then said. Times in ms. */
export function alertAsOf(alert: Alert, events: readonly AlertEvent[], at: number): Alert {
  const { handledBy: _by, handledAt: _at, cause: _cause, ...rest } = alert
  let then: Alert = { ...rest, handling: 'new', lastAt: alert.raisedAt, count: 0 }
  for (const event of events) {
    if (event.now > at) break
    switch (event.what) {
      case 'raised':
      case 'again':
        then = { ...then, lastAt: event.at, count: then.count + 1 }
        break
      case 'acknowledged':
      case 'resolved':
        then = { ...then, handling: event.what, handledBy: event.by, handledAt: event.now }
        break
      case 'reopened': {
        const { handledBy: _, handledAt: _when, ...open } = then
        then = { ...open, handling: 'new' }
        break
      }
      default:
    }
  }
  return then
}
