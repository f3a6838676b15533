import { expect, test } from 'vitest'
import type { FollowerState } from '../../hub/history/follower.ts'
import { createHistoryFailure } from '../../hub/office/history-failure.ts'

test('createHistoryFailure says why until a write has worked, also while the next is tried', () => {
  let state: FollowerState = { name: 'writing' }
  let seq = 7
  const failure = createHistoryFailure({ state: () => state }, () => seq)
  const waiting: FollowerState = { name: 'waiting', error: 'it hangs', until: 5000, failures: 1 }
  expect(failure()).toBeUndefined()
  state = waiting
  expect(failure()).toEqual({ error: 'it hangs', retryAt: 5000 })
  state = { name: 'writing' }
  expect(failure()).toEqual({ error: 'it hangs' })
  expect(failure()).toEqual({ error: 'it hangs' })
  // The write has worked, and the next is under way.
  seq = 8
  expect(failure()).toBeUndefined()
  state = waiting
  expect(failure()).toBeDefined()
  state = { name: 'idle' }
  expect(failure()).toBeUndefined()
})
