import twilio from 'twilio'
import { z } from 'zod'
import { answerAfter, REFUSED } from '../channel-hook.ts'
import type { ChannelHook, HookCall } from '../channel-hook.ts'
import type { ChannelSink, DeliveryReport } from '../channel.ts'
import type { TakeOnce } from '../take-once.ts'
import { toE164 } from '../phone-number.ts'

export interface TwilioHooksOptions {
  readonly channel: string
  /** With which Twilio signs its calls. */
  readonly authToken: string
  /** The hub as Twilio calls it: the signature covers the whole address. */
  readonly hubUrl: string
  readonly sink: ChannelSink
  readonly takeOnce: TakeOnce
}

/** Nothing for Twilio to do (TwiML). */
const NO_REPLY = { status: 200, text: '<Response/>', type: 'text/xml; charset=utf-8' } as const
const BAD = { status: 400, text: '' } as const

const statusForm = z.object({ MessageStatus: z.string(), ErrorCode: z.string().max(10).optional() })
/** Of the message, the same in each report of it. */
const sidForm = z.object({ MessageSid: z.string().min(1).max(64) })
const inboundForm = z.object({
  MessageSid: z.string().min(1).max(64),
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

/**
 * Takes what Twilio calls, when its signature is right (`X-Twilio-Signature`: "Validating requests"). The signature has no
 * time: what was overheard and is sent again is known by the id of its message.
 */
export function createTwilioHooks(options: TwilioHooksOptions): ChannelHook[] {
  const { channel, authToken, hubUrl, sink, takeOnce } = options

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
        if (!report) return BAD
        const sid = sidForm.safeParse(form)
        if (!sid.success) return BAD
        const told = [report.notification, sid.data.MessageSid, form['MessageStatus'] ?? '']
        return await answerAfter(() =>
          takeOnce({ about: 'delivery', id: JSON.stringify(told), content: [] }, () => sink.deliver(report)),
        )
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
        return await answerAfter(
          () => takeOnce({ about: 'inbound', id: sid, content: [] }, () => sink.answer(from, text)),
          NO_REPLY,
        )
      },
    },
  ]
}
