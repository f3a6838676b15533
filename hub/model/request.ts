/** A request that was answered, so that the same one does nothing twice. */
export interface AnsweredRequest {
  /** Hash of who asked what. */
  readonly asked: string
  readonly status: number
  /** By pseudonyms alone: which home, and what of it. */
  readonly outcome: object
}

/** Which requests were answered, of the last day. */
export interface Requests {
  find(key: string): AnsweredRequest | undefined
  keep(key: string, request: AnsweredRequest): void
}
