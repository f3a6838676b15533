import { hookUrl } from '../channel-hook.ts'
import type { Channel, Health, Message, SendResult } from '../channel.ts'
import { isGsm7 } from '../gsm7.ts'
import { NOT_E164, isE164 } from '../phone-number.ts'
import { readText, unreachable } from './provider-answer.ts'

export interface KannelOptions {
  /** `kannel` when not given; part of the addresses that Kannel calls. */
  readonly name?: string
  /** Of the sendsms interface: `http://localhost:13013/cgi-bin/sendsms`. */
  readonly url: string
  readonly username: string
  readonly password: string
  /** The number or name that phones show; without it Kannel's own (`default-sender`). */
  readonly from?: string
  /** Where Kannel tells what became of a message. Without it, accepted is all that is ever known. */
  readonly callback?: KannelCallback
  /** Bearerbox's status page, which knows whether an SMS centre is there; else only smsbox is asked. */
  readonly status?: KannelStatus
  readonly fetch?: typeof fetch
}

export interface KannelCallback {
  /** The hub as Kannel reaches it: `http://10.0.0.2:8080`. */
  readonly url: string
  /** Proves that a call comes from this Kannel: ≥128 bits. */
  readonly token: string
}

export interface KannelStatus {
  /** `http://localhost:13000/status.txt` */
  readonly url: string
  /** `status-password` of the configuration, where one is set. */
  readonly password?: string
  /** The `smsc-id` of the SMS centre that must be online; any one when not given. */
  readonly smsc?: string
}

/** Delivered, not delivered, buffered, accepted and rejected by the SMS centre: all of them. */
const DLR_MASK = '31'
/** Kannel's words for a message that it will never take (gw/smsbox.c); any other refusal is put right by people. */
const NEVER = /^Not routable|^(Empty|Missing) receiver|denied by white- and\/or black-lists/
/** Kannel answers with one line; what is longer is not Kannel. */
const ANSWER_LIMIT = 500
const STATUS_LIMIT = 100_000

/** Sends by the `sendsms` interface of Kannel (User Guide, "Using the HTTP interface to send SMS messages"). */
export function createKannelChannel(options: KannelOptions): Channel {
  const { fetch = globalThis.fetch, name = 'kannel', status } = options
  const host = new URL(options.url).host
  const failed = (retry: boolean, error: string): SendResult => ({ ok: false, retry, error })

  return {
    name,
    kind: 'sms',
    reports: options.callback !== undefined,
    async send(message, signal) {
      if (!isE164(message.to)) return failed(false, NOT_E164)
      try {
        // The query holds the password and the number: no redirect gets them, and no error shows the address.
        const response = await fetch(requestUrl(options, message), { signal, redirect: 'manual' })
        return readAnswer(response.status, await readText(response, ANSWER_LIMIT), host)
      } catch (cause) {
        return failed(true, unreachable(`Kannel at ${host}`, cause, signal))
      }
    },
    async check(signal) {
      const asked = status === undefined ? host : new URL(status.url).host
      try {
        // Without a user name smsbox refuses: that it does is all there is to learn.
        const url = status === undefined ? new URL(options.url) : statusUrl(status)
        const response = await fetch(url, { signal, redirect: 'manual' })
        const text = await readText(response, STATUS_LIMIT)
        if (status !== undefined) return readStatus(response.status, text, asked, status.smsc)
        return response.status === 403 && text.startsWith('Authorization failed')
          ? { ok: true }
          : { ok: false, error: `What answers at ${asked} is not Kannel's sendsms: ${response.status}` }
      } catch (cause) {
        return { ok: false, error: unreachable(`Kannel at ${asked}`, cause, signal) }
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
      : { 'dlr-mask': DLR_MASK, 'dlr-url': deliveryReportUrl(callback, message.id, options.name) }),
  })) {
    url.searchParams.set(name, value)
  }
  return url
}

/** The address that Kannel calls, with Kannel's own escapes: `%d` the type of report, `%A` the centre's words. */
function deliveryReportUrl({ url, token }: KannelCallback, notification: string, name = 'kannel'): string {
  // `%%` is Kannel's escape for `%`: a percent-encoded `%C3` would be taken for its `%C`.
  const plain = (text: string): string => encodeURIComponent(text).replaceAll('%', '%%')
  return `${hookUrl(url, name, 'delivery')}?id=${plain(notification)}&type=%d&error=%A&token=${plain(token)}`
}

/** The `get-url` to set in the `sms-service` of Kannel's configuration, so that answers reach the hub. */
export function kannelInboundUrl({ url, token }: KannelCallback, name = 'kannel'): string {
  return `${hookUrl(url, name, 'inbound')}?from=%p&text=%a&id=%I&token=${encodeURIComponent(token).replaceAll('%', '%%')}`
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

function statusUrl({ url, password }: KannelStatus): URL {
  const page = new URL(url)
  if (password !== undefined) page.searchParams.set('password', password)
  return page
}

/** Is there an SMS centre behind Kannel? Lines of `status.txt`: `SMSC[id]  FAKE:10000 (online 12s, rcvd …`. */
export function readStatus(status: number, text: string, host: string, smsc?: string): Health {
  const centres = [...text.matchAll(/^\s*\S*\[([^\]]*)\].*\((online|[a-z-]+)/gm)]
  const wanted = centres.filter(([, id]) => smsc === undefined || id === smsc)
  if (status !== 200 || !/^Status: /m.test(text)) {
    return {
      ok: false,
      error: `What answers at ${host} is not Kannel's status page, or it refuses the password: ${status}`,
    }
  }
  if (!/^Status: running/m.test(text)) return { ok: false, error: `Kannel at ${host} is not running` }
  if (wanted.some(([, , state]) => state === 'online')) return { ok: true }
  return {
    ok: false,
    error:
      wanted.length === 0 && smsc !== undefined
        ? `Kannel at ${host} has no SMS centre ${JSON.stringify(smsc)}`
        : `Kannel at ${host} has no SMS centre that is online`,
  }
}
