import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAwaited, judgeDelivery, missReport } from '../../hub/alerts/delivery.ts'
import type { Alert } from '../../hub/model/alert.ts'
import type { DeliveryInput } from '../../hub/model/input.ts'
import type { AlertNotification } from '../../hub/model/notification.ts'

const ROUTE = ['kannel', 'elks', 'modem']
const NOW = 1_000_000

function message(changes: Partial<AlertNotification> = {}): AlertNotification {
  return {
    id: 'a1.1.anne.sms',
    alert: 'a1',
    home: 'h1',
    contact: 'anne',
    channel: 'sms',
    template: 'alert',
    step: 1,
    state: 'queued',
    attempts: 0,
    queuedAt: 0,
    notBefore: 0,
    ...changes,
  }
}

function said(to: DeliveryInput['to'], via?: string, more: Partial<DeliveryInput> = {}): DeliveryInput {
  const route = via !== undefined && { via, others: ROUTE.filter((one) => one !== via) }
  const within = to === 'accepted' && { reportWithin: 120_000 }
  return { type: 'delivery', notification: 'a1.1.anne.sms', to, ...route, ...within, ...more }
}

/** What becomes of a message, one report after the other; what is refused changes nothing. */
function after(before: AlertNotification, ...inputs: readonly DeliveryInput[]): AlertNotification {
  return inputs.reduce((known, input) => {
    const judged = judgeDelivery(known, input, true, NOW)
    return 'refused' in judged ? known : judged.notification
  }, before)
}

const taken = after(message(), said('accepted', 'kannel'))
const left = missReport(taken, true, NOW + 120_000).notification

describe('judgeDelivery', () => {
  it('expects a report of what a channel took, where another could try', () => {
    expect(taken).toMatchObject({ state: 'accepted', via: 'kannel', reportBy: NOW + 120_000, attempts: 1 })
    expect(after(message(), said('accepted', 'kannel', { others: [] }))).not.toHaveProperty('reportBy')
    const { reportWithin: _, ...unreported } = said('accepted', 'kannel')
    expect(after(message(), unreported)).not.toHaveProperty('reportBy')
  })

  it('expects none once it was delivered', () => {
    expect(after(taken, said('delivered', 'kannel'))).not.toHaveProperty('reportBy')
  })

  it('expects none any more where the network has it and nothing more will be heard', () => {
    const last = { isLast: true } as const
    const told = after(taken, said('accepted', 'kannel', last))
    expect(told.state).toBe('accepted')
    expect(told).not.toHaveProperty('reportBy')
    expect(after(taken, said('delivered', 'kannel'), said('accepted', 'kannel', last)).state).toBe(
      'delivered',
    )
    expect(after(left, said('accepted', 'kannel', last))).toEqual(left)
    // What its provider says on the way is not the last.
    expect(after(taken, said('accepted', 'kannel'))).toHaveProperty('reportBy')
  })

  it('expects none of what asks nobody for anything', () => {
    const judged = judgeDelivery(message(), said('accepted', 'kannel'), false, NOW)
    expect(judged).not.toHaveProperty('notification.reportBy')
  })

  it('sends by another at once where the channel says that it failed', () => {
    const judged = judgeDelivery(taken, said('failed', 'kannel', { error: 'absent' }), true, NOW)
    expect(judged).toEqual({
      notification: { ...message(), attempts: 1, notBefore: NOW, error: 'absent', notBy: ['kannel'] },
      rerouted: 'kannel: absent',
    })
  })

  it('does so too where that comes before the channel was known to have taken it', () => {
    const early = after(message(), said('failed', 'kannel'), said('accepted', 'kannel'))
    expect(early).toMatchObject({ state: 'queued', notBy: ['kannel'], attempts: 1 })
  })

  it('fails where no other channel is left, where all refuse it, and where nobody waits for it', () => {
    const last = after(left, said('accepted', 'elks'), said('failed', 'elks'), said('accepted', 'modem'))
    expect(last).not.toHaveProperty('reportBy')
    expect(after(last, said('failed', 'modem', { error: 'no network' }))).toMatchObject({
      state: 'failed',
      error: 'no network',
    })
    expect(after(left, said('failed', undefined, { error: 'no such number' }))).toMatchObject({
      state: 'failed',
    })
    expect(judgeDelivery(taken, said('failed', 'kannel'), false, NOW)).toMatchObject({
      notification: { state: 'failed' },
    })
  })

  it('takes nothing but a delivery from a channel that was left', () => {
    for (const to of ['accepted', 'failed'] as const) {
      expect(judgeDelivery(left, said(to, 'kannel'), true, NOW)).toEqual({
        refused: expect.stringContaining('another channel than kannel'),
      })
    }
    const byOther = after(left, said('accepted', 'elks'))
    expect(after(byOther, said('failed', 'kannel'))).toBe(byOther)
    expect(after(byOther, said('delivered', 'kannel'))).toMatchObject({ state: 'delivered', via: 'kannel' })
  })

  it('counts a delivery that is told after the message failed', () => {
    const failed = after(left, said('failed', undefined, { error: 'busy' }))
    expect(after(failed, said('delivered', 'kannel'))).toMatchObject({ state: 'delivered' })
    expect(after(failed, said('delivered', 'kannel'))).not.toHaveProperty('error')
  })

  it('does as before with what names no channel: journals of older hubs', () => {
    expect(after(message(), { type: 'delivery', notification: 'x', to: 'accepted' })).toEqual(
      message({ state: 'accepted', attempts: 1 }),
    )
    expect(after(message(), { type: 'delivery', notification: 'x', to: 'failed' })).toEqual(
      message({ state: 'failed', attempts: 1 }),
    )
  })
})

