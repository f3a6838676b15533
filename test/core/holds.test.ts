import { afterEach, describe, expect, it } from 'vitest'
import { createMemoryStore } from '../helpers/memory-store.ts'
import type { MemoryStore } from '../helpers/memory-store.ts'
import { createCoreBench, createManualClock, RULES, START, startCore, stopCores } from './bench.ts'
import type { CoreBench } from './bench.ts'

afterEach(stopCores)

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

interface Site {
  bench: CoreBench
  readonly store: MemoryStore
}

async function site(): Promise<Site> {
  const store = createMemoryStore()
  return { bench: await startCore(store), store }
}

function hold({ bench }: Site, length: number, rule = 'open') {
  const until = bench.core.now() + length
  return bench.take({ type: 'hold', home: 'h1', rule, on: true, until, by: 'operator:siv', via: 'cli' })
}

const lift = ({ bench }: Site, rule = 'open') =>
  bench.take({ type: 'hold', home: 'h1', rule, on: false, by: 'operator:siv', via: 'cli' })

/** The door stands open for so long that its rule fires. */
async function openDoor({ bench }: Site): Promise<void> {
  await bench.say('a', 'door', 'open')
  await bench.pass(5 * MINUTE)
}

const sent = ({ store }: Site) => store.notifications().map(({ contact, state }) => `${contact} ${state}`)
const history = ({ store }: Site) => store.events().map(({ what }) => what)
const reminder = ({ bench }: Site) => bench.core.openAlerts().find((alert) => alert.rule === 'hub-hold-ends')

describe('an alert of a rule that is held', () => {
  it('is raised and shown, and nobody is told', async () => {
    const place = await site()
    expect(await hold(place, 2 * HOUR)).toMatchObject({ taken: true })
    await openDoor(place)
    await place.bench.pass(HOUR)
    expect(place.bench.alert('open')).toMatchObject({ held: true, handling: 'new', condition: 'active' })
    expect(place.bench.alert('open')).not.toHaveProperty('nextStepAt')
    expect(sent(place)).toEqual([])
    expect(place.store.events().filter(({ alert }) => alert === place.bench.alert('open').id)).toMatchObject([
      { what: 'raised' },
      { what: 'held', by: 'hub' },
    ])
  })

  it('that was open before calls nobody else from then; what still waited is not sent', async () => {
    const place = await site()
    await openDoor(place)
    expect(sent(place)).toEqual(['anne queued'])
    await hold(place, 2 * HOUR)
    await place.bench.pass(HOUR)
    expect(place.bench.alert('open')).toMatchObject({ held: true, progress: { round: 0, told: [] } })
    expect(sent(place)).toEqual(['anne cancelled'])
  })

  it('can be taken, and when it is given back it waits for the end of the hold', async () => {
    const place = await site()
    await hold(place, 2 * HOUR)
    await openDoor(place)
    const { id } = place.bench.alert('open')
    await place.bench.take({ type: 'acknowledge', alert: id, by: 'operator:siv', via: 'cli' })
    await place.bench.say('b', 'door', 'open')
    await place.bench.pass(5 * MINUTE)
    expect(place.bench.alert('open')).toMatchObject({ held: true, handling: 'new', count: 2 })
    expect(sent(place)).toEqual([])
  })

  it('leaves other rules and what the rule itself says as they are', async () => {
    const place = await site()
    await hold(place, 2 * HOUR)
    await place.bench.say('a', 'fall', 'detected')
    await openDoor(place)
    expect(place.bench.alert('fall')).not.toHaveProperty('held')
    expect(sent(place)).toContain('anne queued')
    await place.bench.say('a', 'door', 'closed')
    expect(place.store.alerts().find(({ rule }) => rule === 'open')).toMatchObject({
      handling: 'resolved',
      cause: 'cleared',
    })
  })
})

