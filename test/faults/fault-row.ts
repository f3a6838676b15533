import type { TestContext } from 'vitest'

/** One row of the table that `npm run test:faults` prints at its end. */
export interface FaultRow {
  readonly fault: string
  /** How often it was injected. */
  readonly times: number
  /** Readings that were acknowledged, falls and calls for help among them. */
  readonly readings: number
  readonly alarms: number
  /** Of these, what was not there afterwards, and what was there twice; messages to phones that came twice. */
  readonly lost: number
  readonly doubled: number
  readonly doubledMessages?: number
  /** Until the hub took readings again, or InfluxDB had everything again; one for each time it was measured, ms. */
  readonly recovery?: readonly number[]
  /** Until the message of a fall or call for help was with the provider while the fault lasted, ms. */
  readonly alarmDelays?: readonly number[]
}

declare module 'vitest' {
  interface TaskMeta {
    faults?: FaultRow[]
  }
}

/** Keeps a row for the table; the reporter finds it at the test. */
export function recordFault({ meta }: TestContext['task'], row: FaultRow): void {
  meta.faults = [...(meta.faults ?? []), row]
}
