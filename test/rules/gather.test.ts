import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { home as plainHome, rulesOf } from './bench.ts'
import { createAreaBench, GATHERING, homesIn, MINUTE } from './area-bench.ts'
import type { AreaBench } from './area-bench.ts'

const ids = (...numbers: number[]): string[] => numbers.map((number) => `h${number}`)
const upTo = (count: number): string[] => homesIn('Alta', count).map(({ id }) => id)
/** Until everything that is decided late is decided. */
const LONG = 5 * MINUTE

describe('many homes of one area', () => {
  it('that are silent at once are one finding, ordered by risk, then id', () => {
    const risks = [1, undefined, 3, 2, 3, undefined]
    const homes = homesIn('Vardø', 6).map((home, index) => {
      const risk = risks[index]
      return { ...home, ...(risk !== undefined && { risk }) }
    })
    const bench = createAreaBench(homes)
    bench.link(false, ...upTo(6))
    bench.pass(LONG)
    expect(bench.said()).toEqual(['00:03 gone firing area/Vardø h3 h5 h4 h1 h2 h6'])
    expect(bench.board.get('area/Vardø')).toEqual([
      { home: 'h3', since: expect.any(Number), risk: 3 },
      { home: 'h5', since: expect.any(Number), risk: 3 },
      { home: 'h4', since: expect.any(Number), risk: 2 },
      { home: 'h1', since: expect.any(Number), risk: 1 },
      { home: 'h2', since: expect.any(Number) },
      { home: 'h6', since: expect.any(Number) },
    ])
  })

  it('wait for one another within the time of the rule, and no longer', () => {
    const bench = createAreaBench(homesIn('Alta', 5))
    for (const id of upTo(5)) {
      bench.link(false, id)
      bench.pass(14_000)
    }
    bench.pass(LONG)
    expect(bench.said()).toEqual(['00:03:56 gone firing area/Alta h1 h2 h3 h4 h5'])
  })

  it('fire by themselves at once where they cannot be enough, and after the time where they were not', () => {
    const bench = createAreaBench(homesIn('Alta', 6))
    bench.link(false, ...upTo(4))
    bench.pass(LONG)
    expect(bench.said()).toEqual(ids(1, 2, 3, 4).map((id) => `00:03 gone firing ${id}`))
    const slow = createAreaBench(homesIn('Alta', 5))
    slow.link(false, 'h1')
    slow.pass(2 * MINUTE)
    slow.link(false, ...ids(2, 3, 4, 5))
    slow.pass(MINUTE)
    expect(slow.said()).toEqual([])
    slow.pass(LONG)
    // The first gave the others their minute; they came after it.
    expect(slow.said()).toEqual([
      '00:04 gone firing h1',
      ...ids(2, 3, 4, 5).map((id) => `00:05 gone firing ${id}`),
    ])
  })

  it('are those of that area only; homes without one are an area of their own', () => {
    const bench = createAreaBench([
      ...homesIn('Alta', 4),
      ...homesIn(undefined, 5, 'x'),
      ...homesIn('Vardø', 2, 'v'),
    ])
    bench.link(false, ...upTo(4), 'v1', 'v2', 'x1', 'x2', 'x3', 'x4', 'x5')
    bench.pass(LONG)
    expect(bench.said()).toEqual([
      ...ids(1, 2, 3, 4).map((id) => `00:03 gone firing ${id}`),
      '00:03 gone firing v1',
      '00:03 gone firing v2',
      '00:03 gone firing area/ x1 x2 x3 x4 x5',
    ])
  })

  it('do not count what was silent long before: one more is one more', () => {
    const bench = createAreaBench(homesIn('Alta', 9))
    for (const id of upTo(8)) {
      bench.link(false, id)
      bench.pass(10 * MINUTE)
    }
    bench.said()
    bench.link(false, 'h9')
    bench.pass(LONG)
    expect(bench.said()).toEqual(['01:23 gone firing h9'])
  })

  it('leave what fired before as it is', () => {
    const bench = createAreaBench(homesIn('Alta', 6))
    bench.link(false, 'h1')
    bench.pass(10 * MINUTE)
    bench.link(false, ...ids(2, 3, 4, 5, 6))
    bench.pass(LONG)
    expect(bench.said()).toEqual(['00:03 gone firing h1', '00:13 gone firing area/Alta h2 h3 h4 h5 h6'])
  })
})

