/** Who saw or changed what, whose, and why. Pseudonyms only: it is kept longer than what it tells of. */
export interface AuditFact {
  /** `person:siv`, `token:grafana`, `operator:siv` as said on the admin socket, `hub`. */
  readonly who: string
  /** `home.reveal`, `person.add` */
  readonly what: string
  /** `home:h-0001`, `homes:h-0001,h-0002`, `homes:all`, `person:siv`; not given where it is about everything that its areas allow. */
  readonly whose?: string
  /** The reason that was given. */
  readonly why?: string
  /** An address, or `socket`. */
  readonly from: string
}

export interface AuditRow extends AuditFact {
  readonly seq: number
  /** ms since 1970 */
  readonly at: number
  /** SHA-256 over the row before it and this one, hex. */
  readonly hash: string
}

/** Whether the chain holds: else which row is the first that is not as it was written. */
export type AuditVerdict =
  | {
      readonly whole: true
      readonly rows: number
      readonly head: string
      /** So many at the beginning have had their time and are gone. */
      readonly removed?: number
    }
  | { readonly whole: false; readonly rows: number; readonly brokenAt: number; readonly reason: string }
