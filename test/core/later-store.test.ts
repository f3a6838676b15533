import { afterEach, describe, expect, it, vi } from 'vitest'
import { createCore } from '../../hub/core/create-core.ts'
import type { Outcome } from '../../hub/core/core.ts'
import type { Batch } from '../../hub/core/store.ts'
import type { ReadingInput } from '../../hub/model/input.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { createManualClock, home, START } from './bench.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  vi.useRealTimers()
  for (const stop of stops.splice(0)) await stop()
})

/** A disk that writes when it is told to. */
async function open() {
  const memory = createMemoryStore()
  const orders: { batch: Batch; fulfil: () => void; reject: (error: Error) => void }[] = []
  const alive: (() => void)[] = []
  const failures: Error[] = []
  const core = createCore({
    store: {
      ...memory,
      later: {
        commit: (batch) =>
          new Promise((fulfil, reject) => {
            orders.push({
              batch,
              fulfil() {
                memory.commit(batch)
                fulfil()
              },
              reject,
            })
          }),
        noteAlive: () => new Promise((fulfil) => alive.push(fulfil)),
      },
    },
    clock: createManualClock(),
    onFailure: (error) => failures.push(error),
  })
  stops.push(() => core.stop())
  const registered = core.take({ type: 'home', home: home() })
  await turn()
  orders.shift()?.fulfil()
  await registered
  const said: string[] = []
  const submit = (name: string, input: ReadingInput): void => {
    core.submit([input], (error, outcomes) => said.push(`${name}: ${error ? 'error' : wordOf(outcomes)}`))
  }
  return { core, memory, orders, alive, failures, said, submit }
}

function wordOf([outcome]: readonly Outcome[]): string {
  return outcome?.taken === false ? outcome.why : 'taken'
}

/** All that was submitted is applied, and all that was told has been heard. */
function turn(): Promise<void> {
  return new Promise((fulfil) => setImmediate(() => setImmediate(fulfil)))
}

function says(packetId: number, dup = false): ReadingInput {
  return {
    type: 'reading',
    reading: { home: 'h1', sensor: 'a', kind: 'door', value: 'open', at: START, receivedAt: START },
    packet: { client: 'gw/a', packetId, dup, inputs: 1, digest: 1 },
  }
}

