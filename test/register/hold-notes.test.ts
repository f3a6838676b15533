import { expect, it } from 'vitest'
import { keepHoldNotes, withHoldNote } from '../../hub/register/hold-notes.ts'

const home = { id: 'h1', residents: [], contacts: [] }
const noted = withHoldNote(home, 'no-activity', 'At the hospital', 100)

it('withHoldNote keeps the newest reason of each rule, and drops it when the hold is lifted', () => {
  expect(noted.holds).toEqual({ 'no-activity': { at: 100, why: 'At the hospital' } })
  const two = withHoldNote(noted, 'door-open', 'Moving', 200)
  expect(Object.keys(two.holds ?? {})).toEqual(['no-activity', 'door-open'])
  expect(withHoldNote(withHoldNote(two, 'door-open', undefined, 300), 'no-activity', undefined, 300)).toEqual(
    home,
  )
})

it('keepHoldNotes keeps the reasons when a home is imported anew', () => {
  expect(keepHoldNotes(noted, { ...home, label: 'New' })).toEqual({ ...noted, label: 'New' })
  expect(keepHoldNotes(undefined, home)).toBe(home)
})
