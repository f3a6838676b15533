import { once } from 'node:events'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Commit } from '../../hub/core/core.ts'
import { createFollowers } from '../../hub/http/followers.ts'
import type { Follower } from '../../hub/http/followers.ts'
import type { FollowedJournal } from '../../hub/model/followed.ts'
import { EMPTY_COMMIT } from '../helpers/nothing-new.ts'
import { waitFor } from '../helpers/wait-for.ts'
import { memoryOffice } from './memory-office.ts'

interface Item {
  readonly seq: number
  readonly n?: number
  readonly text: string
}

beforeEach(() => vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] }))
afterEach(() => vi.useRealTimers())

/** A journal of as many entries as were put in, told in stretches of ten. */
function bench({ lookBack = 1000, restores = [] as { seq: number; at: number }[] } = {}) {
  const items: Item[] = []
  const reads: number[] = []
  const listeners = new Set<() => void>()
  const office = memoryOffice()
  const newest = (): number => items.at(-1)?.seq ?? 0
  const journal: FollowedJournal = {
    ...office.journal,
    newest,
    timeOf: (seq) => (seq > newest() ? undefined : seq * 1000),
    restores: () => restores,
  }
  const core = {
    ...office.core,
    onCommit(listener: (commit: Commit) => void) {
      // What is in it is read from the journal.
      const call = () => listener(EMPTY_COMMIT)
      listeners.add(call)
      return () => void listeners.delete(call)
    },
  }
  const followers = createFollowers<Item>(
    {
      name: 'item',
      read(after) {
        reads.push(after)
        const upTo = Math.min(newest(), after + 10)
        return { upTo, items: items.filter(({ seq }) => seq > after && seq <= upTo) }
      },
      lookBackTo: () => Math.max(1, newest() - lookBack + 1),
    },
    { core, journal },
    pino({ level: 'silent' }),
  )
  return {
    followers,
    reads,
    listeners,
    put(...more: Item[]) {
      items.push(...more)
      for (const listener of listeners) listener()
    },
    add(more: Partial<Follower<Item>> = {}) {
      const stream = followers.add({
        who: 'token:x',
        office: () => office,
        tell: ({ text }) => ({ text }),
        ...more,
      })
      let text = ''
      return {
        stream,
        read() {
          text += String(stream.read() ?? '')
          return text
            .split('\n\n')
            .filter(Boolean)
            .map((one) =>
              one
                .replace(/^retry: 2000\n/, '')
                .replaceAll(/(event|id|data): /g, '')
                .split('\n')
                .join(' '),
            )
        },
      }
    },
  }
}

const item = (seq: number, text = 'x'): Item => ({ seq, text })

