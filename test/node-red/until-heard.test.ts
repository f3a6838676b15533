import { describe, expect, it } from 'vitest'
import { RefusedError } from '../../hub/node-red/lib/request.js'
import { createUntilHeard } from '../../hub/node-red/lib/until-heard.js'
import { bodyOf } from '../../hub/node-red/nodes/raise.js'

/** A hub that can be away, and keeps what it heard. */
function hub() {
  const heard: unknown[] = []
  const waits: unknown[] = []
  const over = new AbortController()
  const state = { isAway: false, asked: 0, most: 0 }
  let atOnce = 0
  const say = createUntilHeard(
    async (body) => {
      state.asked += 1
      state.most = Math.max(state.most, (atOnce += 1))
      await new Promise((fulfil) => setImmediate(fulfil))
      atOnce -= 1
      if (state.isAway) throw new Error('connect ECONNREFUSED')
      if (body === 'wrong') throw new RefusedError(400, 'Cannot read this.')
      heard.push(body)
      return { heard: body }
    },
    over.signal,
    (error) => waits.push(error),
    () => 1,
  )
  return { say, heard, waits, over, state }
}

describe('createUntilHeard', () => {
  it('says it until it is heard, and tells once that it waits', async () => {
    const { say, heard, waits, state } = hub()
    state.isAway = true
    const said = say('ups', 'active')
    await expect.poll(() => state.asked).toBeGreaterThan(2)
    state.isAway = false
    expect(await said).toEqual({ heard: 'active' })
    expect(heard).toEqual(['active'])
    expect(waits).toHaveLength(1)
  })

  it('says only the newest of what waits, and never two of one key at once', async () => {
    const { say, heard, state } = hub()
    state.isAway = true
    const first = say('ups', 'active')
    await expect.poll(() => state.asked).toBeGreaterThan(0)
    const second = say('ups', 'cleared')
    const third = say('ups', 'active again')
    expect(await Promise.all([first, second])).toEqual([undefined, undefined])
    state.isAway = false
    expect(await third).toEqual({ heard: 'active again' })
    expect(heard).toEqual(['active again'])
    expect(state.most).toBe(1)
  })

  it('keeps the order of what was said while the hub answers', async () => {
    const { say, heard } = hub()
    const first = say('ups', 'active')
    const second = say('ups', 'cleared')
    expect(await Promise.all([first, second])).toEqual([{ heard: 'active' }, { heard: 'cleared' }])
    expect(heard).toEqual(['active', 'cleared'])
  })

  it('throws what the hub refuses, and goes on with the next', async () => {
    const { say } = hub()
    await expect(say('ups', 'wrong')).rejects.toThrow('Cannot read this.')
    expect(await say('ups', 'active')).toEqual({ heard: 'active' })
  })

  it('ends with the flow', async () => {
    const { say, state, over } = hub()
    state.isAway = true
    const said = say('ups', 'active')
    await expect.poll(() => state.asked).toBeGreaterThan(0)
    over.abort()
    expect(await said).toBeUndefined()
  })
})

describe('bodyOf', () => {
  const node = {
    id: 'of-node-red',
    key: 'ups',
    title: 'On battery',
    category: 'technical',
    home: '',
    again: false,
  }

  it.each([
    [{ payload: true }, {}],
    [{ payload: 'cleared' }, { state: 'cleared' }],
    [{ payload: false }, { state: 'cleared' }],
    [{ payload: false, raise: { state: 'active' } }, {}],
    [{ payload: { state: 'cleared', category: 'safety' } }, {}],
    [{ raise: { id: 'other', home: 'h-1', again: true } }, { id: 'other', home: 'h-1', again: true }],
    [{ raise: { category: 'safety' } }, { category: 'safety' }],
  ])('of %j', (msg, more) => {
    expect(bodyOf(node, msg)).toEqual({ id: 'ups', title: 'On battery', category: 'technical', ...more })
  })
})
