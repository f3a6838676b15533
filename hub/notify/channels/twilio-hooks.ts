import twilio from 'twilio'
import { z } from 'zod'
import { answerAfter, REFUSED } from '../channel-hook.ts'
import type { ChannelHook, HookCall } from '../channel-hook.ts'
import type { ChannelSink, DeliveryReport } from '../channel.ts'
import { toE164 } from '../phone-number.ts'

export interface TwilioHooksOptions {
  readonly channel: string
  /** With which Twilio signs its calls. */
  readonly authToken: string
  /** The hub as Twilio calls it: the signature covers the whole address. */
  readonly hubUrl: string
  readonly sink: ChannelSink
}

/** Nothing for Twilio to do (TwiML). */
const NO_REPLY = { status: 200, text: '<Response/>', type: 'text/xml; charset=utf-8' } as const
const BAD = { status: 400, text: '' } as const
/** How many inbound messages are remembered, so that one that Twilio tells twice is taken once. */
const REMEMBERED = 1000

const statusForm = z.object({ MessageStatus: z.string(), ErrorCode: z.string().max(10).optional() })
const inboundForm = z.object({
  MessageSid: z.string().max(64),
  From: z.string().max(50),
  Body: z.string().max(2000),
})

/** What became of a message, by the `MessageStatus` of a status callback; undefined for what is not known. */
export function readTwilioStatus(
  notification: string,
  form: Readonly<Record<string, string>>,
): DeliveryReport | undefined {
  const parsed = statusForm.safeParse(form)
  if (!parsed.success) return undefined
  const { MessageStatus: status, ErrorCode: code } = parsed.data
  switch (status) {
    case 'delivered':
    case 'read':
      return { notification, to: 'delivered' }
    case 'accepted':
    case 'queued':
    case 'sending':
    case 'sent':
    case 'scheduled':
      return { notification, to: 'accepted' }
    case 'undelivered':
    case 'failed':
    case 'canceled': {
      const why = code === undefined ? '' : `, code ${code.replace(/\D/g, '')}`
      return { notification, to: 'failed', error: `Twilio says ${status}${why}` }
    }
    default:
      return undefined
  }
}

/** Takes what Twilio calls, when its signature is right (`X-Twilio-Signature`: "Validating requests"). */
export function createTwilioHooks({ channel, authToken, hubUrl, sink }: TwilioHooksOptions): ChannelHook[] {
  const seen = new Set<string>()

  /** The form of a call that comes from Twilio; undefined for any other. */
  function verified({ url, headers, body }: HookCall): Readonly<Record<string, string>> | undefined {
    const signature = headers['x-twilio-signature']
    if (typeof signature !== 'string') return undefined
    const form = Object.fromEntries(new URLSearchParams(body))
    const called = `${hubUrl.replace(/\/+$/, '')}${url}`
    return twilio.validateRequest(authToken, signature, called, form) ? form : undefined
  }

  return [
    {
      channel,
      name: 'delivery',
      methods: ['POST'],
      async take(call) {
        const form = verified(call)
        if (form === undefined) return REFUSED
        const { id } = call.query
        const report = id === undefined || id === '' ? undefined : readTwilioStatus(id, form)
        return report ? await answerAfter(() => sink.deliver(report)) : BAD
      },
    },
    {
      channel,
      name: 'inbound',
      methods: ['POST'],
      async take(call) {
        const form = verified(call)
        if (form === undefined) return REFUSED
        const parsed = inboundForm.safeParse(form)
        const from = parsed.success ? toE164(parsed.data.From) : undefined
        if (!parsed.success || from === undefined) return BAD
        const { MessageSid: sid, Body: text } = parsed.data
        if (seen.has(sid)) return NO_REPLY
        return await answerAfter(async () => {
          await sink.answer(from, text)
          seen.add(sid)
          if (seen.size > REMEMBERED) for (const oldest of [...seen].slice(0, 1)) seen.delete(oldest)
        }, NO_REPLY)
      },
    },
  ]
}
