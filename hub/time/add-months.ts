import { Temporal } from 'temporal-polyfill'

/** The same time of the day so many months later by the clock of a home; on the last day of a month that is shorter. */
export function addMonths(at: number, months: number, timezone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).add({ months })
    .epochMilliseconds
}
