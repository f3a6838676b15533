import type { Attendance } from './alert.ts'
import type { Blind } from './watched.ts'

/**
 * How a home was of late, as far as families are told. Times in ms. Only the first is "all is well"; of the others each
 * says what was not so.
 */
export type Day = (
  | { readonly is: 'well' }
  /** Something happened and is over, as `overAt` says. */
  | { readonly is: 'had-alert'; readonly overAt: number }
  /** The home was seen, but a sensor that calls for help was silent; `now`: it still is. */
  | { readonly is: 'partly'; readonly now: boolean }
  /** The sensors work, but nobody was seen: for how long is in `lifeAt`. */
  | { readonly is: 'not-seen' }
  /** The hub could not see the home. */
  | NotKnown
  /** An alert about a person is open. */
  | OpenDay
  /** Nobody is said to be at home. */
  | { readonly is: 'away' }
  /** Somebody works on the equipment: what it says is no word about the resident. */
  | { readonly is: 'maintenance' }
) &
  DayFacts

/** What is true of a day whatever else it was. */
export interface DayFacts {
  /** When it was judged. */
  readonly at: number
  /** Nothing before that was looked at. */
  readonly from: number
  /** The newest sign of life, to about five minutes; also one from before `from`. */
  readonly lifeAt?: number
  /** An alert about a person ended then. */
  readonly overAt?: number
  /** A sensor is silent now. */
  readonly silent: boolean
  /** Whether people know of what does not work now. */
  readonly care: Care
}

export interface NotKnown {
  readonly is: 'unknown'
  /** `new`: it was not watched before. */
  readonly what: Blind | 'new'
  readonly since: number
  /** It is over since then. */
  readonly until?: number
  /** It came and went between. */
  readonly onAndOff?: true
}

export interface OpenDay {
  readonly is: 'open'
  readonly since: number
  /** It stands on the board, and calls nobody. */
  readonly minor?: true
  /** Who has it: `contact:daughter`, `staff:siv`, `operator:siv`; nobody yet when not given. */
  readonly by?: string
  readonly attendance?: Attendance
}

/** What does not work now: somebody has it, it stands on the board, or neither. */
export type Care = 'taken' | 'reported' | 'none'
