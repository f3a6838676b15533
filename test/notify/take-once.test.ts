import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openDatabase } from '../../hub/database/open-database.ts'
import { createProviderCalls } from '../../hub/database/provider-calls.ts'
import { CONTENT_KEPT, createMemoryCalls, createTakeOnce, ID_KEPT } from '../../hub/notify/take-once.ts'
import type { TakenCalls } from '../../hub/notify/take-once.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const SMS = { about: 'inbound', id: 'SM1', content: ['+4790000001', '1 4821'] } as const
const WITHOUT_ID = { ...SMS, id: undefined }

const KEEPERS: readonly (readonly [string, () => TakenCalls])[] = [
  ['in memory', createMemoryCalls],
  ['in the database', () => createProviderCalls(openDatabase(join(tempDir('calls'), 'data')).db)],
]

describe.each(KEEPERS)('createTakeOnce, with what was taken %s', (_name, keeper) => {
  function bench() {
    let now = 1_000_000
    let done = 0
    const calls = keeper()
    const takeOnce = createTakeOnce('elks', calls, () => now)
    const work = async () => void done++
    return { takeOnce, work, calls, done: () => done, wait: (ms: number) => void (now += ms), now: () => now }
  }

  it('does the work of a call once within 30 days, whatever else it says', async () => {
    const { takeOnce, work, done, wait } = bench()
    await takeOnce(SMS, work)
    wait(ID_KEPT - 1)
    await takeOnce({ ...SMS, content: ['+4790000002', '2 4821'] }, work)
    expect(done()).toBe(1)
    await takeOnce({ ...SMS, id: 'SM2' }, work)
    expect(done()).toBe(2)
    wait(1)
    await takeOnce(SMS, work)
    expect(done()).toBe(3)
  })

  it('takes the same words without an id for the same call within two minutes only', async () => {
    const { takeOnce, work, done, wait } = bench()
    await takeOnce(WITHOUT_ID, work)
    wait(CONTENT_KEPT - 1)
    await takeOnce(WITHOUT_ID, work)
    expect(done()).toBe(1)
    await takeOnce({ ...WITHOUT_ID, content: ['+4790000001', '2 4821'] }, work)
    expect(done()).toBe(2)
    wait(1)
    await takeOnce(WITHOUT_ID, work)
    expect(done()).toBe(3)
  })

  it('keeps channels, and reports and answers, apart', async () => {
    const { takeOnce, work, done, calls, now } = bench()
    await takeOnce(SMS, work)
    await takeOnce({ ...SMS, about: 'delivery' }, work)
    await createTakeOnce('other', calls, now)(SMS, work)
    expect(done()).toBe(3)
  })

  it('has its turn again where the work failed', async () => {
    const { takeOnce, work, done } = bench()
    const failing = async () => {
      throw new Error('disk full')
    }
    await expect(takeOnce(SMS, failing)).rejects.toThrow('disk full')
    await takeOnce(SMS, work)
    expect(done()).toBe(1)
  })

  it('does the work once for a call that comes twice at once', async () => {
    const { takeOnce, done, work } = bench()
    const { promise, resolve } = Promise.withResolvers<void>()
    const slow = async () => {
      await promise
      await work()
    }
    const both = Promise.all([takeOnce(SMS, slow), takeOnce(SMS, slow)])
    resolve()
    await both
    expect(done()).toBe(1)
  })
})