describe('the end of a hold', () => {
  it.each([
    ['by hand', (place: Site) => lift(place)],
    ['by itself', (place: Site) => place.bench.pass(2 * HOUR)],
  ])('%s tells the contacts of what is still so, from the first on', async (_name, end) => {
    const place = await site()
    await openDoor(place)
    await place.bench.pass(2 * MINUTE)
    await hold(place, 2 * HOUR)
    await end(place)
    expect(place.bench.core.holds()).toEqual([])
    expect(place.bench.alert('open')).not.toHaveProperty('held')
    expect(place.bench.alert('open')).toMatchObject({ handling: 'new', progress: { told: ['contact:anne'] } })
    expect(history(place).at(-2)).toBe('released')
    expect(place.store.notifications().at(-1)).toMatchObject({ contact: 'anne', state: 'queued' })
    await place.bench.pass(2 * MINUTE)
    expect(place.store.notifications().at(-1)).toMatchObject({ contact: 'berit', state: 'queued' })
  })

  it('tells nobody of what somebody has, or of what is over, until that fires again', async () => {
    const place = await site()
    await hold(place, 2 * HOUR, 'low')
    await place.bench.say('a', 'spo2', 75)
    await place.bench.pass(2 * MINUTE)
    await place.bench.say('a', 'spo2', 95)
    await place.bench.pass(2 * HOUR)
    expect(place.bench.alert('low')).toMatchObject({ held: true, condition: 'cleared', handling: 'new' })
    await place.bench.take({
      type: 'home',
      home: { ...place.bench.core.home('h1')!, contacts: [{ id: 'eva', language: 'nb', order: 1 }] },
    })
    expect(sent(place)).toEqual([])
    await place.bench.say('a', 'spo2', 75)
    await place.bench.pass(2 * MINUTE)
    expect(place.bench.alert('low')).not.toHaveProperty('held')
    expect(sent(place)).toEqual(['eva queued'])
  })

  it('while the hub is down is not missed', async () => {
    const place = await site()
    await hold(place, 2 * HOUR)
    await openDoor(place)
    place.bench.clock.pass(6 * HOUR)
    place.bench = place.bench.crash()
    expect(place.bench.core.holds()).toEqual([])
    await place.bench.pass(0)
    expect(sent(place)).toEqual(['anne queued'])
    expect(reminder(place)).toBeUndefined()
  })

  it('comes at its time after a restart, and the hold is the same', async () => {
    const place = await site()
    await hold(place, 2 * HOUR)
    const before = place.bench.core.holds('h1')
    await openDoor(place)
    place.bench = place.bench.crash()
    expect(place.bench.core.holds('h1')).toEqual(before)
    await place.bench.pass(HOUR + 30 * MINUTE)
    expect(sent(place)).toEqual([])
    await place.bench.pass(30 * MINUTE)
    expect(sent(place)).toEqual(['anne queued'])
  })

  it('moves when the rule is held again, and its beginning stays', async () => {
    const place = await site()
    await hold(place, 2 * HOUR)
    await place.bench.pass(90 * MINUTE)
    expect(reminder(place)).toBeDefined()
    await hold(place, 3 * HOUR)
    expect(reminder(place)).toBeUndefined()
    expect(place.bench.core.holds('h1')).toMatchObject([{ since: START, until: START + 4.5 * HOUR }])
    await place.bench.pass(2 * HOUR)
    expect(place.bench.core.holds('h1')).toHaveLength(1)
  })
})

describe('the reminder', () => {
  it('stands on the board one hour before the end, tells nobody, and goes by itself', async () => {
    const place = await site()
    await hold(place, 5 * HOUR)
    await place.bench.pass(4 * HOUR - 1)
    expect(reminder(place)).toBeUndefined()
    await place.bench.pass(1)
    expect(reminder(place)).toMatchObject({
      home: 'h1',
      category: 'technical',
      severity: 'low',
      detail: { reason: 'open, 2026-01-05 05:00' },
    })
    await place.bench.pass(HOUR)
    expect(reminder(place)).toBeUndefined()
    expect(sent(place)).toEqual([])
  })

  it('comes on the day before too where the hold lasts days, and again in the last hour', async () => {
    const place = await site()
    await hold(place, 3 * DAY)
    await place.bench.pass(2 * DAY)
    const first = reminder(place)
    expect(first).toBeDefined()
    await place.bench.take({ type: 'acknowledge', alert: first?.id ?? '', by: 'operator:siv', via: 'cli' })
    await place.bench.pass(23 * HOUR)
    expect(reminder(place)).toMatchObject({ id: first?.id, handling: 'new' })
  })

  it('does not come for a hold of less than an hour', async () => {
    const place = await site()
    await hold(place, HOUR)
    await place.bench.pass(59 * MINUTE)
    expect(reminder(place)).toBeUndefined()
  })
})

