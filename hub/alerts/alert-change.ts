import { SEVERITIES } from '../model/alert.ts'
import type { Alert, AlertEvent } from '../model/alert.ts'
import { isToldChange } from '../model/kept-entry.ts'
import type { AlertChange } from '../model/kept-entry.ts'

/**
 * What history is told of a line in an alert's own; undefined: nothing. Of the alert, as it is now, only what never
 * changes is taken, so that a line says the same whenever it is read.
 */
export function alertChangeOf(event: AlertEvent, alert: Alert): AlertChange | undefined {
  if (!isToldChange(event.what)) return undefined
  const { id, home, area, rule, scope, category, raisedAt, handling, condition, severity } = alert
  // A line of a database that was made by hand has none.
  const after = event.after ?? { handling, condition, severity }
  return {
    alert: id,
    ...(home !== undefined && { home }),
    ...(area !== undefined && { area }),
    rule,
    scope,
    severity: SEVERITIES.find((one) => one === event.text) ?? after.severity,
    category,
    what: event.what,
    at: event.at,
    ...(event.test && { test: true as const }),
    raisedAt,
    after,
  }
}
