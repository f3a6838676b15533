export type Value = string | number | boolean

/** One observed value. Times are milliseconds since 1970, UTC. */
export interface Reading {
  readonly home: string
  readonly sensor: string
  readonly kind: string
  /** `null`: the device repeated a status that is no event of this kind (only with `status`). */
  readonly value: Value | null
  /** When it was observed: the sensor's own time where its profile trusts it, else arrival. */
  readonly at: number
  readonly receivedAt: number
  /** The sender's own id of this reading; the same id is the same reading. */
  readonly id?: string
  /** Set for devices that report happenings as a status and repeat it: only a changed status is an event. */
  readonly status?: string
  /** A broker of others had kept it: a state of an unknown time. It is no sign of life of its sensor. */
  readonly retained?: true
}

/** What the core found out about a reading when it took it in; kept with it in the journal. */
export interface ReadingMarks {
  /** Observed more than 60 s before it arrived. */
  late?: true
  /** Observed before the newest of its sensor and kind. */
  outOfOrder?: true
  /** A repeated status: no event. */
  repeat?: true
  /** The sensor's time was not believed: this is what it said, and `at` is the arrival. */
  claimedAt?: number
}
