import { createRandom } from './random.ts'

/** How somebody lives: what stays the same from day to day. */
export interface Habits {
  /** Minutes after local midnight. */
  readonly wakes: number
  readonly goesToBed: number
  /** Visits to the bathroom in a night, on average. */
  readonly nightVisits: number
  /** Chance of a walk or errand on a day. */
  readonly outing: number
  readonly nap: number
  /** Times a day that oxygen and pulse are measured. */
  readonly measures: number
  /** Usual oxygen saturation, %, and pulse, /min. */
  readonly spo2: number
  readonly heartRate: number
  /** 1: as most people; more: moves about more. */
  readonly pace: number
}

/** Somebody, by seed. */
export function habitsOf(seed: string): Habits {
  const random = createRandom(`${seed}|habits`)
  return {
    wakes: random.whole(6 * 60 + 15, 8 * 60 + 15),
    goesToBed: random.whole(21 * 60 + 30, 23 * 60 + 15),
    nightVisits: random.between(0.6, 2.2),
    outing: random.between(0.3, 0.9),
    nap: random.between(0.1, 0.6),
    measures: random.whole(2, 3),
    spo2: random.whole(94, 97),
    heartRate: random.whole(62, 78),
    pace: random.between(0.8, 1.2),
  }
}