describe('missReport', () => {
  it('queues it for the others, and keeps in mind who took it', () => {
    expect(missReport(taken, true, NOW + 120_000)).toEqual({
      notification: {
        ...message(),
        attempts: 1,
        via: 'kannel',
        notBefore: NOW + 120_000,
        notBy: ['kannel'],
      },
      rerouted: 'kannel: no report of its delivery came in time',
    })
  })

  it('only ends the wait where nobody waits for the message any more', () => {
    const { reportBy: _, ...rest } = taken
    expect(missReport(taken, false, NOW + 120_000)).toEqual({ notification: rest })
  })
})

describe('reports that come twice, late and in any order', () => {
  const input = fc.record({
    to: fc.constantFrom('accepted' as const, 'delivered' as const, 'failed' as const),
    via: fc.constantFrom(...ROUTE),
  })
  const happening = fc.oneof(
    { weight: 4, arbitrary: input },
    { weight: 1, arbitrary: fc.constant('late' as const) },
    { weight: 1, arbitrary: fc.constant('all refuse' as const) },
  )

  it('never undo a delivery, try each channel once more at most, and leave a state that can go on', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 30 }), (story) => {
        let one = message()
        let wasDelivered = false
        let rerouted = 0
        for (const what of story) {
          const judged =
            what === 'late'
              ? missReport(one, true, NOW)
              : judgeDelivery(
                  one,
                  what === 'all refuse' ? said('failed') : said(what.to, what.via),
                  true,
                  NOW,
                )
          if ('refused' in judged) continue
          one = judged.notification
          if (judged.rerouted !== undefined) rerouted += 1
          wasDelivered ||= typeof what === 'object' && what.to === 'delivered'
          expect(one.reportBy === undefined || one.state === 'accepted').toBe(true)
          expect(one.state === 'delivered').toBe(wasDelivered)
        }
        expect(rerouted).toBeLessThan(ROUTE.length)
        expect(new Set(one.notBy).size).toBe(one.notBy?.length ?? 0)
      }),
      { numRuns: 2000 },
    )
  })

  it('change nothing when they are told again', () => {
    fc.assert(
      fc.property(fc.array(input, { maxLength: 12 }), (reports) => {
        const inputs = reports.map(({ to, via }) => said(to, via))
        const once = after(message(), ...inputs)
        const isOver = once.state === 'delivered' || once.state === 'failed'
        const again = after(once, ...inputs)
        // A delivery that was refused the first time cannot be: then it would be delivered.
        if (isOver) expect(again).toEqual(once)
        expect(after(message(), ...inputs.flatMap((one) => [one, one]))).toEqual(once)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('isAwaited', () => {
  const alert = (changes: Partial<Alert>): Alert => ({ handling: 'new', ...changes }) as Alert
  it('is so while nobody has the alert, or it was handed on to them', () => {
    expect(isAwaited(message(), alert({}), [])).toBe(true)
    expect(isAwaited(message({ template: 'taken' }), alert({}), [])).toBe(false)
    expect(isAwaited(message(), alert({ held: true }), [])).toBe(false)
    expect(isAwaited(message(), alert({ handling: 'acknowledged' }), [])).toBe(false)
    const handedTo = 'contact:anne'
    expect(isAwaited(message(), alert({ handling: 'acknowledged', handedTo }), [])).toBe(true)
    expect(isAwaited(message(), alert({ handling: 'resolved', handedTo }), [])).toBe(false)
  })

  it('is not so once a newer message went to them the same way', () => {
    const newer = message({ id: 'a1.2.anne.sms', step: 2 })
    expect(isAwaited(message(), alert({}), [message(), newer])).toBe(false)
    expect(isAwaited(message(), alert({}), [{ ...newer, contact: 'berit' }])).toBe(true)
    expect(isAwaited(message(), alert({}), [{ ...newer, channel: 'email' }])).toBe(true)
    expect(isAwaited(message(), alert({}), [{ ...newer, state: 'failed' }])).toBe(true)
  })
})
