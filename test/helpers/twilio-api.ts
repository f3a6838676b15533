import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { bodyOf, listen } from './listen.ts'

export interface TwilioApi {
  readonly url: string
  readonly accountSid: string
  readonly authToken: string
  readonly from: string
  /** What phones got. */
  messages(): readonly { readonly to: string; readonly text: string }[]
  /** Calls the statusCallback of the message of this notification, as Twilio does. */
  report(notification: string, status: string, errorCode?: number): Promise<Response>
  /** Calls a number's webhook for an SMS from a phone. */
  inbound(url: string, from: string, text: string, sid?: string): Promise<Response>
  start(): Promise<void>
  stop(): Promise<void>
}

interface Created {
  readonly sid: string
  readonly to: string
  readonly text: string
  readonly callback: string | null
}

const FROM = '+4759440000'
/** As Twilio's "Test credentials": numbers that are refused, and how. */
const REFUSALS: Readonly<Record<string, { status: number; code: number; message: string }>> = {
  '+15005550001': { status: 400, code: 21211, message: "Invalid 'To' Phone Number: +1500555XXXX" },
  '+15005550009': { status: 400, code: 21614, message: "'To' number is not a valid mobile number" },
  '+15005550004': { status: 400, code: 21610, message: 'Attempt to send to unsubscribed recipient' },
  '+15005550029': { status: 429, code: 20429, message: 'Too Many Requests' },
  '+15005550050': { status: 503, code: 20503, message: 'Service unavailable' },
}

/**
 * The part of Twilio's API that the hub uses, after its public description (twilio_api_v2010: `CreateMessage`,
 * `FetchAccount`; RFC 2822 dates; errors with code, message, more_info and status). The other side of its
 * calls is signed by Twilio's own package.
 */
export async function startTwilioApi(): Promise<TwilioApi> {
  const accountSid = `AC${randomBytes(16).toString('hex')}`
  const authToken = randomBytes(16).toString('hex')
  const created: Created[] = []
  const account = `/2010-04-01/Accounts/${accountSid}`

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const say = (status: number, body: object): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    }
    const refuse = (status: number, code: number, message: string): void =>
      say(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status })
    const basic = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
    if (request.headers.authorization !== basic) return refuse(401, 20003, 'Authenticate')
    const now = new Date().toUTCString().replace('GMT', '+0000')
    if (request.method === 'GET' && request.url === `${account}.json`) {
      return say(200, {
        sid: accountSid,
        friendly_name: 'AAL',
        status: 'active',
        type: 'Full',
        date_created: now,
        date_updated: now,
        owner_account_sid: accountSid,
        uri: `${account}.json`,
      })
    }
    if (request.method !== 'POST' || request.url !== `${account}/Messages.json`) {
      return refuse(404, 20404, `The requested resource ${request.url} was not found`)
    }
    if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
      return refuse(415, 20415, 'Unsupported media type')
    }
    const form = new URLSearchParams(await bodyOf(request))
    const [to, text, from] = [form.get('To'), form.get('Body'), form.get('From')]
    if (to === null) return refuse(400, 21604, "A 'To' phone number is required.")
    if (from === null && form.get('MessagingServiceSid') === null) {
      return refuse(400, 21603, "A 'From' phone number is required.")
    }
    if (from !== null && from !== FROM) return refuse(400, 21606, `The 'From' number ${from} is not valid`)
    if (text === null || text === '') return refuse(400, 21602, 'Message body is required.')
    if ([...text].length > 1600) return refuse(400, 21617, 'The concatenated message body exceeds 1600')
    const refusal = REFUSALS[to]
    if (refusal) return refuse(refusal.status, refusal.code, `${refusal.message} ${to}`)
    const sid = `SM${randomBytes(16).toString('hex')}`
    created.push({ sid, to, text, callback: form.get('StatusCallback') })
    return say(201, {
      account_sid: accountSid,
      api_version: '2010-04-01',
      body: text,
      date_created: now,
      date_sent: null,
      date_updated: now,
      direction: 'outbound-api',
      error_code: null,
      error_message: null,
      from,
      messaging_service_sid: form.get('MessagingServiceSid'),
      num_media: '0',
      num_segments: '1',
      price: null,
      price_unit: null,
      sid,
      status: 'queued',
      subresource_uris: { media: `${account}/Messages/${sid}/Media.json` },
      to,
      uri: `${account}/Messages/${sid}.json`,
    })
  }

  const call = (url: string, form: Record<string, string>): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: { 'x-twilio-signature': getExpectedTwilioSignature(authToken, url, form) },
      body: new URLSearchParams(form),
    })

  const start = (port?: number) =>
    listen((request, response) => void answer(request, response).catch(() => response.destroy()), port)
  let server = await start()
  const { url, port } = server
  return {
    url,
    accountSid,
    authToken,
    from: FROM,
    messages: () => created.map(({ to, text }) => ({ to, text })),
    async report(notification, status, errorCode) {
      const id = encodeURIComponent(notification)
      const message = created.findLast(({ callback }) => callback?.includes(`id=${id}`))
      if (!message?.callback) throw new Error(`No message with a statusCallback for ${notification}`)
      return await call(message.callback, {
        MessageSid: message.sid,
        SmsSid: message.sid,
        AccountSid: accountSid,
        From: FROM,
        To: message.to,
        MessageStatus: status,
        SmsStatus: status,
        ApiVersion: '2010-04-01',
        ...(errorCode !== undefined && { ErrorCode: String(errorCode) }),
      })
    },
    inbound: (hook, from, text, sid = `SM${randomBytes(16).toString('hex')}`) =>
      call(hook, {
        MessageSid: sid,
        SmsMessageSid: sid,
        AccountSid: accountSid,
        From: from,
        To: FROM,
        Body: text,
        NumMedia: '0',
        NumSegments: '1',
        ApiVersion: '2010-04-01',
      }),
    async start() {
      server = await start(port)
    },
    stop: () => server.stop(),
  }
}
