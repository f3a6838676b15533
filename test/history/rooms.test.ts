import { expect, it } from 'vitest'
import { createRooms } from '../../hub/history/rooms.ts'
import type { Home } from '../../hub/model/home.ts'
import { home } from '../core/bench.ts'

const having = (sensors: Readonly<Record<string, string | undefined>>): Home =>
  home({
    sensors: Object.entries(sensors).map(([id, room]) => ({
      id,
      profile: 'native',
      address: id,
      heardEvery: 1,
      kinds: ['*'],
      ...(room !== undefined && { room }),
    })),
  })

it('createRooms: a sensor is where it was when the entry was taken, also when it is read again', () => {
  const { roomOf, add } = createRooms()
  add(10, having({ a: 'hall', b: undefined }))
  add(12, having({ a: 'hall', b: undefined }))
  add(20, having({ a: 'bedroom' }))
  // Read again.
  add(10, having({ a: 'hall', b: undefined }))
  expect([9, 10, 19, 20, 21].map((seq) => roomOf('h1', 'a', seq))).toEqual([
    undefined,
    'hall',
    'hall',
    'bedroom',
    'bedroom',
  ])
  expect(roomOf('h1', 'b', 15)).toBeUndefined()
  expect(roomOf('h2', 'a', 15)).toBeUndefined()
})
