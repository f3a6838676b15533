import { afterEach, describe, expect, it } from 'vitest'
import type { LetterInput } from '../../hub/model/input.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { startCore, stopCores } from './bench.ts'

afterEach(stopCores)

const TRIAL: LetterInput = {
  type: 'letter',
  home: 'h1',
  contact: 'anne',
  channel: 'sms',
  letter: { is: 'trial' },
  by: 'operator:siv',
  via: 'cli',
}

describe('a letter', () => {
  it('is queued for its contact in the same commit, and followed until it is delivered', async () => {
    const store = createMemoryStore()
    const bench = await startCore(store)
    await bench.take(TRIAL)
    const [letter] = store.notifications()
    expect(letter).toMatchObject({ contact: 'anne', letter: { is: 'trial' }, state: 'queued', home: 'h1' })
    const delivery = { type: 'delivery', notification: letter?.id ?? '' } as const
    await bench.take({ ...delivery, to: 'accepted', reference: 'r1' })
    await bench.take({ ...delivery, to: 'delivered' })
    expect(await bench.take({ ...delivery, to: 'failed', error: 'late' })).toMatchObject({ taken: false })
    expect(store.notifications()).toMatchObject([{ state: 'delivered', reference: 'r1', attempts: 1 }])
  })

  it('is still to be sent after a restart, and another one has another id', async () => {
    const store = createMemoryStore()
    await (await startCore(store)).take(TRIAL)
    const bench = await startCore(store)
    await bench.take(TRIAL)
    const letters = store.notifications()
    expect(letters.map(({ state }) => state)).toEqual(['queued', 'queued'])
    expect(new Set(letters.map(({ id }) => id)).size).toBe(2)
  })

  it('goes to nobody who is not registered', async () => {
    const store = createMemoryStore()
    const bench = await startCore(store)
    expect(await bench.take({ ...TRIAL, contact: 'nobody' })).toEqual({
      taken: false,
      why: 'not-possible',
      reason: 'contact:nobody is not registered',
    })
    expect(store.notifications()).toEqual([])
  })
})
