/** What a message is for; the words are made from it when it is sent, with the names from the registry. */
export type Template = 'alert' | 'taken' | 'receipt' | 'unclear'

/** One message to one contact over one channel. `id` is (alert, step, contact, channel): unique. */
export interface Notification {
  readonly id: string
  readonly alert: string
  readonly home: string
  readonly contact: string
  readonly channel: 'sms'
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
  /** Minutes until the next contact is told, as the message says; absent when there is none. */
  readonly waitMinutes?: number
}