describe('the list of an area', () => {
  function outage(count = 8): AreaBench {
    const bench = createAreaBench(homesIn('Alta', count))
    bench.link(false, ...upTo(6))
    bench.pass(LONG)
    bench.said()
    return bench
  }
  const listed = (bench: AreaBench): string[] => {
    const list = bench.board.get('area/Alta')
    return list === undefined || list === 'home' ? [] : list.map((one) => one.home)
  }

  it('is kept up to date without saying anything: homes that come back and that follow', () => {
    const bench = outage()
    bench.link(true, 'h2')
    bench.link(false, 'h7')
    bench.pass(LONG)
    expect(listed(bench)).toEqual(ids(1, 3, 4, 5, 6, 7))
    expect(bench.said()).toEqual([])
    expect(bench.refreshed.at(-1)?.detail.most).toBe(6)
  })

  it('is told once for many changes within seconds', () => {
    const bench = createAreaBench(homesIn('Alta', 300))
    bench.link(false, ...upTo(300))
    bench.pass(LONG)
    for (const id of upTo(200)) {
      bench.link(true, id)
      bench.pass(20)
    }
    bench.pass(LONG)
    expect(bench.refreshed).toHaveLength(1)
    expect(listed(bench)).toHaveLength(100)
  })

  it('ends when fewer than half of the number are left, which then speak for themselves', () => {
    const bench = outage()
    bench.link(true, ...ids(1, 2, 3))
    bench.pass(LONG)
    expect(bench.said()).toEqual([])
    bench.link(true, 'h4')
    bench.pass(4999)
    expect(bench.said()).toEqual([])
    bench.pass(1)
    expect(bench.said()).toEqual([
      '00:10:05 gone cleared area/Alta h5 h6',
      '00:10:05 gone firing h5',
      '00:10:05 gone firing h6',
    ])
    bench.link(true, 'h5', 'h6')
    expect(bench.said()).toEqual(['00:10:05 gone cleared h5', '00:10:05 gone cleared h6'])
    expect([...bench.disk.keys()].filter((key) => !/^(gateway|watched)/.test(key))).toEqual([])
  })

  it('takes no home that follows long after the others: it speaks for itself', () => {
    const bench = outage()
    bench.pass(20 * MINUTE)
    bench.link(false, 'h7')
    bench.pass(LONG)
    expect(bench.said()).toEqual(['00:28 gone firing h7'])
  })

  it('says again when a further wave of homes joins long after', () => {
    const bench = outage(12)
    bench.pass(20 * MINUTE)
    bench.link(false, ...ids(7, 8, 9, 10, 11))
    bench.pass(LONG)
    expect(bench.said()).toEqual(['00:28 gone again area/Alta h1 h10 h11 h2 h3 h4 h5 h6 h7 h8 h9'])
  })

  it('says again when a home joins after a human resolved the alert', () => {
    const bench = outage()
    bench.resolve('area/Alta')
    bench.link(true, 'h1')
    bench.pass(MINUTE)
    expect(bench.said()).toEqual([])
    bench.restart()
    bench.link(false, 'h7')
    bench.pass(LONG)
    expect(bench.said()).toEqual(['00:09 gone again area/Alta h2 h3 h4 h5 h6 h7'])
    bench.link(false, 'h8')
    bench.pass(LONG)
    expect(bench.said()).toEqual([])
  })

  it('loses a home that moves to another area, where it is decided anew', () => {
    const bench = outage()
    const [moved] = homesIn('Vardø', 1)
    if (moved) bench.register(moved)
    bench.pass(LONG)
    expect(bench.said()).toEqual(['00:05 gone firing h1'])
    expect(listed(bench)).toEqual(ids(2, 3, 4, 5, 6))
  })

  it('is ordered anew when the register changes a risk', () => {
    const bench = outage()
    const sixth = homesIn('Alta', 6).at(-1)
    if (sixth) bench.register({ ...sixth, risk: 3 })
    bench.pass(LONG)
    expect(listed(bench)).toEqual(ids(6, 1, 2, 3, 4, 5))
  })

  it('loses a home for which the rule does not count any more', () => {
    const rules = rulesOf(
      GATHERING.replace('resolve: auto', 'resolve: auto\n    except: { mode: maintenance }'),
    )
    const bench = createAreaBench(homesIn('Alta', 6), rules)
    bench.link(false, ...upTo(6))
    bench.pass(LONG)
    bench.mode('h2', 'maintenance', true)
    bench.pass(LONG)
    expect(listed(bench)).toEqual(ids(1, 3, 4, 5, 6))
  })

  it('is forgotten with a rule that means something else, and begins anew; a better title changes nothing', () => {
    const bench = outage()
    bench.use(rulesOf(GATHERING.replace('title: Many', 'title: { en: Very many }')))
    bench.pass(LONG)
    expect(bench.said()).toEqual([])
    bench.use(rulesOf(GATHERING.replace('from: 5', 'from: 7')))
    bench.pass(LONG)
    expect(bench.said()).toEqual(ids(1, 2, 3, 4, 5, 6).map((id) => `00:13 gone firing ${id}`))
  })
})

