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
const HOMES = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((id, index) =>
  home({ id, gateways: [{ id: `gw-${id}` }], sensors: [], area: 'Vardø', risk: 1 + (index % 3) }),
)

const link = (to: 'online' | 'offline', ...homes: readonly string[]): Input[] =>
  homes.map((id) => ({ type: 'gateway', home: id, gateway: `gw-${id}`, to }))

async function takeAll(bench: CoreBench, inputs: readonly Input[], isOneBatch = true): Promise<void> {
  if (isOneBatch) await Promise.all(inputs.map((input) => bench.take(input)))
  else for (const input of inputs) await bench.take(input)
}

async function start(isOneBatch = true): Promise<{ bench: CoreBench; store: MemoryStore }> {
  const store = createMemoryStore()
  const bench = createCoreBench(store)
  await takeAll(
    bench,
    [
      { type: 'rules', files: FILES },
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
  it('has no home, its own title, and tells no contact', async () => {
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
