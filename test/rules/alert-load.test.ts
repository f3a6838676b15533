import { describe, expect, it } from 'vitest'
import type { Transition } from '../../hub/model/alert.ts'
import { compareLoads } from '../../hub/rules/alert-load.ts'

function said(at: string, change: Partial<Transition> = {}): Transition {
  return {
    at: Date.parse(at),
    home: 'h1',
    rule: 'fall',
    scope: 'h1',
    to: 'firing',
    severity: 'high',
    detail: {},
    ...change,
  }
}

const shiftsOf = (times: readonly string[], zone: string) =>
  compareLoads(
    times.map((at) => said(at)),
    [],
    () => zone,
  ).shifts.map(({ day, shift, a }) => `${day} ${shift} ${a}`)

describe('compareLoads', () => {
  it('counts by shift in local time, a night on the day on which it begins', () => {
    const times = [
      '2026-03-01T05:59:59Z',
      '2026-03-01T06:00:00Z',
      '2026-03-01T14:00:00Z',
      '2026-03-01T22:00:00Z',
      '2026-03-02T05:59:59Z',
    ]
    expect(shiftsOf(times, 'Europe/Oslo')).toEqual([
      '2026-02-28 night 1',
      '2026-03-01 day 1',
      '2026-03-01 evening 1',
      '2026-03-01 night 2',
    ])
    // The clocks went forward on 29 March 2026: 05:30 UTC is 07:30 there.
    expect(shiftsOf(['2026-03-28T05:30:00Z', '2026-03-29T05:30:00Z'], 'Europe/Oslo')).toEqual([
      '2026-03-27 night 1',
      '2026-03-29 day 1',
    ])
  })

  it('counts an area once, by the clock of its homes', () => {
    const { home: _, ...outage } = said('2026-03-01T06:30:00Z', { rule: 'gone', scope: 'area/Alta' })
    const homes = [
      { home: 'h1', since: 0 },
      { home: 'h2', since: 0 },
    ]
    const zones: Record<string, string> = { h1: 'Europe/Oslo' }
    const { total, shifts } = compareLoads(
      [{ ...outage, area: 'Alta', detail: { homes } }],
      [],
      (home) => zones[home] ?? 'America/New_York',
    )
    expect(total).toMatchObject({ a: 1, onlyA: 1 })
    expect(shifts).toMatchObject([{ day: '2026-03-01', shift: 'day' }])
  })

  it('counts what calls for a human, and finds what one set alone says', () => {
    const both = said('2026-03-01T08:00:00Z')
    const again = said('2026-03-01T08:05:00Z', { to: 'again' })
    const worse = said('2026-03-01T08:00:00Z', { rule: 'low', severity: 'high' })
    const milder: Transition = { ...worse, severity: 'low' }
    const cleared = said('2026-03-01T09:00:00Z', { to: 'cleared' })
    const a = [both, worse, again, again, cleared]
    const b = [both, milder, again]
    const comparison = compareLoads(a, b, () => 'UTC')
    expect(comparison).toEqual({
      total: { a: 4, b: 3, onlyA: 2, onlyB: 1 },
      shifts: [{ day: '2026-03-01', shift: 'day', a: 4, b: 3, onlyA: 2, onlyB: 1 }],
      rules: [
        { rule: 'fall', a: 3, b: 2, onlyA: 1, onlyB: 0 },
        { rule: 'low', a: 1, b: 1, onlyA: 1, onlyB: 1 },
      ],
      onlyA: [worse, again],
      onlyB: [milder],
    })
  })
})
