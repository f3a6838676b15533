import { expect, it } from 'vitest'
import { parseOrder } from '../../devices/simulator/order.ts'

const HOMES = ['h-0001', 'h-0002', 'h-0003']

it.each([
  ['fall h-0003', { does: 'incident', name: 'fall', home: 'h-0003' }],
  ['fall@h-0003', { does: 'incident', name: 'fall', home: 'h-0003' }],
  [' dropout  2 10m ', { does: 'incident', name: 'dropout', home: 'h-0002', lasts: 600_000 }],
  ['battery h-0002 hall-door 8', { does: 'battery', home: 'h-0002', sensor: 'hall-door', battery: 8 }],
  ['clock h-0001 +3m', { does: 'clock', home: 'h-0001', by: 180_000 }],
  ['clock h-0001 -2h', { does: 'clock', home: 'h-0001', by: -7_200_000 }],
  ['end 3', { does: 'end', home: 'h-0003' }],
])('parseOrder reads "%s"', (text, order) => {
  expect(parseOrder(text, HOMES)).toEqual(order)
})

it.each([
  ['fal h-0003', 'there is no "fal"; did you mean "fall"?'],
  ['fall h-0004', 'expected a home from h-0001 to h-0003'],
  ['fall 0', 'expected a home'],
  ['fall', 'expected a home'],
  ['fall 1 soon', 'expected how long it lasts, such as fall 1 10m'],
  ['fall 1 0s', 'expected how long it lasts'],
  ['battery 1 door', 'expected a sensor and its battery in %'],
  ['battery 1 door 101', 'expected a sensor and its battery in %'],
  ['clock 1 3m', 'expected how wrong, such as clock 4 +3m, or -2h'],
  ['end 1 now', 'expected nothing after the home'],
])('parseOrder refuses "%s" and says what it expected', (text, why) => {
  const order = parseOrder(text, HOMES)
  expect('cannot' in order && order.cannot).toContain(why)
})