describe('createCore, on a store that writes beside it', () => {
  it('answers when it is on disk, and takes what comes meanwhile together', async () => {
    const { memory, orders, said, submit } = await open()
    submit('one', says(1))
    await turn()
    submit('two', says(2))
    await turn()
    submit('three', says(3))
    await turn()
    expect(said).toEqual([])
    expect(orders.map(({ batch }) => batch.applied.length)).toEqual([1])
    orders.shift()?.fulfil()
    await turn()
    expect(said).toEqual(['one: taken'])
    expect(orders.map(({ batch }) => batch.applied.length)).toEqual([2])
    expect(memory.journal()).toHaveLength(2)
    orders.shift()?.fulfil()
    await turn()
    expect(said).toEqual(['one: taken', 'two: taken', 'three: taken'])
    expect(memory.journal()).toHaveLength(4)
  })

  it('has what gathered on its way to the disk before it answers, and answers in the order of what came', async () => {
    const { core, orders, said } = await open()
    const submit = (name: string, input: ReadingInput): void => {
      core.submit([input], () => said.push(`${name}, ${orders.length} under way`))
    }
    submit('one', says(1))
    await turn()
    submit('two', says(2))
    await turn()
    orders.shift()?.fulfil()
    await turn()
    expect(said).toEqual(['one, 1 under way'])
    // It leaves no entry, so that it waits for no disk: but for those before it.
    core.submit([], () => said.push('nothing'))
    await turn()
    orders.shift()?.fulfil()
    await turn()
    expect(said).toEqual(['one, 1 under way', 'two, 0 under way', 'nothing'])
  })

  it('answers a packet that comes again only when the first is on disk', async () => {
    const { orders, said, submit } = await open()
    submit('first', says(1))
    submit('again', says(1, true))
    await turn()
    submit('once more', says(1, true))
    await turn()
    expect(said).toEqual([])
    orders.shift()?.fulfil()
    await turn()
    expect(said).toEqual(['first: taken', 'again: duplicate', 'once more: duplicate'])
  })

  it('tells followers of a commit after who sent it', async () => {
    const { core, orders, said, submit } = await open()
    core.onCommit(({ entries }) => said.push(`commit of ${entries.length}`))
    submit('one', says(1))
    await turn()
    expect(said).toEqual([])
    orders.shift()?.fulfil()
    await turn()
    expect(said).toEqual(['one: taken', 'commit of 1'])
  })

  it('applies what people say when nothing is under way, and has it on disk at once', async () => {
    const { core, memory, orders, said, submit } = await open()
    submit('one', says(1))
    await turn()
    submit('two', says(2))
    await turn()
    void core.take({ type: 'home', home: home({ id: 'h2' }) }).then(() => said.push('home'))
    submit('three', says(3))
    await turn()
    expect(core.home('h2')).toBeUndefined()
    expect(said).toEqual([])
    orders.shift()?.fulfil()
    // As soon as it is known here it is known in the database.
    await turn()
    expect(core.home('h2')).toBeDefined()
    expect(memory.load().homes.map(({ id }) => id)).toEqual(['h1', 'h2'])
    expect(said).toEqual(['one: taken', 'two: taken', 'three: taken', 'home'])
    expect(orders).toEqual([])
  })

  it('fails everybody who waits when it cannot write, and takes nothing more', async () => {
    const { orders, failures, said, submit } = await open()
    submit('under way', says(1))
    await turn()
    submit('gathered', says(2))
    await turn()
    submit('waiting', says(3))
    orders.shift()?.reject(new Error('disk I/O error'))
    await turn()
    submit('late', says(4))
    expect(said).toEqual(['under way: error', 'gathered: error', 'waiting: error', 'late: error'])
    expect(failures.map(({ message }) => message)).toEqual([expect.stringContaining('disk I/O error')])
    expect(orders).toEqual([])
  })

  it('fails once, also when an answer to what was written finds the disk failing', async () => {
    const { core, memory, orders, failures, said, submit } = await open()
    core.submit([says(1)], (error) => {
      said.push(error ? 'one: error' : 'one: taken')
      core.fail(new Error('disk I/O error'))
    })
    await turn()
    submit('two', says(2))
    // What people say is written at once, before the first is answered.
    core.submit([{ type: 'home', home: home() }], (error) => said.push(error ? 'home: error' : 'home: taken'))
    await turn()
    orders.shift()?.fulfil()
    memory.failWith(new Error('disk I/O error'))
    await turn()
    expect(failures).toHaveLength(1)
    expect(said).toEqual(['one: taken', 'two: error', 'home: error'])
  })

  it('answers nobody again when somebody else found the disk failing, and what was under way is written', async () => {
    const { core, orders, failures, said, submit } = await open()
    const commits: number[] = []
    core.onCommit(({ entries }) => commits.push(entries.length))
    submit('under way', says(1))
    await turn()
    core.fail(new Error('disk I/O error'))
    orders.shift()?.fulfil()
    await turn()
    expect(said).toEqual(['under way: error'])
    expect(failures).toHaveLength(1)
    expect(commits).toEqual([])
  })

  it('has all on disk when it has stopped', async () => {
    const { core, memory, orders, said, submit } = await open()
    submit('under way', says(1))
    await turn()
    submit('waiting', says(2))
    let isStopped = false
    const stopped = core.stop().then(() => (isStopped = true))
    await turn()
    expect(isStopped).toBe(false)
    orders.shift()?.fulfil()
    await turn()
    expect(isStopped).toBe(false)
    orders.shift()?.fulfil()
    await stopped
    expect(said).toEqual(['under way: taken', 'waiting: taken'])
    expect(memory.journal()).toHaveLength(3)
  })

  it('writes nothing at once while it is being noted that the hub is alive', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const { core, memory, orders, alive, said, submit } = await open()
    const { commits } = memory
    vi.advanceTimersByTime(10_000)
    expect(alive).toHaveLength(1)
    void core.take({ type: 'home', home: home({ id: 'h2' }) }).then(() => said.push('home'))
    await turn()
    expect(memory.commits).toBe(commits)
    expect(core.home('h2')).toBeUndefined()
    alive.shift()?.()
    await turn()
    expect(said).toEqual(['home'])
    expect(memory.commits).toBe(commits + 1)
    // And the other way round: it is noted after what is under way.
    submit('one', says(1))
    await turn()
    vi.advanceTimersByTime(10_000)
    expect(alive).toHaveLength(0)
    orders.shift()?.fulfil()
    await turn()
    expect(alive).toHaveLength(1)
    alive.shift()?.()
  })

  it('tries again what the database was too busy for, and ends only when it stays so', async () => {
    const { core, memory, orders, failures, said, submit } = await open()
    const busy = Object.assign(new Error('database is locked'), { errcode: 5 })
    memory.failWith(busy)
    const taken = core.take({ type: 'home', home: home({ id: 'h2' }) })
    await turn()
    submit('meanwhile', says(1))
    await turn()
    expect(orders).toEqual([])
    memory.failWith(undefined)
    expect(await taken).toMatchObject({ taken: true })
    expect(failures).toEqual([])
    await turn()
    orders.shift()?.fulfil()
    await turn()
    expect(said).toEqual(['meanwhile: taken'])
    expect(memory.load().homes.map(({ id }) => id)).toEqual(['h1', 'h2'])
    memory.failWith(busy)
    await expect(core.take({ type: 'home', home: home({ id: 'h3' }) })).rejects.toThrow('database is locked')
    expect(failures).toHaveLength(1)
  })
})
