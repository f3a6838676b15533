/** A link about an alert: to answer it, or to see where to go and how to get in. It belongs to one recipient. */
export interface AlertLink {
  readonly use: 'answer' | 'details'
  readonly alert: string
  /** As `recipientOf` gives it. */
  readonly recipient: string
}

/** A link to see how a home is. It belongs to one recipient. */
export interface StatusLinkPurpose {
  readonly use: 'status'
  readonly home: string
  readonly recipient: string
}

/** What a link is for. */
export type LinkPurpose = AlertLink | StatusLinkPurpose

/** What the token of a link opens now. A link that was taken back counts as expired; undefined: there is none. */
export type OpenedLink = LinkPurpose | 'expired' | undefined
