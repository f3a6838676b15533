import type { Value } from './reading.ts'

/** Readings of one kind in a home over time. Times in ms; both ends inclusive. */
export interface SeriesQuery {
  readonly home: string
  readonly sensor?: string
  readonly kind: string
  readonly from: number
  readonly to: number
  /** Where there are more, the newest. */
  readonly limit: number
}

/** One point of a series; series are oldest first. */
export interface SeriesPoint {
  readonly at: number
  readonly value: Value
}
