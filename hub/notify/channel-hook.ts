/** A call as a provider made it. */
export interface HookCall {
  /** Path and query as they were called, byte by byte: signatures cover them. */
  readonly url: string
  /** A repeated parameter has its last value. */
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

/** What the provider gets to hear; 403: the call does not prove that it comes from the provider. */
export interface HookAnswer {
  readonly status: number
  readonly text: string
  /** `text/plain` when not given. */
  readonly type?: string
}

/** What a provider calls, at `/hooks/<channel>/<name>`. It proves who calls before it reads anything else. */
export interface ChannelHook {
  readonly channel: string
  readonly name: 'delivery' | 'inbound'
  readonly methods: readonly ('GET' | 'POST')[]
  take(call: HookCall): Promise<HookAnswer>
}

export const REFUSED: HookAnswer = { status: 403, text: '' }

/** The address of a hook as providers reach it. */
export function hookUrl(hub: string, channel: string, name: ChannelHook['name']): string {
  return `${hub.replace(/\/+$/, '')}/hooks/${channel}/${name}`
}

/** Does the work, and answers 503 where the hub cannot take it: providers call again then. */
export async function answerAfter(
  work: () => Promise<unknown>,
  answer: HookAnswer = { status: 200, text: '' },
): Promise<HookAnswer> {
  try {
    await work()
    return answer
  } catch {
    return { status: 503, text: '' }
  }
}
