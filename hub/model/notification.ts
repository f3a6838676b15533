/** What a message is for; the words are made from it when it is sent, with the names from the registry. */
export type Template = 'alert' | 'taken' | 'receipt' | 'unclear'

export const WAYS = ['sms', 'email', 'webhook'] as const
/** A kind of channel. */
export type Way = (typeof WAYS)[number]

/** One message to one recipient over one channel. `id` is (alert, step, recipient, channel): unique. */
export interface Notification extends To {
  readonly id: string
  readonly alert: string
  readonly home: string
  readonly channel: Way
  readonly template: Template
  readonly step: number
  /** queued → accepted (by the provider) → delivered (on the phone); or failed, or cancelled before sending. */
  readonly state: 'queued' | 'accepted' | 'delivered' | 'failed' | 'cancelled'
  readonly attempts: number
  readonly queuedAt: number
  /** Not before this time (retry). */
  readonly notBefore: number
  /** The provider's id of the message. */
  readonly reference?: string
  readonly error?: string
  /** About a test: the words say so. */
  readonly test?: true
  /** Minutes until somebody else is told, as the message says; absent when there is nobody else. */
  readonly waitMinutes?: number
}

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
