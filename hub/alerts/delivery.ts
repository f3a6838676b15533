import type { DeliveryInput } from '../model/input.ts'
import type { Notification } from '../model/notification.ts'

const PROGRESS = ['queued', 'accepted', 'delivered'] as const

/** The notification after what was heard of it; undefined when that is old news: reports come in any order. */
export function deliver<N extends Notification>(before: N, input: DeliveryInput): N | undefined {
  const reference = input.reference !== undefined && { reference: input.reference }
  switch (input.to) {
    case 'retry':
      if (before.state !== 'queued') return undefined
      return {
        ...before,
        attempts: before.attempts + 1,
        notBefore: input.notBefore ?? before.notBefore,
        ...(input.error !== undefined && { error: input.error }),
      }
    case 'failed':
      if (before.state === 'delivered' || before.state === 'failed') return undefined
      return {
        ...before,
        ...reference,
        state: 'failed',
        attempts: before.attempts + (before.state === 'queued' ? 1 : 0),
        ...(input.error !== undefined && { error: input.error }),
      }
    case 'accepted':
    case 'delivered': {
      const rank = (state: string): number => PROGRESS.findIndex((name) => name === state)
      if (before.state !== 'cancelled' && rank(input.to) <= rank(before.state)) return undefined
      if (before.state === 'failed' && input.to === 'accepted') return undefined
      const after: N & { error?: string } = {
        ...before,
        ...reference,
        state: input.to,
        attempts: before.attempts + (before.state === 'queued' ? 1 : 0),
      }
      delete after.error
      return after
    }
  }
}
