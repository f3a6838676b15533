import { describe, expect, it } from 'vitest'
import { factsOf } from '../../hub/http/message-facts.ts'
import type { AlertEvent } from '../../hub/model/alert.ts'
import type { AlertNotification } from '../../hub/model/notification.ts'

const message = (step: number, more: Partial<AlertNotification> = {}): AlertNotification => ({
  id: `m${step}`,
  alert: 'a1',
  home: 'h1',
  contact: 'anne',
  channel: 'sms',
  template: 'alert',
  step,
  state: 'accepted',
  attempts: 1,
  queuedAt: step * 100,
  notBefore: step * 100,
  ...more,
})

const event = (
  at: number,
  what: AlertEvent['what'],
  text?: string,
  notification?: string,
  via = 'sms',
): AlertEvent => ({
  alert: 'a1',
  now: at,
  at,
  what,
  by: 'contact:anne',
  via,
  ...(text !== undefined && { text }),
  ...(notification !== undefined && { notification }),
})

describe('factsOf', () => {
  it('shows what was heard of this message, also where it comes after the next one was queued', () => {
    const all = [message(1, { state: 'delivered' }), message(2)]
    const events = [
      event(101, 'delivery', 'accepted', 'm1'),
      event(201, 'delivery', 'accepted', 'm2'),
      event(205, 'delivery', 'delivered', 'm1'),
    ]
    const [first, second] = all.map((one) => factsOf(one, events, all))
    expect(first).toEqual({ at: 205, acceptedAt: 101, deliveredAt: 205 })
    expect(second).toEqual({ at: 201, acceptedAt: 201 })
  })

  it('guesses where events name no message, and shows none as delivered because another was', () => {
    const all = [message(1), message(2, { state: 'delivered' })]
    const events = [
      event(101, 'delivery', 'accepted'),
      event(201, 'delivery', 'accepted'),
      event(205, 'delivery', 'delivered'),
    ]
    const [first, second] = all.map((one) => factsOf(one, events, all))
    expect(first).toEqual({ at: 101, acceptedAt: 101 })
    expect(second).toEqual({ at: 205, acceptedAt: 201, deliveredAt: 205 })
  })

  it('shows an answer with the newest message before it, and with no other', () => {
    const all = [message(1), message(2), message(3, { template: 'receipt' }), message(4)]
    const events = [event(150, 'declined'), event(350, 'acknowledged')]
    expect(all.map((one) => factsOf(one, events, all).answer)).toEqual([
      { what: 'declined', at: 150 },
      { what: 'acknowledged', at: 350 },
      undefined,
      undefined,
    ])
  })

  it('shows an answer once where the same was sent by several ways', () => {
    const all = [message(1, { id: 'mail', channel: 'email' }), message(1)]
    const events = [event(150, 'acknowledged', undefined, undefined, 'link')]
    expect(all.map((one) => factsOf(one, events, all).answer !== undefined)).toEqual([false, true])
  })
})
