import { z } from 'zod'
import { answerAfter, REFUSED } from '../channel-hook.ts'
import type { ChannelHook, HookAnswer, HookCall } from '../channel-hook.ts'
import type { ChannelSink, DeliveryReport } from '../channel.ts'
import type { TakeOnce } from '../take-once.ts'
import { toE164 } from '../phone-number.ts'
import { isSameToken } from '../same-token.ts'

/** What became of a message, as Kannel reports it. */
export interface KannelDelivery extends DeliveryReport {
  readonly ok: true
}

/** An SMS from a phone. */
export interface KannelInbound {
  readonly ok: true
  /** E.164. */
  readonly from: string
  readonly text: string
  /** Kannel's own id of the SMS: the same when it calls again. */
  readonly id?: string
}

/** Why a call was not taken; holds no number and no text. */
export interface NotTaken {
  readonly ok: false
  readonly reason: string
}

const deliveryQuery = z.object({
  id: z.string().min(1).max(500),
  type: z.string(),
  error: z.string().max(500).optional(),
})

const inboundQuery = z.object({
  from: z.string().max(50),
  text: z.string().max(2000),
  id: z.string().max(100).optional(),
})

/** Reads the query of a delivery report: `id`, `type` (`%d`) and `error` (`%A`). */
export function parseKannelDelivery(query: unknown): KannelDelivery | NotTaken {
  const parsed = deliveryQuery.safeParse(query)
  if (!parsed.success) return { ok: false, reason: 'The report has no id or no type' }
  const { id, type, error } = parsed.data
  const words = reasonIn(error ?? '')
  // User Guide, "Delivery reports": the bits of dlr-mask.
  switch (type) {
    case '1':
      return { ok: true, notification: id, to: 'delivered' }
    case '2':
      return { ok: true, notification: id, to: 'failed', error: `Not delivered to the phone${words}` }
    case '4':
    case '8':
      return { ok: true, notification: id, to: 'accepted' }
    case '16':
      return { ok: true, notification: id, to: 'failed', error: `Rejected by the SMS centre${words}` }
    default:
      return { ok: false, reason: `The type of report ${JSON.stringify(type.slice(0, 10))} is not known` }
  }
}

/** Why, from the SMS centre's words; those may repeat the number and the beginning of the text (SMPP 3.4, appendix B). */
function reasonIn(words: string): string {
  const reason = words
    .replace(/\btext:.*$/is, '')
    .replace(/\d{5,}/g, '…')
    .trim()
  return reason === '' ? '' : `: ${reason.slice(0, 120)}`
}

/** Reads the query of an SMS from a phone: `from` (`%p`), `text` (`%a`) and, where the address has it, `id` (`%I`). */
export function parseKannelInbound(query: unknown): KannelInbound | NotTaken {
  const parsed = inboundQuery.safeParse(query)
  if (!parsed.success) return { ok: false, reason: 'The call has no from or no text' }
  const from = toE164(parsed.data.from)
  if (from === undefined) return { ok: false, reason: 'The sender is no phone number' }
  const { text, id } = parsed.data
  return { ok: true, from, text, ...(id !== undefined && id !== '' && { id }) }
}

export interface KannelHooksOptions {
  readonly channel: string
  /** ≥128 bits, in the addresses that Kannel is told to call. */
  readonly token: string
  readonly sink: ChannelSink
  readonly takeOnce: TakeOnce
}

/**
 * Hands on to the hub what Kannel calls; it can only GET. The answers have no text, because Kannel would send
 * it to the phone as an SMS; where the hub cannot take the call, 503 makes Kannel call again
 * (`http-request-retry`).
 */
export function createKannelHooks({ channel, token, sink, takeOnce }: KannelHooksOptions): ChannelHook[] {
  const hook = (
    name: ChannelHook['name'],
    read: (query: unknown) => (() => Promise<unknown>) | undefined,
  ): ChannelHook => ({
    channel,
    name,
    methods: ['GET'],
    async take({ query: { token: given, ...query } }: HookCall): Promise<HookAnswer> {
      if (!isSameToken(given, token)) return REFUSED
      const work = read(query)
      return work ? await answerAfter(work) : { status: 400, text: '' }
    },
  })
  return [
    hook('delivery', (query) => {
      const report = parseKannelDelivery(query)
      if (!report.ok) return undefined
      const { ok: _, ...delivery } = report
      return () => sink.deliver(delivery)
    }),
    hook('inbound', (query) => {
      const sms = parseKannelInbound(query)
      if (!sms.ok) return undefined
      const { from, text, id } = sms
      return () => takeOnce({ about: 'inbound', id, content: [from, text] }, () => sink.answer(from, text))
    }),
  ]
}
