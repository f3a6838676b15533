import * as fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import type { Alert } from '../../hub/model/alert.ts'
import type { ContactFacts } from '../../hub/model/home.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import type { MemoryStore } from '../helpers/memory-store.ts'
import { createManualClock, home, RULES, START, startCore, stopCores } from './bench.ts'
import type { CoreBench } from './bench.ts'

afterEach(stopCores)

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const FAMILY: readonly ContactFacts[] = [
  { id: 'anne', language: 'nb', order: 1 },
  { id: 'berit', language: 'nb', order: 2, role: 'neighbour' },
]
const OLA: ContactFacts = { id: 'ola', language: 'nb', order: 1, role: 'installer' }

interface Site {
  readonly bench: CoreBench
  readonly store: MemoryStore
}

async function site(contacts: readonly ContactFacts[] = [...FAMILY, OLA]): Promise<Site> {
  const store = createMemoryStore()
  const bench = await startCore(store)
  await bench.take({ type: 'home', home: home({ contacts }) })
  return { bench, store }
}

function maintenance(bench: CoreBench, on: boolean) {
  return bench.take({ type: 'mode', home: 'h1', mode: 'maintenance', on, by: 'operator:ola', via: 'cli' })
}

const fall = (bench: CoreBench) => bench.say('a', 'fall', 'detected')

/** Everything that was to be sent: to whom, what, and whether it says that it is a test. */
function sent({ store }: Site): string[] {
  return store
    .notifications()
    .toSorted((a, b) => a.queuedAt - b.queuedAt || (a.step ?? 0) - (b.step ?? 0))
    .map(
      (one) =>
        `${one.contact} ${one.template}${one.test ? ' test' : ''}${one.state === 'cancelled' ? ' cancelled' : ''}`,
    )
}

describe('an alert in maintenance', () => {
  it('is raised, marked as a test, and told to the installers alone, round after round', async () => {
    const place = await site()
    await maintenance(place.bench, true)
    await fall(place.bench)
    expect(place.bench.alert('fall')).toMatchObject({ test: true, severity: 'high', handling: 'new' })
    await place.bench.pass(10 * MINUTE)
    expect(sent(place)).toEqual(['ola alert test cancelled', 'ola alert test'])
    expect(place.store.events().map(({ what, test }) => [what, test])).toContainEqual(['raised', true])
  })

  it('is for the board alone where the home has no installer', async () => {
    const place = await site(FAMILY)
    await maintenance(place.bench, true)
    await fall(place.bench)
    expect(place.bench.alert('fall')).toMatchObject({ test: true, handling: 'new' })
    expect(place.bench.alert('fall')).not.toHaveProperty('nextStepAt')
    expect(sent(place)).toEqual([])
  })

  it('waits for no shift of a rota where the home has no installer: nobody would be told then', async () => {
    const place = await site(FAMILY)
    const text = `policies:
  - id: p
    use: { category: [safety], severity: [high] }
    steps: [{ to: { oncall: night }, wait: 2m }]
    repeat: { every: 10m }
rotas: [{ id: night, timezone: UTC, shifts: [{ days: [daily], from: "22:00", to: "07:00", who: [siv] }] }]
`
    await place.bench.take({ type: 'rules', files: [...RULES, { name: 'policies/p.yaml', text }] })
    await maintenance(place.bench, true)
    await fall(place.bench)
    expect(place.bench.alert('fall')).not.toHaveProperty('nextStepAt')
  })

  it('is no test when it was observed before, however late it comes', async () => {
    const place = await site()
    const before = place.bench.core.now()
    await place.bench.pass(MINUTE)
    await maintenance(place.bench, true)
    await place.bench.say('a', 'fall', 'detected', { at: before })
    expect(place.bench.alert('fall')).not.toHaveProperty('test')
    expect(sent(place)).toEqual(['anne alert'])
  })

  it('that was open and unanswered before stays real, and its contacts go on being told', async () => {
    const place = await site()
    await fall(place.bench)
    await maintenance(place.bench, true)
    await fall(place.bench)
    await place.bench.pass(2 * MINUTE)
    expect(place.bench.alert('fall')).not.toHaveProperty('test')
    expect(sent(place)).toEqual(['anne alert', 'berit alert'])
  })

  it('that somebody had taken is reopened as a test; its family learns nothing of who takes that', async () => {
    const place = await site()
    await fall(place.bench)
    const { id } = place.bench.alert('fall')
    const [message] = place.store.notifications()
    await place.bench.take({ type: 'delivery', notification: message?.id ?? '', to: 'delivered' })
    await place.bench.take({ type: 'acknowledge', alert: id, by: 'operator:siv', via: 'console' })
    await maintenance(place.bench, true)
    await place.bench.pass(MINUTE)
    await fall(place.bench)
    expect(place.bench.alert('fall')).toMatchObject({ test: true, handling: 'new', count: 2 })
    await place.bench.take({
      type: 'answer',
      home: 'h1',
      contact: 'ola',
      action: 'accept',
      code: place.bench.alert('fall').code,
    })
    expect(place.bench.alert('fall')).toMatchObject({ test: true, handledBy: 'contact:ola' })
    expect(sent(place)).toEqual(['anne alert', 'anne taken', 'ola alert test cancelled', 'ola receipt test'])
  })
})

