/**
 * Why the hub could not see all that matters in a home, the gravest first: it was not there itself; no gateway of the
 * home was connected; nothing there could show a sign of life (it is not made for it, or a person's sensors are
 * silent); a sensor that calls for help (fall, button, smoke) is silent.
 */
export const BLIND = ['hub', 'home', 'nothing-to-see', 'sensors', 'alarms'] as const
export type Blind = (typeof BLIND)[number]

/** A time in which the hub could not see all that matters, ms; `to` exclusive. */
export interface BlindSpan {
  readonly what: Blind
  readonly from: number
  readonly to: number
}

/** What the hub could see in a home of late. Times in ms. Row `watched|home`. */
export interface WatchedRow {
  /** Nothing is known of before. */
  since: number
  /** It cannot see all now. */
  blind?: { what: Blind; from: number }
  /** Oldest first; those of the last two days. */
  was: BlindSpan[]
  /** The newest sign of life, to about five minutes. */
  lifeAt?: number
}
