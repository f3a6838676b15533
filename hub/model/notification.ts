import type { Day } from './day.ts'

/** What a message is for; the words are made from it when it is sent, with the names from the registry. */
export type Template = 'alert' | 'taken' | 'receipt' | 'declined' | 'unclear' | 'untaken'

/**
 * What is new to somebody who was told of the alert before: nothing, it is `reminder`; it happened `again` after
 * somebody had taken it; or whoever took it gave it back (`reopened`).
 */
export type Occasion = 'reminder' | 'again' | 'reopened'

export const WAYS = ['sms', 'email', 'webhook'] as const
/** A kind of channel. */
export type Way = (typeof WAYS)[number]

/** One message to one recipient over one channel. */
export type Notification = AlertNotification | LetterNotification

/** Tells of an alert. `id` is (alert, step, recipient, channel): unique. */
export interface AlertNotification extends Sending {
  readonly alert: string
  /** Not given: its alert is about an area, or about the hub itself. */
  readonly home?: string
  readonly template: Template
  readonly step: number
  /** About a test: the words say so. */
  readonly test?: true
  /** Minutes until somebody else is told, less than one as a fraction; absent when there is nobody else. */
  readonly waitMinutes?: number
  /** Why it asks somebody who was told before; absent when they hear of it for the first time. */
  readonly occasion?: Occasion
  /** Who handed it on to the reader: `operator:siv`, `contact:daughter`, `staff:siv`. */
  readonly askedBy?: string
  /** It was taken from somebody else who had it. */
  readonly takenOver?: true
  /** Told with others in this one letter, under its code. */
  readonly digest?: { readonly id: string; readonly code: string; readonly count: number }
  readonly letter?: never
}

/** Tells of something that is no alert. `id` is unique by the input that made it. */
export interface LetterNotification extends Sending {
  readonly alert?: never
  /** Not given: it is about no home, or about several. */
  readonly home?: string
  readonly letter: Letter
  readonly template?: never
  readonly step?: never
  readonly test?: never
  readonly waitMinutes?: never
}

/** What a letter is about; the words are made from it when it is sent. Pseudonyms only. */
export type Letter =
  /** So that somebody sees that messages reach this phone, before one matters. */
  | { readonly is: 'trial' }
  /** They wrote STOP, or START again: in so many homes it counts. */
  | { readonly is: 'stopped'; readonly homes: number }
  | { readonly is: 'started'; readonly homes: number }
  /** Somebody of the staff wrote STOP. */
  | { readonly is: 'cannot-stop' }
  /** The one-time code with which the recipient of a link about an alert proves who they are. It is kept nowhere. */
  | { readonly is: 'sign-in-code'; readonly alert: string }
  /** Many technical alerts at once; counted and named when it is sent. `code` answers for all of them. */
  | { readonly is: 'digest'; readonly code: string; readonly alerts: readonly string[] }
  /** They cannot come for the alerts of a digest; whether others are asked. */
  | { readonly is: 'digest-declined'; readonly others: boolean }
  /** Who has so many alerts of a digest now; with `count` 0, that nobody needs to take any more. */
  | { readonly is: 'digest-taken'; readonly count: number; readonly who: 'you' | 'operator' | 'someone' }
  /** The daily word on how a home is. */
  | { readonly is: 'all-well'; readonly day: Day }
  /** They asked how things are: a link to the page that shows it, or that there is none for them. */
  | { readonly is: 'status-link' }

/** How far a message has come. */
interface Sending extends To {
  readonly id: string
  readonly channel: Way
  /**
   * queued → accepted (by the provider) → delivered (on the phone); or failed, or cancelled before sending. `gathered`:
   * it goes with others in one message, and has from then the state of that.
   */
  readonly state: 'gathered' | 'queued' | 'accepted' | 'delivered' | 'failed' | 'cancelled'
  readonly attempts: number
  readonly queuedAt: number
  /** Not before this time (retry). */
  readonly notBefore: number
  /** The provider's id of the message. */
  readonly reference?: string
  readonly error?: string
  /** Which channel of its route took it last. */
  readonly via?: string
  /** Channels that were left: they took it and told of no delivery in time, or failed. It goes by others. */
  readonly notBy?: readonly string[]
  /** When a report of its delivery must be there, or it goes once more by another channel; ms. */
  readonly reportBy?: number
}

/** What a message says beside its template and the state of its alert. */
export type Remarks = Pick<AlertNotification, 'waitMinutes' | 'occasion' | 'askedBy' | 'takenOver'>

/** Whom a message is for: a contact of the home, or somebody of the staff; one of the two. */
export interface To {
  readonly contact?: string
  readonly staff?: string
}

/** `contact:daughter` or `staff:siv`. */
export function recipientOf({ contact, staff }: To): string {
  return staff === undefined ? `contact:${contact}` : `staff:${staff}`
}

/** @param recipient as `recipientOf` gives it */
export function toOf(recipient: string): To {
  const id = recipient.slice(recipient.indexOf(':') + 1)
  return recipient.startsWith('staff:') ? { staff: id } : { contact: id }
}
