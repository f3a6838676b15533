import { expect, it } from 'vitest'
import { alertAsOf } from '../../hub/alerts/alert-as-of.ts'
import type { Alert, AlertEvent } from '../../hub/model/alert.ts'

const alert: Alert = {
  id: 'a1',
  home: 'h1',
  rule: 'fall',
  scope: 'h1',
  code: '4821',
  title: { en: 'Possible fall' },
  category: 'safety',
  resolve: 'manual',
  severity: 'high',
  condition: 'cleared',
  handling: 'resolved',
  raisedAt: 900,
  openedAt: 1000,
  lastAt: 2900,
  count: 2,
  detail: {},
  handledBy: 'operator:siv',
  handledAt: 5000,
  cause: 'real',
  step: 4,
  progress: { round: 0, told: ['contact:daughter'], asked: [] },
}
const event = (now: number, what: AlertEvent['what'], by = 'hub'): AlertEvent => ({
  alert: 'a1',
  now,
  at: now - 100,
  what,
  by,
  via: 'rule',
})
const events = [
  event(1000, 'raised'),
  event(2000, 'acknowledged', 'contact:daughter'),
  event(3000, 'again'),
  event(3000, 'reopened'),
  event(5000, 'resolved', 'operator:siv'),
]

it.each([
  [1500, { handling: 'new', lastAt: 900, count: 1 }],
  [2000, { handling: 'acknowledged', lastAt: 900, count: 1, handledBy: 'contact:daughter', handledAt: 2000 }],
  [4000, { handling: 'new', lastAt: 2900, count: 2 }],
  [5000, { handling: 'resolved', lastAt: 2900, count: 2, handledBy: 'operator:siv', handledAt: 5000 }],
])('alertAsOf %d says what people knew then', (at, expected) => {
  const { handling, lastAt, count, handledBy, handledAt, cause } = alertAsOf(alert, events, at)
  expect({ handling, lastAt, count, handledBy, handledAt, cause }).toEqual(expected)
})
