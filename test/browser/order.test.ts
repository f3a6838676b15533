import { describe, expect, it } from 'vitest'
import type { BoardAlert } from '../../hub/console/api-types.ts'
import { needsHuman, sortAlerts } from '../../hub/console/board/order.ts'
import { countdown, shiftAt, span } from '../../hub/console/time.ts'
import type { AlertView } from '../../hub/http/alert-view.ts'
import { exampleAlert } from '../http/memory-office.ts'

/** As JSON carries it: what is undefined is not there. */
type Sent<T> = T extends object ? { [K in keyof T]: Sent<Exclude<T[K], undefined>> } : T

const alert = (id: string, change: Parameters<typeof exampleAlert>[0]): BoardAlert => {
  const view: AlertView = { ...exampleAlert({ id, ...change }), escalation: { messages: [] } }
  // What the hub sends is what the console reads: the compiler checks it here.
  return view as Sent<AlertView>
}
const ids = (alerts: readonly BoardAlert[]) => alerts.map((one) => one.id).join(' ')

describe('sortAlerts', () => {
  it('puts severity first, then unanswered, then the longest waiting', () => {
    const { need } = sortAlerts(
      [
        alert('low', { severity: 'low', raisedAt: 1 }),
        alert('taken', { handling: 'acknowledged', raisedAt: 1 }),
        alert('young', { raisedAt: 9 }),
        alert('old', { raisedAt: 2 }),
        alert('medium', { severity: 'medium', raisedAt: 1 }),
      ],
      0,
    )
    expect(ids(need)).toBe('old young taken medium low')
  })

  it('puts a test below what is real and as severe, whoever has that', () => {
    const { need } = sortAlerts(
      [
        alert('test', { test: true, raisedAt: 1 }),
        alert('taken', { handling: 'acknowledged', raisedAt: 3 }),
        alert('medium', { severity: 'medium', raisedAt: 1 }),
      ],
      0,
    )
    expect(ids(need)).toBe('taken test medium')
  })

  it('puts what is held below all that calls people, and says that it needs nobody', () => {
    const { need } = sortAlerts(
      [
        alert('held', { held: true, raisedAt: 1 }),
        alert('low', { severity: 'low' }),
        alert('taken', { held: true, handling: 'acknowledged', severity: 'medium' }),
      ],
      0,
    )
    expect(ids(need)).toBe('taken low held')
    expect(need.map(needsHuman)).toEqual([true, true, false])
  })

  it('folds away a cleared alert only when somebody has taken it', () => {
    const { need, cleared } = sortAlerts(
      [
        alert('unanswered', { condition: 'cleared' }),
        alert('taken', { condition: 'cleared', handling: 'acknowledged' }),
      ],
      0,
    )
    expect([ids(need), ids(cleared)]).toEqual(['unanswered', 'taken'])
  })

  it('shows what was resolved this shift, newest first', () => {
    const { need, resolved } = sortAlerts(
      [
        alert('before', { handling: 'resolved', handledAt: 99 }),
        alert('first', { handling: 'resolved', handledAt: 100 }),
        alert('second', { handling: 'resolved', handledAt: 101 }),
      ],
      100,
    )
    expect([ids(need), ids(resolved)]).toEqual(['', 'second first'])
  })
})

describe('shiftAt', () => {
  it.each([
    ['2026-11-21T06:59:59', 'night', '2026-11-20T22:00:00'],
    ['2026-11-21T07:00:00', 'day', '2026-11-21T07:00:00'],
    ['2026-11-21T15:00:00', 'evening', '2026-11-21T15:00:00'],
    ['2026-11-21T23:30:00', 'night', '2026-11-21T22:00:00'],
  ])('at %s is %s since %s', (now, name, from) => {
    expect(shiftAt(new Date(now).getTime())).toEqual({ name, from: new Date(from).getTime() })
  })
})

describe('span', () => {
  it.each([
    [-5000, '0 s'],
    [40_000, '40 s'],
    [59_400, '59 s'],
    [60_000, '1 min'],
    [3_599_000, '59 min'],
    [7_500_000, '2 h 05'],
    [200_000_000, '2 d'],
  ])('%d ms is %s', (ms, text) => {
    expect(span(ms)).toBe(text)
  })
})

describe('countdown', () => {
  it.each([
    [-1, '0 s'],
    [39_200, '40 s'],
    [99_000, '99 s'],
    [118_000, '2 min'],
    [121_000, '3 min'],
  ])('%d ms is %s', (ms, text) => {
    expect(countdown(ms)).toBe(text)
  })
})
