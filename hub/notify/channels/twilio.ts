import twilio from 'twilio'
import { z } from 'zod'
import { hookUrl } from '../channel-hook.ts'
import type { Channel, SendResult } from '../channel.ts'
import { NOT_E164, isE164 } from '../phone-number.ts'
import { reasonOf } from './provider-answer.ts'

export interface TwilioOptions {
  readonly name: string
  readonly accountSid: string
  readonly authToken: string
  /** One of the two: a number or sender name of the account, or a messaging service that has several. */
  readonly from?: string
  readonly messagingServiceSid?: string
  /** The hub as Twilio reaches it, where it does: else nothing is heard of deliveries. */
  readonly hubUrl?: string
  /** Of the API where it is not Twilio's own. */
  readonly apiUrl?: string
}

/**
 * Twilio's codes for a message that will never go to this number (its "Error and Warning Dictionary"). Any
 * other refusal is a matter of the account, of its numbers or of load: put right by people, or by time.
 */
const NEVER: ReadonlySet<number> = new Set([
  21211, // invalid 'To'
  21214, // 'To' cannot be reached
  21217, // does not appear to be valid
  21266, // 'To' and 'From' are the same
  21610, // the recipient has unsubscribed
  21614, // 'To' is no mobile number
  21635, // a landline
])
const WRONG_CREDENTIALS: ReadonlySet<number> = new Set([20003, 20404])

/**
 * Sends by Twilio's Messages resource. Twilio knows no key against repetition: after a lost answer a message
 * can go twice.
 */
export function createTwilioChannel(options: TwilioOptions): Channel {
  const { name, hubUrl, from, messagingServiceSid } = options

  return {
    name,
    kind: 'sms',
    reports: hubUrl !== undefined,
    async send({ id, to, text }, signal) {
      if (!isE164(to)) {
        return { ok: false, retry: false, error: NOT_E164 }
      }
      try {
        const message = await clientOf(options, signal).messages.create({
          to,
          body: text,
          ...(from !== undefined && { from }),
          ...(messagingServiceSid !== undefined && { messagingServiceSid }),
          ...(hubUrl !== undefined && {
            statusCallback: `${hookUrl(hubUrl, name, 'delivery')}?id=${encodeURIComponent(id)}`,
          }),
        })
        return { ok: true, to: 'accepted', reference: message.sid }
      } catch (cause) {
        return readError(cause, signal)
      }
    },
    async check(signal) {
      try {
        const account = await clientOf(options, signal).api.v2010.accounts(options.accountSid).fetch()
        if (account.status === 'active') return { ok: true }
        return { ok: false, error: `The Twilio account is ${account.status}` }
      } catch (cause) {
        const result = readError(cause, signal)
        return { ok: false, error: result.ok ? 'Twilio failed' : result.error }
      }
    },
  }
}

/** A client for one request: only so can that request be aborted. */
function clientOf({ accountSid, authToken, apiUrl }: TwilioOptions, signal: AbortSignal) {
  const http = new twilio.RequestClient()
  http.axios.defaults.signal = signal
  if (apiUrl === undefined) return twilio(accountSid, authToken, { httpClient: http })
  const base = new URL(apiUrl)
  http.axios.interceptors.request.use((config) => {
    const url = new URL(config.url ?? '')
    url.protocol = base.protocol
    url.host = base.host
    return Object.assign(config, { url: url.href })
  })
  return twilio(accountSid, authToken, { httpClient: http })
}

const restException = z.object({
  status: z.number(),
  code: z.number().optional().catch(undefined),
})

/** What the SDK throws; without Twilio's words, which repeat the number. */
function readError(cause: unknown, signal: AbortSignal): SendResult {
  const failed = (retry: boolean, error: string): SendResult => ({ ok: false, retry, error })
  if (signal.aborted) return failed(true, 'Twilio gave no answer in time')
  const parsed = restException.safeParse(cause)
  if (!parsed.success) return failed(true, `Twilio cannot be reached: ${reasonOf(cause)}`)
  const { status, code } = parsed.data
  const said = code === undefined ? String(status) : `${status}, code ${code}`
  if (code !== undefined && NEVER.has(code))
    return failed(false, `Twilio will not send to this number: ${said}`)
  if (status === 401 || status === 403 || (code !== undefined && WRONG_CREDENTIALS.has(code))) {
    return failed(true, `Twilio refused the account or its token: check the configuration: ${said}`)
  }
  if (status === 429 || status >= 500) return failed(true, `Twilio cannot take it now: ${said}`)
  return failed(true, `Twilio refused the message, check the configuration: ${said}`)
}
