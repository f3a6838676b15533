import { afterEach, describe, expect, it } from 'vitest'
import type { Alert } from '../../hub/model/alert.ts'
import type { Input } from '../../hub/model/input.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import type { MemoryStore } from '../helpers/memory-store.ts'
import { createCoreBench, home, stopCores } from './bench.ts'
import type { CoreBench } from './bench.ts'

afterEach(stopCores)

const MINUTE = 60_000
const FILES = [
  {
    name: 'rules.yaml',
    text: `rules:
  - id: gone
    title: { en: No contact }
    category: technical
    severity: high
    on: availability
    when: role == "gateway" && value == "offline"
    for: 3m
    gather: { by: area, from: 3, title: { en: No contact with many homes } }
    resolve: auto
`,
  },
]
/** The technicians, round after round. */
const POLICIES = {
  name: 'policies/p.yaml',
  text: `policies:
  - id: p
    use: { category: [technical], severity: [high, medium] }
    steps: [{ to: { contacts: [family] }, wait: 2m }, { to: { group: technicians }, by: [sms, email], wait: 15m }]
    repeat: { from: 1, every: 1h }
groups: [{ id: technicians, who: [tor] }]
`,
}
const HOMES = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((id, index) =>
  home({ id, gateways: [{ id: `gw-${id}` }], sensors: [], area: 'Vardø', risk: 1 + (index % 3) }),
)

const link = (to: 'online' | 'offline', ...homes: readonly string[]): Input[] =>
  homes.map((id) => ({ type: 'gateway', home: id, gateway: `gw-${id}`, to }))

async function takeAll(bench: CoreBench, inputs: readonly Input[], isOneBatch = true): Promise<void> {
  if (isOneBatch) await Promise.all(inputs.map((input) => bench.take(input)))
  else for (const input of inputs) await bench.take(input)
}

async function start(isOneBatch = true, files = FILES): Promise<{ bench: CoreBench; store: MemoryStore }> {
  const store = createMemoryStore()
  const bench = createCoreBench(store)
  await takeAll(
    bench,
    [
      { type: 'rules', files },
      { type: 'staff', staff: [{ id: 'tor', language: 'nb' }] },
      ...HOMES.map((one): Input => ({ type: 'home', home: one })),
      ...link('online', ...HOMES.map(({ id }) => id)),
    ],
    isOneBatch,
  )
  return { bench, store }
}

const listed = ({ detail }: Alert): string[] => (detail.homes ?? []).map((one) => one.home)
const eventsOf = (store: MemoryStore, { id }: Alert): string[] =>
  store
    .events()
    .filter((event) => event.alert === id)
    .map(({ what }) => what)

