import { describe, expect, it } from 'vitest'
import { createAnswerTally } from '../../hub/alerts/indicators.ts'
import type { AlertStory } from '../../hub/alerts/indicators.ts'
import type { Alert, AlertEvent } from '../../hub/model/alert.ts'
import { exampleAlert } from '../http/memory-office.ts'

const T = Date.UTC(2026, 10, 21, 2)
const S = 1000
const MINUTE = 60 * S
const NOW = T + 24 * 60 * MINUTE

/** An alert opened at T; times of what happened in seconds after it. */
function story(
  change: Partial<Alert>,
  {
    answered,
    delivered,
    steps = [],
  }: { answered?: number; delivered?: number; steps?: readonly number[] } = {},
): AlertStory {
  const { nextStepAt: _, ...alert } = exampleAlert({ raisedAt: T - MINUTE, openedAt: T })
  const event = (what: AlertEvent['what'], at: number, by: string, text?: string): AlertEvent => ({
    alert: alert.id,
    now: T + at * S,
    at: T + at * S,
    what,
    by,
    via: 'sms',
    ...(text !== undefined && { text }),
  })
  const events = [
    event('raised', 0, 'hub', 'high'),
    ...(delivered === undefined
      ? []
      : [
          event('delivery', delivered - 1, 'contact:daughter', 'accepted'),
          event('delivery', delivered, 'contact:daughter', 'delivered'),
        ]),
    ...(answered === undefined ? [] : [event('acknowledged', answered, 'contact:daughter')]),
  ]
  return {
    alert: { ...alert, ...change },
    events: events.toSorted((a, b) => a.now - b.now),
    notifications: steps.map((at, i) => ({
      template: 'alert',
      channel: 'sms',
      step: i + 1,
      queuedAt: T + at * S,
      waitMinutes: 2,
    })),
  }
}

function figures(stories: readonly AlertStory[], now = NOW) {
  const tally = createAnswerTally(now)
  for (const one of stories) tally.add(one)
  return tally.figures()
}

describe('createAnswerTally', () => {
  it('counts times from when the hub learned of the alert, and shares with those nobody answered', () => {
    // Answered after 30, 50, 170 and 400 s, and one never: 2 of 5 within 60 s, 3 of 5 within 180 s.
    const all = [30, 50, 170, 400].map((answered) => story({ handling: 'acknowledged' }, { answered }))
    const made = figures([...all, story({})])
    expect(made['acknowledge-time']).toMatchObject({ value: 110, of: 4, among: 5 })
    expect(made['answered-60']).toEqual({ value: 40, of: 5 })
    expect(made['answered-180']).toEqual({ value: 60, of: 5 })
  })

  it('does not call late what is not late yet', () => {
    const made = figures([story({})], T + 100 * S)
    expect(made['answered-60']).toEqual({ value: 0, of: 1 })
    expect(made['answered-180']).toEqual({ of: 0 })
  })

  it('leaves out tests, technical and low alerts, what programs raised, and what was over by itself before anybody answered', () => {
    const made = figures([
      story({ test: true }, { answered: 10 }),
      story({ category: 'technical' }, { answered: 10 }),
      story({ category: 'routine', severity: 'medium', raisedBy: 'token:node-red' }, { answered: 10 }),
      story({ severity: 'low' }, { answered: 10 }),
      story({ category: 'routine', handling: 'resolved', handledBy: 'hub', cause: 'cleared' }),
    ])
    expect(made['acknowledge-time']).toEqual({ of: 0, among: 0 })
    expect(made['answered-60']).toEqual({ of: 0 })
  })

  it('takes the first message that a provider calls delivered; those without a report are not measured', () => {
    const sms = story({}, { delivered: 1, steps: [0] })
    const viaWebhook: AlertStory = {
      ...sms,
      events: sms.events.map((event) => ({ ...event, via: 'webhook' })),
      notifications: sms.notifications.map((one) => ({ ...one, channel: 'webhook' })),
    }
    const made = figures([
      story({}, { delivered: 4, steps: [0] }),
      story({}, { delivered: 8, steps: [0] }),
      story({}, { steps: [0] }),
      story({}),
      viaWebhook,
    ])
    expect(made['delivery-time']).toMatchObject({ value: 6, of: 2, among: 3 })
  })

  it('gives the share of false alarms, by rule and by sensor', () => {
    const ended = (cause: Alert['cause'] & string, rule: string, sensor: string) =>
      story({ handling: 'resolved', cause, rule, detail: { sensor } }, { answered: 10 })
    const made = figures([
      ended('real', 'fall', 'fall-1'),
      ended('false', 'fall', 'fall-1'),
      ended('pet', 'fall', 'fall-2'),
      ended('real', 'sos', 'sos-1'),
      ended('test', 'sos', 'sos-1'),
      ended('other', 'sos', 'sos-1'),
    ])
    expect(made['false-alarms']).toMatchObject({ value: 50, of: 4 })
    expect(made['false-alarms'].parts).toEqual([
      { sort: 'rule', id: 'fall', value: (100 * 2) / 3, of: 3 },
      { sort: 'rule', id: 'sos', value: 0, of: 1 },
      { sort: 'sensor', id: 'h1/fall-2', value: 100, of: 1 },
      { sort: 'sensor', id: 'h1/fall-1', value: 50, of: 2 },
      { sort: 'sensor', id: 'h1/sos-1', value: 0, of: 1 },
    ])
  })

  it('counts the steps that ran out: those before another one, and the last when its wait is over', () => {
    const made = (alert: AlertStory, now = NOW) => figures([alert], now)['unanswered-steps']
    expect(made(story({}, { steps: [0, 120, 240], answered: 300 }))).toEqual({
      value: 200 / 3,
      total: 2,
      of: 3,
    })
    expect(made(story({}, { steps: [0], answered: 30 }))).toEqual({ value: 0, total: 0, of: 1 })
    expect(made(story({}, { steps: [0, 120] }), T + 200 * S)).toEqual({ value: 50, total: 1, of: 2 })
    expect(made(story({}, { steps: [0, 120] }), T + 240 * S)).toEqual({ value: 100, total: 2, of: 2 })
    expect(made(story({ nextStepAt: T + 900 * S }, { steps: [0] }), T + 240 * S)).toEqual({
      value: 0,
      total: 0,
      of: 1,
    })
  })
})
