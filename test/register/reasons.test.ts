import { expect, it } from 'vitest'
import { keepReasons, withReason } from '../../hub/register/reasons.ts'

const home = { id: 'h1', residents: [], contacts: [] }
const noted = withReason(home, 'holds', 'no-activity', 'At the hospital', 100)

it('withReason keeps the newest reason of each rule, and drops it when the hold is lifted', () => {
  expect(noted.holds).toEqual({ 'no-activity': { at: 100, why: 'At the hospital' } })
  const two = withReason(noted, 'holds', 'door-open', 'Moving', 200)
  expect(Object.keys(two.holds ?? {})).toEqual(['no-activity', 'door-open'])
  expect(
    withReason(withReason(two, 'holds', 'door-open', undefined, 300), 'holds', 'no-activity', undefined, 300),
  ).toEqual(home)
})

it('keepReasons keeps the reasons when a home is imported anew', () => {
  expect(keepReasons(noted, { ...home, label: 'New' })).toEqual({ ...noted, label: 'New' })
  expect(keepReasons(undefined, home)).toBe(home)
})