describe('createFollowers', () => {
  it('listens to the stream only while somebody follows', () => {
    const { followers, add, put, listeners, reads } = bench()
    put(item(1))
    expect([listeners.size, reads]).toEqual([0, []])
    const { stream } = add()
    expect(listeners.size).toBe(1)
    stream.destroy()
    return once(stream, 'close').then(() => {
      expect([listeners.size, vi.getTimerCount()]).toEqual([0, 0])
      followers.stop()
    })
  })

  it('reads a stretch once for all who are at the same place', async () => {
    const { followers, add, put, reads } = bench()
    put(item(1))
    const clients = [add(), add(), add()]
    await waitFor('what was told', () => reads.length > 0)
    reads.length = 0
    put(item(2))
    await waitFor('what was told', () =>
      clients.every((one) => one.read().some((line) => line.startsWith('item'))),
    )
    expect(reads.filter((after) => after === 1)).toHaveLength(1)
    followers.stop()
  })

  it('tells in order what happened while it was still telling what was before', async () => {
    const { followers, add, put } = bench()
    put(...Array.from({ length: 35 }, (_, index) => item(index + 1)))
    const client = add({ lastId: '0' })
    put(item(36))
    await waitFor('what was told', () => client.read().length >= 37)
    expect(client.read().map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'hello 0',
      ...Array.from({ length: 36 }, (_, index) => `item ${index + 1}`),
    ])
    followers.stop()
  })

  it('reads one stretch in a turn, however many come back at once', async () => {
    const { followers, add, put, reads } = bench()
    put(...Array.from({ length: 60 }, (_, index) => item(index + 1)))
    // Each at another place: nothing that one reads is of use to the next.
    const clients = [0, 1, 2, 3, 4].map((lastId) => add({ lastId: `${lastId}` }))
    const inTurns: number[] = []
    while (clients.some((one) => !one.read().some((line) => line.startsWith('item 60 ')))) {
      reads.length = 0
      await new Promise((resolve) => setImmediate(resolve))
      inTurns.push(reads.length)
    }
    expect(inTurns.length).toBeGreaterThan(20)
    expect(Math.max(...inTurns)).toBe(1)
    followers.stop()
  })

  it('says from when to when it does not look back, and goes on behind that', async () => {
    const { followers, add, put } = bench({ lookBack: 5 })
    put(...Array.from({ length: 20 }, (_, index) => item(index + 1)))
    const client = add({ lastId: '3' })
    await waitFor('what was told', () => client.read().length >= 7)
    const lines = client.read()
    expect(lines[1]).toMatch(/^gap 15 /)
    expect(JSON.parse(lines[1]?.slice('gap 15 '.length) ?? '')).toMatchObject({ from: 3000, to: 16_000 })
    expect(lines.slice(2).map((line) => line.split(' ')[1])).toEqual(['16', '17', '18', '19', '20'])
    // Whoever has all but the newest ones misses nothing.
    const near = add({ lastId: '15' })
    await waitFor('what was told', () => near.read().length >= 6)
    expect(near.read().some((line) => line.startsWith('gap'))).toBe(false)
    followers.stop()
  })

  it('gives those of one entry ids of their own, and goes on between them', async () => {
    const { followers, add, put } = bench()
    put({ seq: 1, n: 1, text: 'a' }, { seq: 1, n: 2, text: 'b' }, { seq: 1, n: 3, text: 'c' })
    const client = add({ lastId: '0' })
    await waitFor('what was told', () => client.read().length >= 4)
    expect(client.read().map((line) => line.split(' ')[1])).toEqual(['0', '1.1', '1.2', '1'])
    const after = add({ lastId: '1.2' })
    await waitFor('what was told', () => after.read().length >= 2)
    expect(after.read().map((line) => line.split(' ')[1])).toEqual(['1.2', '1'])
    followers.stop()
  })

  it('says every 5 s that it is there, and up to where', async () => {
    const { followers, add, put } = bench()
    put(item(1))
    const client = add({ tell: () => undefined })
    put(item(2))
    await waitFor('what was told', () => {
      vi.advanceTimersByTime(5000)
      return client.read().some((line) => line.startsWith('beat 2 '))
    })
    followers.stop()
  })

  it('says so also to whom it still looks through what was before, and nothing of that is theirs', async () => {
    const { followers, add, put } = bench()
    put(...Array.from({ length: 60 }, (_, index) => item(index + 1)))
    const client = add({ tell: () => undefined, lastId: '0' })
    vi.advanceTimersByTime(5000)
    expect(client.read().map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(['hello 0', 'beat 10'])
    followers.stop()
  })

  it('ends when the token is revoked', async () => {
    const { followers, add } = bench()
    let isInForce = true
    const office = memoryOffice()
    const { stream } = add({ office: () => (isInForce ? office : undefined) })
    stream.resume()
    isInForce = false
    vi.advanceTimersByTime(5000)
    await once(stream, 'end')
    expect(() => add({ office: () => undefined })).toThrow('not in force')
    followers.stop()
  })

  it('reads no more for a client that does not read, and lets it go in the end', async () => {
    const { followers, add, put, reads } = bench()
    const big = 'x'.repeat(100_000)
    put(...Array.from({ length: 100 }, (_, index) => item(index + 1, big)))
    const { stream } = add({ lastId: '0' })
    await waitFor('what was told', () => stream.writableNeedDrain)
    const closed = once(stream, 'close')
    const { length } = reads
    put(item(101))
    await new Promise((resolve) => setImmediate(resolve))
    expect(reads).toHaveLength(length)
    expect(stream.writableLength + stream.readableLength).toBeLessThan(2_000_000)
    vi.advanceTimersByTime(30_000)
    await closed
    followers.stop()
  })
})

describe('createFollowers of a hub that was restored from a backup', () => {
  /** Backed up at 3, restored twice from that; a second backup, of 5, was restored from since. */
  const RESTORES = [
    { seq: 4, at: 36 },
    { seq: 6, at: 72 },
  ]
  /** What somebody is told who comes with an id. */
  async function told(lastId?: string): Promise<string[]> {
    const { add, put } = bench({ restores: RESTORES })
    put(...[1, 2, 3, 4, 5, 6, 7].map((seq) => item(seq)))
    const { read } = add(lastId === undefined ? {} : { lastId })
    const done = lastId === undefined ? 'hello 7-20' : 'item 7-20'
    await waitFor('the newest', () => read().some((one) => one.startsWith(done)))
    return read().map((one) => one.replace(/ \{(?!"from).*$/, ''))
  }

  it('marks its ids', async () => {
    expect(await told()).toEqual(['hello 7-20'])
  })

  it.each([
    [
      'was told nothing that was undone',
      '3',
      ['hello 3-20', 'item 4-20', 'item 5-20', 'item 6-20', 'item 7-20'],
    ],
    ['has come since the last one', '6-20', ['hello 6-20', 'item 7-20']],
    [
      'has come since the first, and knows what the second has, too',
      '5-10',
      ['hello 5-20', 'item 6-20', 'item 7-20'],
    ],
  ])('tells nobody of a gap who %s', async (_name, lastId, expected) => {
    expect(await told(lastId)).toEqual(expected)
  })

  const gap = (at: number, from: number, to: number) =>
    `gap ${at}-20 {"from":${from},"to":${to},"why":"the hub was restored from a backup: what this program was told since then is not in it any more"}`

  it.each([
    ['of what was undone by the first', '5', 3, 36],
    ['of what was undone, the first of one entry', '5.1', 3, 36],
    ['of more than the hub has now', '999', 3, 36],
    ['of what was undone by the second', '7-10', 5, 72],
    ['of a hub that was restored from an older backup in its turn', '6-zz', 5, 72],
  ])('tells who was told %s, and goes on from there', async (_name, lastId, at, to) => {
    const [hello, first, ...rest] = await told(lastId)
    expect(hello).toBe(`hello ${at}-20`)
    expect(first).toBe(gap(at, at * 1000, to))
    expect(rest).toEqual([4, 5, 6, 7].filter((seq) => seq > at).map((seq) => `item ${seq}-20`))
  })
})
