import { expect, it } from 'vitest'
import { roomyStore } from '../../hub/database/write-with-room.ts'
import { EMPTY_BATCH } from '../helpers/nothing-new.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'

/** As node:sqlite says it. */
const full = (errcode = 13): Error =>
  Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode })

function storeOn({ room, errcode }: { room: number; errcode?: number }) {
  const store = createMemoryStore()
  store.failWith(full(errcode))
  let asked = 0
  const roomy = roomyStore(
    store,
    () => {
      asked++
      if (room > 0) store.failWith(undefined)
      return room-- > 0
    },
    '/data',
  )
  return { roomy, store, asked: () => asked }
}

it.each([13, 4874])('roomyStore writes once more when room could be made (code %i)', (errcode) => {
  const { roomy, store, asked } = storeOn({ room: 1, errcode })
  roomy.commit(EMPTY_BATCH)
  expect([store.commits, asked()]).toEqual([1, 1])
  roomy.commit(EMPTY_BATCH)
  expect([store.commits, asked()]).toEqual([2, 1])
})

it('roomyStore says what to do when there is no room to be made', () => {
  const { roomy, store } = storeOn({ room: 0 })
  expect(() => roomy.commit(EMPTY_BATCH)).toThrow(/the disk of \/data is full.*make room on it/)
  expect(store.commits).toBe(0)
})

it('roomyStore leaves every other failure as it is, and the reserve alone', () => {
  const { roomy, store, asked } = storeOn({ room: 1 })
  const failure = Object.assign(new Error('disk I/O error'), { errcode: 10 })
  store.failWith(failure)
  expect(() => roomy.commit(EMPTY_BATCH)).toThrow(failure)
  expect(asked()).toBe(0)
})
