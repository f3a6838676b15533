import { describe, expect, it } from 'vitest'
import { coversDay, parseTimeOfDay, windowAt } from '../../hub/time/daily-window.ts'

const OSLO = 'Europe/Oslo'
const at = (text: string): number => Date.parse(text)
const shown = (window: { from: string; to: string }, now: string) => {
  const { inside, since, until } = windowAt(window, OSLO, at(now))
  return [inside, new Date(since).toISOString(), new Date(until).toISOString()]
}

describe('windowAt', () => {
  const day = { from: '07:00', to: '23:00' }
  const night = { from: '23:00', to: '06:00' }

  it.each([
    [
      'in the middle',
      day,
      '2026-01-15T12:00:00Z',
      [true, '2026-01-15T06:00:00.000Z', '2026-01-15T22:00:00.000Z'],
    ],
    [
      'at its first moment',
      day,
      '2026-01-15T06:00:00Z',
      [true, '2026-01-15T06:00:00.000Z', '2026-01-15T22:00:00.000Z'],
    ],
    [
      'just before',
      day,
      '2026-01-15T05:59:59Z',
      [false, '2026-01-14T22:00:00.000Z', '2026-01-15T06:00:00.000Z'],
    ],
    [
      'at its end',
      day,
      '2026-01-15T22:00:00Z',
      [false, '2026-01-15T22:00:00.000Z', '2026-01-16T06:00:00.000Z'],
    ],
    [
      'over midnight, before',
      night,
      '2026-01-15T22:30:00Z',
      [true, '2026-01-15T22:00:00.000Z', '2026-01-16T05:00:00.000Z'],
    ],
    [
      'over midnight, after',
      night,
      '2026-01-16T01:00:00Z',
      [true, '2026-01-15T22:00:00.000Z', '2026-01-16T05:00:00.000Z'],
    ],
    // Clocks go forward on 2026-03-29 at 02:00 and back on 2026-10-25 at 03:00 in Oslo.
    [
      'a night that is an hour short',
      night,
      '2026-03-29T02:00:00Z',
      [true, '2026-03-28T22:00:00.000Z', '2026-03-29T04:00:00.000Z'],
    ],
    [
      'a night that is an hour long',
      night,
      '2026-10-25T02:00:00Z',
      [true, '2026-10-24T21:00:00.000Z', '2026-10-25T05:00:00.000Z'],
    ],
    [
      'opening in the hour that is skipped',
      { from: '02:30', to: '04:00' },
      '2026-03-29T01:45:00Z',
      [true, '2026-03-29T01:30:00.000Z', '2026-03-29T02:00:00.000Z'],
    ],
    [
      'opening in the hour that comes twice: its first',
      { from: '02:30', to: '04:00' },
      '2026-10-25T00:45:00Z',
      [true, '2026-10-25T00:30:00.000Z', '2026-10-25T03:00:00.000Z'],
    ],
  ])('%s', (_, window, now, expected) => {
    expect(shown(window, now)).toEqual(expected)
  })
})

describe('parseTimeOfDay', () => {
  it.each(['00:00', '07:05', '23:59'])('takes %s', (text) => expect(parseTimeOfDay(text)).toBe(text))
  it.each(['24:00', '7:00', '07:60', '07', '', '07:00:00'])('refuses %s', (text) =>
    expect(parseTimeOfDay(text)).toBeUndefined(),
  )
})

describe('coversDay', () => {
  const window = (text: string) => ({ from: text.slice(0, 5), to: text.slice(6) })

  it.each([
    [['22:00-06:00', '06:00-22:00'], true],
    [['20:00-08:00', '07:00-13:00', '12:00-21:00'], true],
    [['00:00-12:00', '12:00-00:00'], true],
    [['22:00-06:00'], false],
    [['22:00-06:00', '06:00-21:59'], false],
    [[], false],
  ] as const)('%j: %s', (windows, covered) => {
    expect(coversDay(windows.map(window))).toBe(covered)
  })
})
