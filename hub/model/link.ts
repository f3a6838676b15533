/**
 * What a link is for: to answer an alert, to see where to go and how to get in, or to see how a home is. Each belongs
 * to one recipient, as `recipientOf` gives it.
 */
export type LinkPurpose =
  | { readonly use: 'answer' | 'details'; readonly alert: string; readonly recipient: string }
  | { readonly use: 'status'; readonly home: string; readonly recipient: string }

export type LinkUse = LinkPurpose['use']

/** What the token of a link opens now. A link that was taken back counts as expired; undefined: there is none. */
export type OpenedLink = LinkPurpose | 'expired' | undefined
