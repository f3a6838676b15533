import { expect, test } from 'vitest'
import type { HistoryWriter, WriteResult } from '../../hub/history/follower.ts'
import type { Point } from '../../hub/history/points.ts'
import { createSampler } from '../../hub/history/sampler.ts'
import type { SamplerOptions } from '../../hub/history/sampler.ts'
import { virtualClock } from './virtual-clock.ts'

const EVERY = 10_000
const UP: WriteResult = { ok: true, refused: [] }
const AWAY: WriteResult = { ok: false, retry: true, error: 'refused' }

/** A sampler that takes two points a turn, each with the number of its turn. */
function start(more: Partial<SamplerOptions> = {}) {
  const clock = virtualClock()
  const said: string[] = []
  const kept: number[] = []
  let turn = 0
  const server: { answer: () => WriteResult | Promise<WriteResult>; writes: number } = {
    answer: () => UP,
    writes: 0,
  }
  const writer: HistoryWriter = {
    async write(points) {
      server.writes++
      const result = await server.answer()
      if (result.ok) kept.push(...points.map(({ fields }) => Number(fields['turn'])))
      return result
    },
  }
  const take = async () => {
    turn++
    return [1, 2].map(() => pointOf(turn))
  }
  const log = {
    info: (_: object, message: string) => said.push(message),
    warn: (_: object, message: string) => said.push(message),
  }
  const sampler = createSampler({ take, every: EVERY, writer, clock, random: () => 1, log, ...more })
  sampler.start()
  return { clock, said, kept, server, sampler }
}

function pointOf(turn: number): Point {
  return { measurement: 'hub', tags: {}, fields: { turn }, time: String(turn), seq: 0 }
}

test('takes at once and then every so often, and writes what it takes', async () => {
  const { clock, kept, sampler } = start()
  await clock.pass(2 * EVERY)
  expect(kept).toEqual([1, 1, 2, 2, 3, 3])
  expect(sampler.counts()).toEqual({ waiting: 0, written: 6, dropped: 0, refused: 0 })
})

test('goes on through an outage, and writes all when it is over, oldest first; says both once', async () => {
  const { clock, kept, server, sampler, said } = start()
  server.answer = () => AWAY
  await clock.pass(6 * EVERY)
  expect(sampler.counts()).toMatchObject({ waiting: 14, written: 0, dropped: 0 })
  const asked = server.writes
  // Not at every turn: it is tried less and less often.
  expect(asked).toBeLessThan(7)
  server.answer = () => UP
  await clock.pass(13 * EVERY)
  expect(kept).toEqual(Array.from({ length: 20 }, (_, index) => [index + 1, index + 1]).flat())
  expect(sampler.counts()).toMatchObject({ waiting: 0, written: 40 })
  expect(said).toEqual([
    'samples for the history are not written; trying again',
    'samples for the history are written again',
  ])
})

test('a writer that throws is one that is away: nothing ends for it, and nothing is lost', async () => {
  const { clock, kept, server, sampler, said } = start()
  server.answer = () => {
    throw new Error('an answer that nobody thought of')
  }
  await clock.pass(EVERY)
  expect(sampler.counts()).toMatchObject({ waiting: 4, written: 0 })
  server.answer = () => UP
  await clock.pass(3 * EVERY)
  expect(kept).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5])
  expect(said[0]).toBe('samples for the history are not written; trying again')
})

test('of an outage that is too long the newest are kept, and what is given up is counted', async () => {
  const { clock, kept, server, sampler } = start({ most: 6 })
  server.answer = () => AWAY
  await clock.pass(9 * EVERY)
  expect(sampler.counts()).toEqual({ waiting: 6, written: 0, dropped: 14, refused: 0 })
  server.answer = () => UP
  await clock.pass(20 * EVERY)
  expect(kept[0]).toBeGreaterThanOrEqual(8)
  const { written, dropped } = sampler.counts()
  expect(written + dropped).toBe(2 * 30)
})

test('what waits with a write under way is no more than the most either', async () => {
  const { clock, server, sampler } = start({ most: 6 })
  const writing = Promise.withResolvers<WriteResult>()
  server.answer = () => writing.promise
  await clock.pass(9 * EVERY)
  // The write under way has the two of the first turn.
  expect(sampler.counts()).toMatchObject({ waiting: 6, dropped: 14 })
  writing.resolve(AWAY)
  await clock.pass(0)
  expect(sampler.counts()).toMatchObject({ waiting: 6, dropped: 14 })
})

test('points that InfluxDB does not take are counted and said once for each reason', async () => {
  const { clock, server, sampler, said } = start()
  server.answer = () => ({ ok: true, refused: [{ seq: 0, reason: 'field type conflict' }] })
  await clock.pass(3 * EVERY)
  expect(sampler.counts()).toEqual({ waiting: 0, written: 4, dropped: 0, refused: 4 })
  expect(said).toHaveLength(1)
})

test('samples that cannot be taken are said once, and the next are taken', async () => {
  let turn = 0
  const { clock, kept, said } = start({
    take: async () => {
      if (++turn < 4) throw new Error('no such home')
      return [pointOf(turn)]
    },
  })
  await clock.pass(3 * EVERY)
  expect(kept).toEqual([4])
  expect(said).toEqual(['samples for the history cannot be taken'])
})

test('a turn is left out while the one before is still being taken', async () => {
  let turns = 0
  const taken = Promise.withResolvers<readonly Point[]>()
  const { clock, kept } = start({
    take: () => (turns++ === 0 ? taken.promise : Promise.resolve([pointOf(turns)])),
  })
  await clock.pass(5 * EVERY)
  expect(turns).toBe(1)
  taken.resolve([pointOf(1)])
  await clock.pass(EVERY)
  expect(kept).toEqual([1, 2])
})

test('stop waits for the write under way, but not for ever; nothing is taken or written after it', async () => {
  const { clock, server, sampler } = start()
  const writing = Promise.withResolvers<WriteResult>()
  server.answer = () => writing.promise
  await clock.pass(0)
  const stopped = sampler.stop()
  await clock.pass(2000)
  await stopped
  writing.resolve(UP)
  await clock.pass(5 * EVERY)
  expect(server.writes).toBe(1)
})
