import type { Channel, Message, SendResult } from './channel.ts'
import { isGsm7 } from './gsm7.ts'
import { isE164 } from './phone-number.ts'

export interface KannelOptions {
  /** Of the sendsms interface: `http://localhost:13013/cgi-bin/sendsms`. */
  readonly url: string
  readonly username: string
  readonly password: string
  /** The number or name that phones show; without it Kannel's own (`default-sender`). */
  readonly from?: string
  /** Where Kannel tells what became of a message. Without it, accepted is all that is ever known. */
  readonly callback?: KannelCallback
  readonly fetch?: typeof fetch
}

export interface KannelCallback {
  /** The hub as Kannel reaches it: `http://10.0.0.2:8080`. */
  readonly url: string
  /** Proves that a call comes from this Kannel: ≥128 bits. */
  readonly token: string
}

/** Delivered, not delivered, buffered, accepted and rejected by the SMS centre: all of them. */
const DLR_MASK = '31'
/** Kannel's words for a message that it will never take (gw/smsbox.c); any other refusal is put right by people. */
const NEVER = /^Not routable|^(Empty|Missing) receiver|denied by white- and\/or black-lists/
/** Kannel answers with one line; what is longer is not Kannel. */
const ANSWER_LIMIT = 500

/** Sends by the `sendsms` interface of Kannel (User Guide, "Using the HTTP interface to send SMS messages"). */
export function createKannelChannel(options: KannelOptions): Channel {
  const { fetch = globalThis.fetch } = options
  const host = new URL(options.url).host
  const failed = (retry: boolean, error: string): SendResult => ({ ok: false, retry, error })

  return {
    name: 'kannel',
    async send(message, signal) {
      if (!isE164(message.to))
        return failed(false, 'The phone number is not in E.164 form, such as +4790000001')
      try {
        // The query holds the password and the number: no redirect gets them, and no error shows the address.
        const response = await fetch(requestUrl(options, message), { signal, redirect: 'manual' })
        return readAnswer(response.status, await readText(response), host)
      } catch (cause) {
        if (signal.aborted) return failed(true, `Kannel at ${host} gave no answer in time`)
        return failed(true, `Kannel at ${host} cannot be reached: ${reasonOf(cause)}`)
      }
    },
  }
}

function requestUrl(options: KannelOptions, message: Message): URL {
  const url = new URL(options.url)
  const { callback } = options
  for (const [name, value] of Object.entries({
    username: options.username,
    password: options.password,
    ...(options.from === undefined ? {} : { from: options.from }),
    to: message.to,
    charset: 'UTF-8',
    // As GSM-7, Kannel would write `?` for every letter that is not in it.
    coding: isGsm7(message.text) ? '0' : '2',
    text: message.text,
    ...(callback === undefined
      ? {}
      : { 'dlr-mask': DLR_MASK, 'dlr-url': deliveryReportUrl(callback, message.id) }),
  })) {
    url.searchParams.set(name, value)
  }
  return url
}

/** The address that Kannel calls, with Kannel's own escapes: `%d` the type of report, `%A` the centre's words. */
function deliveryReportUrl({ url, token }: KannelCallback, notification: string): string {
  // `%%` is Kannel's escape for `%`: a percent-encoded `%C3` would be taken for its `%C`.
  const plain = (text: string): string => encodeURIComponent(text).replaceAll('%', '%%')
  const base = url.replace(/\/+$/, '')
  return `${base}/hooks/kannel/delivery?id=${plain(notification)}&type=%d&error=%A&token=${plain(token)}`
}

/** The `get-url` to set in the `sms-service` of Kannel's configuration, so that answers reach the hub. */
export function kannelInboundUrl({ url, token }: KannelCallback): string {
  const base = url.replace(/\/+$/, '')
  return `${base}/hooks/kannel/inbound?from=%p&text=%a&token=${encodeURIComponent(token).replaceAll('%', '%%')}`
}

/** What an answer of `sendsms` means (User Guide, table "Send-SMS status codes"). */
export function readAnswer(status: number, text: string, host: string): SendResult {
  const said = `${status} ${JSON.stringify(text.trim().slice(0, 100))}`
  // `0: Accepted for delivery`, `3: Queued for later delivery`, `Sent.` where it does not wait for bearerbox.
  if (status === 202) return { ok: true, to: 'accepted' }
  if (status === 403 && text.startsWith('Authorization failed')) {
    return {
      ok: false,
      retry: true,
      error: `Kannel at ${host} refused the user name, the password or this machine's address: check the configuration`,
    }
  }
  if ((status === 400 || status === 403) && NEVER.test(text)) {
    return { ok: false, retry: false, error: `Kannel will not send to this number: ${said}` }
  }
  if (status === 503) return { ok: false, retry: true, error: `Kannel at ${host} cannot send now: ${said}` }
  return {
    ok: false,
    retry: true,
    error: `Kannel at ${host} gave an unexpected answer, check its address and configuration: ${said}`,
  }
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > ANSWER_LIMIT) break
  }
  return text.slice(0, ANSWER_LIMIT)
}

/** `ECONNREFUSED`, where Node gives a code; never the address, which holds the password. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return cause instanceof Error ? cause.name : 'unknown error'
}