describe('an alert about an area', () => {
  it('has no home and its own title; without a policy for it, nobody is told', async () => {
    const { bench, store } = await start()
    await takeAll(bench, link('offline', 'h1', 'h2', 'h3', 'h4'))
    await bench.pass(3 * MINUTE)
    const alert = bench.alert('gone')
    expect(alert).toMatchObject({
      area: 'Vardø',
      scope: 'area/Vardø',
      title: { en: 'No contact with many homes' },
      severity: 'high',
      handling: 'new',
      count: 1,
    })
    expect(alert).not.toHaveProperty('home')
    expect(listed(alert)).toEqual(['h3', 'h2', 'h1', 'h4'])
    expect(store.notifications()).toEqual([])
    expect(alert.nextStepAt).toBeUndefined()
  })

  it('is told to the staff of the policy for it, by each way, and about no home; to no contact', async () => {
    const { bench, store } = await start(true, [...FILES, POLICIES])
    await takeAll(bench, link('offline', 'h1', 'h2', 'h3', 'h4'))
    await bench.pass(3 * MINUTE)
    await bench.pass(10_000)
    const { id, nextStepAt } = bench.alert('gone')
    const about = { alert: id, staff: 'tor', template: 'alert', state: 'queued' }
    const told = store.notifications().toSorted((a, b) => (a.channel < b.channel ? -1 : 1))
    expect(told).toMatchObject([
      { ...about, channel: 'email' },
      { ...about, channel: 'sms' },
    ])
    for (const one of told) expect(one).not.toHaveProperty('home')
    expect(nextStepAt).toBe(bench.core.now() + 60 * MINUTE)
  })

  it('is handed on to the staff, and to no contact', async () => {
    const { bench, store } = await start()
    await takeAll(bench, link('offline', 'h1', 'h2', 'h3', 'h4'))
    await bench.pass(3 * MINUTE)
    const { id } = bench.alert('gone')
    const handOn = { type: 'hand-on', alert: id, by: 'operator:siv', via: 'console' } as const
    expect(await bench.take({ ...handOn, to: 'contact:anne' })).toMatchObject({ taken: false })
    expect(await bench.take({ ...handOn, to: 'staff:eva' })).toMatchObject({ taken: false })
    expect(await bench.take({ ...handOn, to: 'staff:tor' })).toMatchObject({ taken: true })
    expect(store.notifications()).toMatchObject([{ alert: id, staff: 'tor', askedBy: 'operator:siv' }])
    await bench.take({ type: 'answer', staff: 'tor', action: 'accept', code: bench.alert('gone').code })
    expect(bench.alert('gone')).toMatchObject({ handling: 'acknowledged', handledBy: 'staff:tor' })
  })

  it('is taken by a human; its list then changes without reopening it, and its history does not grow', async () => {
    const { bench, store } = await start()
    await takeAll(bench, link('offline', 'h1', 'h2', 'h3', 'h4'))
    await bench.pass(3 * MINUTE)
    const { id } = bench.alert('gone')
    await bench.take({ type: 'acknowledge', alert: id, by: 'operator:siv', via: 'console' })
    await takeAll(bench, [...link('online', 'h3'), ...link('offline', 'h6')])
    await bench.pass(3 * MINUTE)
    await bench.pass(5000)
    const alert = bench.alert('gone')
    expect(listed(alert)).toEqual(['h6', 'h2', 'h1', 'h4'])
    expect(alert).toMatchObject({ id, handling: 'acknowledged', count: 1 })
    expect(eventsOf(store, alert)).toEqual(['raised', 'acknowledged'])
    // What is on disk is what is shown.
    expect(listed(store.load().openAlerts.find((one) => one.id === id) ?? alert)).toEqual(listed(alert))
  })

  it('ends by itself when they are back; who is left has an alert of their own, with contacts as ever', async () => {
    const { bench, store } = await start()
    await takeAll(bench, link('offline', 'h1', 'h2', 'h3', 'h4'))
    await bench.pass(3 * MINUTE)
    const { id } = bench.alert('gone')
    await takeAll(bench, link('online', 'h1', 'h2', 'h3'))
    await bench.pass(5000)
    expect(store.alert(id)).toMatchObject({ handling: 'resolved', cause: 'cleared', detail: { most: 4 } })
    expect(bench.alert('gone')).toMatchObject({ home: 'h4', scope: 'h4', title: { en: 'No contact' } })
  })

  it('is raised again when a home follows after a human resolved it', async () => {
    const { bench } = await start()
    await takeAll(bench, link('offline', 'h1', 'h2', 'h3'))
    await bench.pass(3 * MINUTE)
    const { id } = bench.alert('gone')
    await bench.take({ type: 'resolve', alert: id, by: 'operator:siv', via: 'console', cause: 'equipment' })
    await bench.take(link('offline', 'h4')[0] as Input)
    await bench.pass(3 * MINUTE)
    const alert = bench.alert('gone')
    expect(alert.id).not.toBe(id)
    expect(listed(alert)).toEqual(['h3', 'h2', 'h1', 'h4'])
  })

  it('is the same however inputs are batched, and where the hub crashed meanwhile', async () => {
    const results = []
    for (const how of ['one batch', 'one by one', 'crash'] as const) {
      const isOneBatch = how !== 'one by one'
      const { bench, store } = await start(isOneBatch)
      await takeAll(bench, link('offline', 'h1', 'h2', 'h3', 'h4', 'h5'), isOneBatch)
      await bench.pass(3 * MINUTE)
      const next = how === 'crash' ? bench.crash() : bench
      if (how === 'crash') {
        // Nobody was away: the gateways that are online say so again.
        await takeAll(next, link('online', 'h6'))
      }
      await takeAll(next, link('online', 'h1', 'h4'), isOneBatch)
      await next.pass(5000)
      const { id: _id, code: _code, ...alert } = next.alert('gone')
      results.push(JSON.stringify(alert))
      expect(store.notifications()).toEqual([])
    }
    expect(new Set(results).size).toBe(1)
  })
})