describe('a rule that is muted by one that gathers', () => {
  it('stays so while the area speaks for the home', () => {
    const muted = `
  - { id: away, title: L, category: technical, severity: low, on: availability, when: value == "offline", for: 4m, muted: { by: gone } }
`
    const bench = createAreaBench(homesIn('Alta', 6), rulesOf(GATHERING + muted))
    bench.link(false, ...upTo(6))
    bench.pass(LONG)
    bench.link(true, ...upTo(6))
    bench.pass(LONG)
    expect(bench.said()).toEqual([
      '00:03 gone firing area/Alta h1 h2 h3 h4 h5 h6',
      '00:05:05 gone cleared area/Alta',
    ])
  })
})

describe('a hub that starts again', () => {
  it('does not flood: of 500 homes those that stay away are one finding for each area', () => {
    const homes = [...homesIn('Alta', 300), ...homesIn('Vardø', 150, 'v'), ...homesIn(undefined, 50, 'x')]
    const bench = createAreaBench(homes)
    bench.pass(MINUTE)
    bench.restart(20 * MINUTE)
    bench.pass(30_000)
    const gone = new Set([...upTo(7), 'v1', 'v2', 'x1'])
    // They connect again one by one, over five minutes.
    for (const { id } of homes) {
      if (!gone.has(id)) bench.link(true, id)
      bench.pass(600)
    }
    bench.pass(LONG)
    const said = bench.said()
    expect(said.filter((line) => line.includes('firing')).length).toBeLessThanOrEqual(3 + gone.size)
    expect(said.filter((line) => line.includes('again'))).toEqual([])
    expect([...bench.board.keys()].toSorted()).toEqual(['area/Alta', 'v1', 'v2', 'x1'])
    expect(bench.board.get('area/Alta')).toMatchObject(upTo(7).map((id) => ({ home: id })))
  })

  it('says nothing where all are back in time', () => {
    const bench = createAreaBench(homesIn('Alta', 500))
    bench.restart(20 * MINUTE)
    bench.pass(2.9 * MINUTE)
    bench.link(true, ...upTo(500))
    bench.pass(LONG)
    expect(bench.said()).toEqual([])
  })

  it('goes on with the outage that it was in', () => {
    const bench = createAreaBench(homesIn('Alta', 20))
    bench.link(false, ...upTo(8))
    bench.pass(LONG)
    bench.said()
    bench.restart(10 * MINUTE)
    bench.pass(MINUTE)
    bench.link(true, ...upTo(20).slice(6))
    bench.pass(LONG)
    expect(bench.said()).toEqual([])
    expect(bench.board.get('area/Alta')).toHaveLength(6)
  })
})

type Act =
  | { readonly act: 'link'; readonly online: boolean; readonly homes: readonly number[] }
  | { readonly act: 'move'; readonly home: number; readonly area: string | undefined; readonly risk: number }
  | { readonly act: 'away'; readonly minutes: number }
  | { readonly act: 'rules'; readonly from: number }
  | { readonly act: 'resolve'; readonly area: string }

