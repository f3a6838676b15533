/** What the generator's process is told first, as a line of JSON. It answers `{}` when all are connected. */
export interface Setup {
  readonly port: number
  readonly tls?: boolean
  readonly clients: readonly Client[]
  /** What each client publishes, one after the other and from the beginning again. */
  readonly messages: readonly Message[]
}

export interface Client {
  readonly id: string
  readonly home: string
  readonly username?: string
  readonly password?: string
}

export interface Message {
  readonly sensor: string
  readonly payload: string
}

/** Then it is told, again and again, to publish for a while; it answers each with a `Result`, or `{ error }` and ends. */
export interface Phase {
  readonly pace: Pace
  /** Time before counting starts, ms. */
  readonly warmUp: number
  /** How long it counts, ms. */
  readonly time: number
  /** Publishes so many and counts them all, however long it takes. */
  readonly count?: number
}

/**
 * `each`: so many publishes of each connection under way, no more than there are messages. `together`: so many of all,
 * one connection after the other; with a rate (publishes a second), no faster than that.
 */
export type Pace = { readonly each: number } | { readonly together: number; readonly rate?: number }

export interface Result {
  /** All of the phase, warm-up too. */
  readonly sent: number
  readonly acknowledged: number
  /** PUBACKs of the time that counts, and that time. */
  readonly counted: number
  readonly seconds: number
  /** Times from publish to PUBACK, ms. */
  readonly p50: number
  readonly p99: number
  /** Of one processor that the generator itself used. */
  readonly share: number
}
