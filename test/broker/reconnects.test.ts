import { expect, test } from 'vitest'
import { createReconnects } from '../../hub/broker/reconnects.ts'

const MINUTE = 60_000

test('a gateway that came eight times in five minutes is in a loop, until that is over', () => {
  const reconnects = createReconnects()
  for (let time = 0; time < 7; time++) reconnects.came('gw-1', time * 1000)
  expect(reconnects.loopOf('gw-1', 7000)).toBeUndefined()
  reconnects.came('gw-1', 7000)
  expect(reconnects.loopOf('gw-1', 7000)).toBe(8)
  expect(reconnects.loopOf('gw-2', 7000)).toBeUndefined()
  expect(reconnects.loopOf('gw-1', 5 * MINUTE + 1)).toBeUndefined()
})

test('one that comes again every minute on a bad link is in none', () => {
  const reconnects = createReconnects()
  for (let time = 0; time < 60; time++) reconnects.came('gw-1', time * MINUTE)
  expect(reconnects.loopOf('gw-1', 60 * MINUTE)).toBeUndefined()
})
