export type ChannelKind = 'sms' | 'email' | 'webhook'

/** One message, ready to send. */
export interface Message {
  /** The notification's id: the same for every attempt, for providers that can tell a repetition. */
  readonly id: string
  /** E.164 for an SMS, an address for e-mail; for a webhook, whom the receiver is to tell. */
  readonly to: string
  readonly text: string
  /** One line, for what has one (e-mail). */
  readonly subject?: string
  /** For programs, beside the text: pseudonyms and words of the product, nothing personal. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>
  /** When the notification was queued, ms: for channels that give up some day. */
  readonly queuedAt?: number
  /** Channels that took it before and told of no delivery: others are tried, where there are any. */
  readonly notBy?: readonly string[]
}

/** What a provider said to one attempt. `retry: false` means: the same message will never go this way. */
export type SendResult =
  | {
      readonly ok: true
      readonly to: 'accepted' | 'delivered'
      /** The provider's id of the message. */
      readonly reference?: string
      /** Which channel of a route took it. */
      readonly via?: string
      /** The other channels of the route. */
      readonly others?: readonly string[]
      /** A report of the delivery can be expected within so many ms. */
      readonly reportWithin?: number
    }
  | { readonly ok: false; readonly retry: boolean; readonly error: string }

/** Can messages be sent this way now? `error` holds no secret, number or name. */
export type Health = { readonly ok: true } | { readonly ok: false; readonly error: string }

/** A way to people. Adapters only say what happened; one loop retries. */
export interface Channel {
  readonly name: string
  readonly kind: ChannelKind
  /** Does it tell later what became of a message? Else accepted is the last that is heard of it. */
  readonly reports: boolean
  /** Sends once; never throws for what the provider or the network did. */
  send(message: Message, signal: AbortSignal): Promise<SendResult>
  /** Looks whether messages would go, without sending one; never throws. Absent where that cannot be known. */
  check?(signal: AbortSignal): Promise<Health>
  /** For channels that have something to watch. */
  start?(): void
  stop?(): Promise<void>
}

/** What became of a message, as its provider tells it later. Reports may come twice, and in any order. */
export interface DeliveryReport {
  readonly notification: string
  readonly to: 'accepted' | 'delivered' | 'failed'
  /** With `accepted`: the network has it, and nothing more will be heard. */
  readonly isLast?: true
  readonly error?: string
  /** Which channel tells, and the others of its route. */
  readonly via?: string
  readonly others?: readonly string[]
}

/** Where channels hand on what providers tell. A rejection means: not kept, tell it again. */
export interface ChannelSink {
  deliver(report: DeliveryReport): Promise<unknown>
  /** @param from E.164 */
  answer(from: string, text: string): Promise<unknown>
}