const COUNT = 12
const home = fc.integer({ min: 1, max: COUNT })
const story = fc.array(
  fc.record({
    wait: fc.constantFrom(0, 0, 1, 20, 60, 150, 180, 185, 900),
    restarts: fc.boolean(),
    act: fc.oneof(
      {
        weight: 8,
        arbitrary: fc.record({
          act: fc.constant('link' as const),
          online: fc.boolean(),
          homes: fc.uniqueArray(home, { minLength: 1, maxLength: COUNT }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          act: fc.constant('move' as const),
          home,
          area: fc.constantFrom('Alta', 'Vardø', undefined),
          risk: fc.integer({ min: 1, max: 3 }),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ act: fc.constant('away' as const), minutes: fc.constantFrom(1, 10) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({ act: fc.constant('rules' as const), from: fc.constantFrom(3, 5) }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          act: fc.constant('resolve' as const),
          area: fc.constantFrom('Alta', 'Vardø', ''),
        }),
      },
    ) as fc.Arbitrary<Act>,
  }),
  { minLength: 1, maxLength: 40 },
)
type Story = typeof story extends fc.Arbitrary<infer S> ? S : never

const HOMES = [...homesIn('Alta', 8), ...homesIn('Vardø', COUNT).slice(8)]

/** @returns the bench, and the homes that are silent at the end, for longer than any rule waits */
function play(
  acts: Story,
  how: { restarts?: boolean; reversed?: boolean; resolves?: boolean } = {},
): { bench: AreaBench; offline: ReadonlySet<string> } {
  const order = <T>(list: readonly T[]): readonly T[] => (how.reversed ? list.toReversed() : list)
  const bench = createAreaBench(order(HOMES))
  const offline = new Set<string>()
  for (const { wait, act, restarts } of acts) {
    bench.pass(wait * 1000)
    if (how.restarts && restarts) bench.restart()
    if (act.act === 'link') {
      for (const id of ids(...order(act.homes))) {
        bench.link(act.online, id)
        if (act.online) offline.delete(id)
        else offline.add(id)
      }
    } else if (act.act === 'move') {
      const { area: _, ...rest } = HOMES[act.home - 1] ?? plainHome()
      bench.register({ ...rest, risk: act.risk, ...(act.area !== undefined && { area: act.area }) })
    } else if (act.act === 'away') {
      bench.restart(act.minutes * MINUTE)
      for (const { id } of HOMES) offline.add(id)
    } else if (act.act === 'rules') {
      bench.use(rulesOf(GATHERING.replace('from: 5', `from: ${act.from}`)))
    } else if (how.resolves !== false) bench.resolve(`area/${act.area}`)
  }
  bench.pass(20 * MINUTE)
  return { bench, offline }
}

describe('gathering', () => {
  it('swallows nothing: each home that is silent at the end stands on the board, once, and no other', () => {
    fc.assert(
      fc.property(story, (acts) => {
        // A rule that changes leaves its open alerts open: not here.
        const { bench, offline } = play(
          acts.filter(({ act }) => act.act !== 'rules'),
          { resolves: false },
        )
        const shown = [...bench.board].flatMap(([scope, list]) =>
          list === 'home' ? [scope] : list.map((one) => one.home),
        )
        expect(shown.toSorted()).toEqual([...offline].toSorted())
      }),
      { numRuns: 150 },
    )
  })

  it('is the same over a restart anywhere, to the byte', () => {
    fc.assert(
      fc.property(story, (acts) => {
        const plain = play(acts).bench
        const restarted = play(acts, { restarts: true }).bench
        expect(restarted.said()).toEqual(plain.said())
        expect(restarted.refreshed).toEqual(plain.refreshed)
        expect([...restarted.disk].toSorted()).toEqual([...plain.disk].toSorted())
      }),
      { numRuns: 150 },
    )
  })

  it('does not depend on the order of the homes', () => {
    fc.assert(
      fc.property(story, (acts) => {
        const plain = play(acts).bench
        const reversed = play(acts, { reversed: true }).bench
        // Homes that come back at one moment are said in the order in which they did.
        expect(reversed.said().toSorted()).toEqual(plain.said().toSorted())
        expect(reversed.refreshed).toEqual(plain.refreshed)
      }),
      { numRuns: 100 },
    )
  })
})