describe('maintenance that ends', () => {
  const said = ({ bench }: Site) =>
    bench.core.openAlerts().filter(({ rule }) => rule === 'hub-maintenance-over')

  it('by itself says so on the board, low, by the clock of the home, and counts what nobody answered', async () => {
    const place = await site()
    await maintenance(place.bench, true)
    await fall(place.bench)
    await place.bench.pass(4 * HOUR - 1)
    expect(said(place)).toEqual([])
    await place.bench.pass(1)
    expect(said(place)).toMatchObject([
      {
        home: 'h1',
        severity: 'low',
        category: 'technical',
        detail: { reason: expect.stringMatching(/\d\d:\d\d$/) },
      },
    ])
    expect(place.bench.alert('fall')).not.toHaveProperty('test')
  })

  it('by hand says nothing, and begun anew that it had ended is over', async () => {
    const place = await site()
    await maintenance(place.bench, true)
    await maintenance(place.bench, false)
    await place.bench.pass(5 * HOUR)
    expect(said(place)).toEqual([])
    await maintenance(place.bench, true)
    await place.bench.pass(4 * HOUR)
    expect(said(place)).toHaveLength(1)
    await maintenance(place.bench, true)
    expect(said(place)).toEqual([])
  })

  it('while the hub is away says so when it is back, once', async () => {
    const place = await site()
    await maintenance(place.bench, true)
    stopCores()
    const bench = await startCore(place.store, createManualClock(place.bench.core.now() + 6 * HOUR))
    await bench.pass(1000)
    expect(bench.core.modes('h1')).toEqual([])
    const over = () => bench.core.openAlerts().filter(({ rule }) => rule === 'hub-maintenance-over')
    expect(over()).toMatchObject([{ count: 1 }])
    await bench.pass(5 * HOUR)
    expect(over()).toMatchObject([{ count: 1 }])
  })
})

describe('an alert outside maintenance', () => {
  it('is not told to installers', async () => {
    const place = await site()
    await fall(place.bench)
    for (let round = 0; round < 4; round++) await place.bench.pass(10 * MINUTE)
    expect(sent(place).length).toBeGreaterThan(3)
    expect(sent(place).join()).not.toContain('ola')
  })

  it('that fires again after a test was taken is real', async () => {
    const place = await site()
    await maintenance(place.bench, true)
    await fall(place.bench)
    await place.bench.take({
      type: 'acknowledge',
      alert: place.bench.alert('fall').id,
      by: 'contact:ola',
      via: 'sms',
    })
    await maintenance(place.bench, false)
    expect(place.bench.alert('fall')).toMatchObject({ test: true, handling: 'acknowledged' })
    await place.bench.pass(MINUTE)
    await fall(place.bench)
    expect(place.bench.alert('fall')).toMatchObject({ handling: 'new', count: 2 })
    expect(place.bench.alert('fall')).not.toHaveProperty('test')
    expect(sent(place).at(-1)).toBe('anne alert')
  })
})