describe('a hold', () => {
  it.each([
    ['on an alarm', 'fall', HOUR, /^it is about fall, and such an alarm is never held back/],
    ['on a rule that there is not', 'opn', HOUR, /^there is no rule "opn"; did you mean "open"\?$/],
    ['on what the hub itself finds', 'hub-clock', HOUR, /^there is no rule "hub-clock"/],
    ['that ends before it begins', 'open', -1, /^its end has passed/],
    ['of more than 14 days', 'open', 14 * DAY + 1, /^a hold lasts 14 days at most/],
  ])('%s is refused, and says why', async (_name, rule, length, reason) => {
    const place = await site()
    const entries = place.store.journal().length
    expect(await hold(place, length, rule)).toMatchObject({
      taken: false,
      why: 'not-possible',
      reason: expect.stringMatching(reason) as string,
    })
    expect(place.bench.core.holds()).toEqual([])
    expect(place.store.journal().length).toBe(entries)
  })

  it('in a home that there is not is refused', async () => {
    const { bench } = await site()
    const input = { type: 'hold', home: 'h9', rule: 'open', on: true, until: START + HOUR } as const
    expect(await bench.take({ ...input, by: 'operator:siv', via: 'cli' })).toMatchObject({
      reason: 'there is no home "h9"',
    })
  })

  it('ends when its rule becomes one about an alarm, and what waits is told', async () => {
    const place = await site()
    await hold(place, 2 * HOUR, 'open')
    await openDoor(place)
    const files = RULES.map(({ name, text }) => ({
      name,
      text: text.replace(
        'category: routine, severity: medium, on: door, when: value == "open", for: 5m, resolve: auto',
        'category: safety, severity: high, on: sos, when: value == "pressed"',
      ),
    }))
    await place.bench.take({ type: 'rules', files })
    expect(place.bench.core.holds()).toEqual([])
    expect(sent(place)).toEqual(['anne queued'])
  })

  it('stays while its rule is gone for a while', async () => {
    const place = await site()
    await hold(place, 2 * HOUR)
    await place.bench.take({ type: 'rules', files: [] })
    await place.bench.take({ type: 'rules', files: RULES })
    await openDoor(place)
    expect(sent(place)).toEqual([])
  })

  it('in maintenance calls no installer either, and when both are over the contacts are told', async () => {
    const place = await site()
    const mode = { type: 'mode', home: 'h1', mode: 'maintenance', by: 'operator:ola', via: 'cli' } as const
    await place.bench.take({ ...mode, on: true })
    await hold(place, 2 * HOUR)
    await openDoor(place)
    await place.bench.take({ ...mode, on: false })
    expect(place.bench.alert('open')).toMatchObject({ held: true })
    expect(place.bench.alert('open')).not.toHaveProperty('test')
    expect(sent(place)).toEqual([])
    await lift(place)
    expect(sent(place)).toEqual(['anne queued'])
  })

  it('is the same to the byte when its journal is taken again', async () => {
    const place = await site()
    await hold(place, 3 * HOUR)
    await openDoor(place)
    await place.bench.pass(2 * HOUR)
    place.bench = place.bench.crash()
    await hold(place, 4 * HOUR, 'low')
    await place.bench.pass(2 * HOUR)
    await lift(place, 'low')
    place.bench.core.stop()
    const again = createMemoryStore()
    const bench = createCoreBench(again, createManualClock(START))
    for (const { entry } of place.store.journal()) {
      bench.clock.set(entry.now)
      expect(await bench.take(entry.input)).toMatchObject({ taken: true })
    }
    const contents = (store: MemoryStore) => [
      store.alerts(),
      store.events(),
      store.notifications(),
      store.rows(),
    ]
    expect(contents(again)).toEqual(contents(place.store))
  })
})
