import type { Span } from '../api-types.ts'

/** Where a time is between the ends of what is drawn: 0 to 1. */
export const partOf = (at: number, { from, to }: Span): number =>
  Math.min(1, Math.max(0, (at - from) / (to - from)))

export const percent = (part: number): string => `${(part * 100).toFixed(3)}%`
