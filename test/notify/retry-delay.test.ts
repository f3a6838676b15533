import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { retryDelay } from '../../hub/notify/retry-delay.ts'

test('retryDelay waits 5 s, 15 s, 30 s, 1 min, 2 min, then 5 min for ever', () => {
  const seconds = [1, 2, 3, 4, 5, 6, 7, 1000].map((failed) => retryDelay(failed, 0.5) / 1000)
  expect(seconds).toEqual([5, 15, 30, 60, 120, 300, 300, 300])
})

test('retryDelay spreads attempts by up to a fifth', () => {
  expect(retryDelay(2, 0)).toBe(12_000)
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (failed, random) => {
        const middle = retryDelay(failed, 0.5)
        expect(Math.abs(retryDelay(failed, random) - middle)).toBeLessThanOrEqual(middle * 0.2 + 1)
      },
    ),
  )
})
