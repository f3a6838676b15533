import { describe, expect, it } from 'vitest'
import { createTurns, SHARE, TURN } from '../../hub/broker/turns.ts'
import type { Turns } from '../../hub/broker/turns.ts'
import { waitFor } from '../helpers/wait-for.ts'

interface Bench {
  readonly turns: Turns<string>
  /** What was taken, in order. */
  readonly taken: string[]
  /** As the broker does: at once, or later. */
  send(gateway: string, item: string, size?: number): void
  /** The turns that are due now. */
  turn(): Promise<void>
  pass(ms: number): void
  readonly floods: [string, boolean][]
  /** The disk is slow, or is so no more. */
  slow(isSlow: boolean): void
}

function startTurns(limits: { rate: number; backlog: number }): Bench {
  let now = 1_000_000
  let isBehind = false
  const taken: string[] = []
  const floods: [string, boolean][] = []
  const turns = createTurns<string>({
    limits,
    now: () => now,
    isBehind: () => isBehind,
    take: (item) => taken.push(item),
    onFlood: (gateway, isFlooding) => floods.push([gateway, isFlooding]),
  })
  return {
    turns,
    taken,
    floods,
    send(gateway, item, size = 10) {
      const lane = turns.lane(gateway)
      if (turns.goes(lane, size)) taken.push(item)
      else turns.wait(lane, item, size)
    },
    turn: () => new Promise((fulfil) => setImmediate(() => setImmediate(fulfil))),
    pass: (ms) => (now += ms),
    slow: (isSlow) => (isBehind = isSlow),
  }
}

const many = (count: number, call: (index: number) => void): void => {
  for (let index = 0; index < count; index++) call(index)
}

describe('createTurns', () => {
  it('waits for the disk with those that flood, and with nobody else', async () => {
    const { turns, send, taken, turn, slow } = startTurns({ rate: 50, backlog: 100_000 })
    slow(true)
    many(5000, (index) => send('flood', `f${index}`))
    const before = taken.length
    await turn()
    await turn()
    expect(taken).toHaveLength(before)
    send('quiet', 'fall')
    expect(taken.at(-1)).toBe('fall')
    slow(false)
    await waitFor('all to be taken', () => taken.length === 5001)
    expect(turns.facts().messages).toBe(0)
  })

  it('takes what a gateway sends within its rate at once, whoever else floods', () => {
    const { send, taken } = startTurns({ rate: 50, backlog: 100_000 })
    many(5000, (index) => send('flood', `f${index}`))
    const before = taken.length
    send('other', 'fall')
    expect(before).toBe(200)
    expect(taken.at(-1)).toBe('fall')
  })

  it('takes a backlog in turns of a bounded size, in order, and loses nothing of it', async () => {
    const { send, turn, taken, turns } = startTurns({ rate: 50, backlog: 100_000 })
    many(5000, (index) => send('flood', `f${index}`))
    await turn()
    expect(taken.length).toBeLessThanOrEqual(200 + 2 * SHARE)
    expect(turns.facts()).toMatchObject({ gateways: 1, held: 0 })
    await waitFor('all to be taken', () => taken.length === 5000)
    expect(taken).toEqual(Array.from({ length: 5000 }, (_, index) => `f${index}`))
    expect(turns.facts()).toEqual({ gateways: 0, messages: 0, bytes: 0, held: 0 })
  })

  it('shares what is left of a turn among those who send more', async () => {
    const { send, turn, taken } = startTurns({ rate: 50, backlog: 100_000 })
    many(10_000, (index) => send('first', `first ${index}`))
    many(400, (index) => send('second', `second ${index}`))
    await turn()
    const second = taken.filter((item) => item.startsWith('second')).length
    // It came behind 9,800 of the first one's, and has all of its own taken with as many of the other's.
    expect(second).toBe(400)
    expect(taken.length).toBeLessThan(3000)
  })

  it('counts a large message for each kB', async () => {
    const { send, turn, taken } = startTurns({ rate: 50, backlog: 100_000 })
    many(100, () => send('flood', 'x', 256 * 1024))
    expect(taken).toHaveLength(1)
    await turn()
    expect(taken.length).toBeLessThanOrEqual(1 + 2 * (SHARE / 256))
  })

  it('holds a gateway to its rate when its backlog is used up, says so, and says when it is over', async () => {
    const { send, turn, taken, turns, floods, pass } = startTurns({ rate: 50, backlog: 1000 })
    many(2000, (index) => send('flood', `f${index}`))
    await waitFor('it to be held', () => floods.length === 1)
    expect(taken).toHaveLength(1200)
    expect(turns.facts()).toEqual({ gateways: 1, messages: 800, bytes: 8000, held: 1 })
    send('other', 'fall')
    expect(taken.at(-1)).toBe('fall')
    pass(1000)
    await waitFor('a second of its rate', () => taken.length >= 1251)
    expect(taken).toHaveLength(1251)
    expect(floods).toEqual([['flood', true]])
    for (let second = 0; second < 60; second++) {
      pass(1000)
      await turn()
      await waitFor('its turn', () => taken.length >= Math.min(2001, 1251 + 50 * (second + 1)))
    }
    await waitFor('it to be over', () => floods.length === 2)
    expect(floods).toEqual([
      ['flood', true],
      ['flood', false],
    ])
    expect(taken.filter((item) => item !== 'fall')).toEqual(
      Array.from({ length: 2000 }, (_, index) => `f${index}`),
    )
  })

  it('bounds a turn when very many come at once, each within its rate', async () => {
    const { send, turn, taken } = startTurns({ rate: 50, backlog: 0 })
    many(40, (home) => many(100, (index) => send(`gw-${home}`, `${home}/${index}`)))
    expect(taken).toHaveLength(TURN)
    await turn()
    await waitFor('the rest', () => taken.length === 4000)
  })

  it('takes what waits within the rate when it stops, and nothing more', async () => {
    const { send, turn, taken, turns } = startTurns({ rate: 50, backlog: 100_000 })
    many(TURN, (index) => send(`gw-${index}`, 'x'))
    send('late', 'fall')
    many(5000, (index) => send('flood', `f${index}`))
    expect(taken).toHaveLength(TURN)
    turns.stop()
    expect(taken).toContain('fall')
    const stopped = taken.length
    expect(stopped).toBe(TURN + 201)
    await turn()
    expect(taken).toHaveLength(stopped)
  })
})
