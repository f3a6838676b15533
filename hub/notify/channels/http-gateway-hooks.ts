import { answerAfter, REFUSED } from '../channel-hook.ts'
import type { ChannelHook, HookAnswer, HookCall } from '../channel-hook.ts'
import type { ChannelSink, DeliveryReport } from '../channel.ts'
import type { TakeOnce } from '../take-once.ts'
import { toE164 } from '../phone-number.ts'
import { isSameToken } from '../same-token.ts'
import { receive, selectList, selectText } from './select-field.ts'
import type { Received } from './select-field.ts'

/** Where a provider's report has what; words of states as the provider writes them, capitals or not. */
export interface ReportFields {
  readonly list?: string
  /** The hub's own id of the message. */
  readonly id: string
  readonly status: string
  readonly delivered: readonly string[]
  readonly failed: readonly string[]
  /** A code, such as `EC_ABSENT`; what looks like a number or a sentence is not shown. */
  readonly reason?: string
}

export interface InboundFields {
  readonly list?: string
  readonly from: string
  readonly text: string
  /** The provider's own id of the SMS: the same when it tells it again. */
  readonly id?: string
}

export interface HttpGatewayHooksOptions {
  readonly channel: string
  /** ≥128 bits, in the query of the addresses that the provider calls. */
  readonly token: string
  readonly reports?: ReportFields
  readonly inbound?: InboundFields
  readonly sink: ChannelSink
  readonly takeOnce: TakeOnce
}

/** Takes what a provider calls, as the configuration says what its calls are like. */
export function createHttpGatewayHooks(options: HttpGatewayHooksOptions): ChannelHook[] {
  const { channel, token, reports, inbound, sink, takeOnce } = options
  const hook = (
    name: ChannelHook['name'],
    read: (received: Received) => readonly (() => Promise<unknown>)[],
  ): ChannelHook => ({
    channel,
    name,
    methods: ['GET', 'POST'],
    async take({ query: { token: given, ...query }, body }: HookCall): Promise<HookAnswer> {
      if (!isSameToken(given, token)) return REFUSED
      const all = read(receive(body, query))
      if (all.length === 0) return { status: 400, text: '' }
      return await answerAfter(async () => {
        for (const work of all) await work()
      })
    },
  })
  return [
    ...(reports
      ? [
          hook('delivery', (received) =>
            selectList(received, reports.list).flatMap((one) => {
              const report = readReport(one, reports)
              return report ? [() => sink.deliver(report)] : []
            }),
          ),
        ]
      : []),
    ...(inbound
      ? [
          hook('inbound', (received) =>
            selectList(received, inbound.list).flatMap((one) => {
              const from = toE164(selectText(one, inbound.from)?.slice(0, 50) ?? '')
              const text = selectText(one, inbound.text)
              if (from === undefined || text === undefined) return []
              const id = inbound.id === undefined ? undefined : selectText(one, inbound.id)?.slice(0, 500)
              const facts = {
                about: 'inbound',
                id: id === '' ? undefined : id,
                content: [from, text],
              } as const
              return [() => takeOnce(facts, () => sink.answer(from, text.slice(0, 2000)))]
            }),
          ),
        ]
      : []),
  ]
}

/** A state that is in neither list is one on the way: accepted. */
export function readReport(received: Received, fields: ReportFields): DeliveryReport | undefined {
  const notification = selectText(received, fields.id)
  const status = selectText(received, fields.status)?.toLowerCase()
  if (notification === undefined || notification === '' || notification.length > 500) return undefined
  if (status === undefined) return undefined
  const isOneOf = (words: readonly string[]): boolean => words.some((word) => word.toLowerCase() === status)
  if (isOneOf(fields.delivered)) return { notification, to: 'delivered' }
  if (!isOneOf(fields.failed)) return { notification, to: 'accepted' }
  const reason = fields.reason === undefined ? undefined : selectText(received, fields.reason)
  const code = /^[\w.-]{1,40}$/.exec(reason ?? '')?.[0].replace(/\d{5,}/g, '…')
  return {
    notification,
    to: 'failed',
    error:
      code === undefined ? 'The provider could not deliver it' : `The provider could not deliver it: ${code}`,
  }
}
