/** A certificate by which a gateway may be known. Times in ms. */
export interface GatewayCertificate {
  /** SHA-256 of the whole of it, lower-case hex. */
  readonly fingerprint: string
  readonly gateway: string
  readonly home: string
  /** Hex. */
  readonly serial: string
  readonly validTo: number
  readonly madeAt: number
  /** When the gateway first came with it. */
  readonly shownAt?: number
  readonly revokedAt?: number
}
