import { clock, clockOrDay } from '../time.ts'

interface AtProps {
  readonly at: number
  /** When the page was asked for: on paper there is no "ago". */
  readonly now: number
  readonly timezone?: string | undefined
}

/** `03:12`, or with the day where it is longer ago than half of one. */
export function At({ at, now, timezone }: AtProps) {
  return <time dateTime={new Date(at).toISOString()}>{timeText(at, now, timezone)}</time>
}

export function timeText(at: number, now: number, timezone?: string): string {
  const isNear = Math.abs(now - at) < 12 * 3_600_000
  return isNear ? clock(at, timezone) : clockOrDay(at, at - 24 * 3_600_000, timezone)
}