describe('the end of maintenance', () => {
  it.each([
    ['by hand', (bench: CoreBench) => maintenance(bench, false)],
    ['by itself after 4 h', (bench: CoreBench) => bench.pass(4 * HOUR)],
  ])('%s makes what nobody has answered real, and tells the contacts at once', async (_name, end) => {
    const place = await site()
    await maintenance(place.bench, true)
    await fall(place.bench)
    const raised = place.bench.alert('fall')
    await end(place.bench)
    const alert = place.bench.alert('fall')
    expect(alert).toMatchObject({
      id: raised.id,
      code: raised.code,
      raisedAt: raised.raisedAt,
      handling: 'new',
    })
    expect(alert).not.toHaveProperty('test')
    expect(sent(place)).toContain('anne alert')
    await place.bench.pass(2 * MINUTE)
    expect(sent(place).at(-1)).toBe('berit alert')
    // The words of before said that it was a test: they are not sent any more.
    expect(place.store.notifications().filter((one) => one.test && one.state === 'queued')).toEqual([])
    expect(place.store.events().filter(({ what }) => what === 'counted')).toMatchObject([
      { by: 'hub', alert: alert.id },
    ])
  })

  it('leaves what somebody has taken or ended as it is', async () => {
    const place = await site()
    await maintenance(place.bench, true)
    await fall(place.bench)
    const { id } = place.bench.alert('fall')
    await place.bench.take({ type: 'resolve', alert: id, by: 'operator:ola', via: 'cli', cause: 'test' })
    await fall(place.bench)
    await place.bench.take({
      type: 'acknowledge',
      alert: place.bench.alert('fall').id,
      by: 'contact:ola',
      via: 'sms',
    })
    await place.bench.pass(5 * HOUR)
    expect(place.bench.alert('fall')).toMatchObject({ test: true, handling: 'acknowledged' })
    expect(sent(place).join()).not.toMatch(/anne|berit/)
  })

  it('makes a test real that whoever had it gives back later', async () => {
    const place = await site()
    await maintenance(place.bench, true)
    await fall(place.bench)
    const { code } = place.bench.alert('fall')
    await place.bench.take({ type: 'answer', home: 'h1', contact: 'ola', action: 'accept', code })
    await maintenance(place.bench, false)
    await place.bench.take({ type: 'answer', home: 'h1', contact: 'ola', action: 'decline', code })
    expect(place.bench.alert('fall')).not.toHaveProperty('test')
    expect(sent(place).slice(-2)).toEqual(['anne alert', 'ola declined'])
  })

  it('while the hub is down is not missed', async () => {
    const place = await site()
    await maintenance(place.bench, true)
    await fall(place.bench)
    place.bench.clock.pass(6 * HOUR)
    const after = place.bench.crash()
    expect(after.core.modes('h1')).toEqual([])
    await after.pass(0)
    expect(after.core.modes('h1')).toEqual([])
    expect(after.alert('fall')).not.toHaveProperty('test')
    expect(sent(place)).toContain('anne alert')
  })
})

describe('maintenance', () => {
  /** What happens, minutes after the last; the same with and without maintenance. */
  const happenings = fc.array(
    fc.record({
      wait: fc.constantFrom(0, 1, 3, 30, 100, 250),
      sensor: fc.constantFrom('a', 'b'),
      what: fc.constantFrom<readonly [string, string | number | boolean]>(
        ['fall', 'detected'],
        ['spo2', 75],
        ['spo2', 95],
        ['door', 'open'],
        ['door', 'closed'],
      ),
      mode: fc.constantFrom('on', 'off', undefined, undefined),
    }),
    { minLength: 1, maxLength: 25 },
  )

  async function live(story: typeof happenings extends fc.Arbitrary<infer T> ? T : never, isUsed: boolean) {
    const store = createMemoryStore()
    const bench = await startCore(store, createManualClock())
    await bench.take({ type: 'home', home: home({ contacts: [...FAMILY, OLA] }) })
    for (const { wait, sensor, what, mode } of story) {
      await bench.pass(wait * MINUTE)
      if (mode && isUsed) await maintenance(bench, mode === 'on')
      await bench.say(sensor, ...what)
    }
    const facts = ({ rule, scope, severity, raisedAt, lastAt, count, condition }: Alert) =>
      ({ rule, scope, severity, raisedAt, lastAt, count, condition }) as const
    const found = store
      .alerts()
      // Of the mode itself.
      .filter(({ rule }) => rule !== 'hub-maintenance-over')
      .map(facts)
      .map((one) => JSON.stringify(one))
      .toSorted()
    if (isUsed) await bench.pass(5 * HOUR)
    return { found, store, open: bench.core.openAlerts() }
  }

  it('drops nothing: the same is found as without it, and nothing unanswered stays a test after it', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, async (story) => {
        const [without, within] = [await live(story, false), await live(story, true)]
        stopCores()
        expect(within.found).toEqual(without.found)
        expect(within.open.filter((alert) => alert.test && alert.handling === 'new')).toEqual([])
        for (const alert of within.open) {
          if (alert.category === 'technical' || alert.severity === 'low') continue
          expect(alert.nextStepAt).toBeGreaterThan(START)
        }
      }),
      { numRuns: 150 },
    )
  })
})
