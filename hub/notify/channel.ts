/** One message, ready to send. */
export interface Message {
  /** The notification's id: the same for every attempt, for providers that can tell a repetition. */
  readonly id: string
  /** E.164. */
  readonly to: string
  readonly text: string
}

/** What a provider said to one attempt. `retry: false` means: the same message will never go this way. */
export type SendResult =
  | { readonly ok: true; readonly to: 'accepted' | 'delivered'; readonly reference?: string }
  | { readonly ok: false; readonly retry: boolean; readonly error: string }

/** A way to a phone. Adapters only say what happened; one loop retries. */
export interface Channel {
  readonly name: string
  /** Sends once; never throws for what the provider or the network did. */
  send(message: Message, signal: AbortSignal): Promise<SendResult>
}
