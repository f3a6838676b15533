import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseTime } from '../../hub/decode/parse-time.ts'

test('parseTime reads back every time that toISOString writes', () => {
  const times = fc.date({
    min: new Date('0100-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  })
  fc.assert(fc.property(times, (date) => parseTime(date.toISOString()) === date.getTime()))
})

test.each([
  ['2026-11-21T22:00:00Z', '2026-11-21T22:00:00.000Z'],
  ['2026-11-21T22:00Z', '2026-11-21T22:00:00.000Z'],
  ['2026-11-21T23:30:00+01:30', '2026-11-21T22:00:00.000Z'],
  ['2026-11-21T20:00:00-0200', '2026-11-21T22:00:00.000Z'],
  ['2026-11-21T22:00:00.1239Z', '2026-11-21T22:00:00.123Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
])('parseTime reads %s', (text, iso) => {
  expect(new Date(parseTime(text) ?? NaN).toISOString()).toBe(iso)
})

test.each([
  '2026-11-21T22:00:00',
  '2026-11-21',
  '2026-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-11-00T00:00:00Z',
  '2026-11-21T24:00:00Z',
  '2026-11-21T22:60:00Z',
  '2026-11-21T22:00:60Z',
  '2026-11-21T22:00:00+24:00',
  '2026-11-21 22:00:00Z',
  ' 2026-11-21T22:00:00Z',
  '1795298400',
  '',
])('parseTime refuses %j', (text) => {
  expect(parseTime(text)).toBeUndefined()
})
