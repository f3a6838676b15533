import * as fc from 'fast-check'
import { afterEach, expect, it } from 'vitest'
import { commonSpans, mergeSpans, totalOf, withoutSpans } from '../../hub/time/spans.ts'
import type { Span } from '../../hub/time/spans.ts'
import { stopCores } from './bench.ts'
import { contact, dailyBench, familyHome, HOUR, MINUTE } from './daily-bench.ts'

afterEach(stopCores)

const START = Date.UTC(2026, 10, 20, 12)
const HEARD_EVERY = 2 * HOUR

const act = fc.oneof(
  { weight: 12, arbitrary: fc.constant('motion') },
  { weight: 1, arbitrary: fc.constantFrom('offline', 'online', 'hub away', 'dead button', 'dead hall') },
  { weight: 2, arbitrary: fc.constantFrom('alive button', 'alive hall', 'online', 'online') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'fall',
      'close fall real',
      'maintenance on',
      'maintenance off',
      'away on',
      'away off',
    ),
  },
)
const day = fc.array(fc.record({ act, minutes: fc.constantFrom(1, 5, 30, 60, 90, 150) }), {
  minLength: 5,
  maxLength: 30,
})

/** What an onlooker wrote down who knows nothing of how the hub judges. */
interface Log {
  unreachable: Span[]
  heard: number[]
  seen: number[]
  lostAt: number | undefined
  dead: Set<string>
  falls: number
}

/** Why nobody may say "all is well" at this time; nothing: it may be said, or not. */
function whyNotWell(log: Log, now: number): string[] {
  const span = { from: now - 12 * HOUR, to: now }
  const lost = log.lostAt === undefined ? [] : [{ from: log.lostAt, to: now }]
  const out = mergeSpans([...log.unreachable, ...lost])
  const covered = mergeSpans(log.heard.map((at) => ({ from: at, to: at + HEARD_EVERY })))
  const reasons = {
    'it cannot be reached': log.lostAt !== undefined,
    'it could not be reached': totalOf(commonSpans(out, [span])) > 10 * MINUTE,
    // What the home was out of reach for does not count as silence, and that may be ten minutes.
    'its sensors were silent': totalOf(withoutSpans([span], covered)) > 25 * MINUTE,
    'the button is dead': log.dead.has('button'),
    'a fall is open': log.falls > 0,
    'nobody was seen': (log.seen.at(-1) ?? 0) < now - 8 * HOUR - 5 * MINUTE,
  }
  return Object.entries(reasons).flatMap(([reason, isSo]) => (isSo ? [reason] : []))
}

it('never says that all is well where it was not seen to be', async () => {
  let wells = 0
  const reasons = new Set<string>()
  await fc.assert(
    fc.asyncProperty(day, async (acts) => {
      const bench = await dailyBench(START)
      const home = familyHome({ contacts: [contact('anne')] })
      await bench.register({
        ...home,
        sensors: home.sensors
          .filter(({ id }) => id === 'hall' || id === 'button')
          .map((one) => (one.id === 'hall' ? { ...one, heardEvery: HEARD_EVERY } : one)),
      })
      const now = () => bench.bench.core.now()
      const log: Log = {
        unreachable: [],
        heard: [now()],
        seen: [],
        lostAt: undefined,
        dead: new Set(),
        falls: 0,
      }
      let isMine = true
      for (let hour = 0; hour < 13; hour++) {
        await bench.goTo(now() + HOUR)
        await bench.happen('motion')
        log.heard.push(now())
        log.seen.push(now())
      }
      for (const { act: what, minutes } of acts) {
        const [verb, name = ''] = what.split(' ')
        if (what === 'hub away') {
          log.unreachable.push({ from: log.lostAt ?? now(), to: now() + minutes * MINUTE })
          await bench.away(now() + minutes * MINUTE)
          log.lostAt = undefined
        } else if (verb === 'close' && log.falls === 0) {
          continue
        } else await bench.happen(what)
        if (verb === 'motion') log.heard.push(now())
        if (verb === 'motion' && isMine) log.seen.push(now())
        if (verb === 'fall') log.falls = 1
        if (verb === 'close') log.falls = 0
        if (verb === 'dead') log.dead.add(name)
        if (verb === 'alive') log.dead.delete(name)
        if (what === 'alive hall') log.heard.push(now())
        if (verb === 'away' && what !== 'hub away') isMine = name === 'off'
        if (verb === 'offline') log.lostAt ??= now()
        if (verb === 'online' && log.lostAt !== undefined) {
          log.unreachable.push({ from: log.lostAt, to: now() })
          log.lostAt = undefined
        }
        await bench.goTo(now() + minutes * MINUTE)
        const is = bench.bench.core.day('h1')?.is
        const why = whyNotWell(log, now())
        for (const reason of why) reasons.add(reason)
        if (why.length > 0) expect([...why, is]).not.toContain('well')
        if (is === 'well') wells++
      }
    }),
    { numRuns: 80 },
  )
  // Both happened: it would hold of a hub that never says so, and of one that has nothing to hide.
  expect(wells).toBeGreaterThan(20)
  expect(reasons.size).toBe(6)
}, 60_000)
