import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Home } from '../../hub/model/home.ts'
import type { ServiceFacts, ServiceWanted } from '../../hub/model/service-state.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { createCoreBench, home, stopCores } from './bench.ts'
import type { CoreBench } from './bench.ts'

afterEach(stopCores)

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const BY = { by: 'operator:siv', via: 'cli' } as const

/** The rules as they are shipped: what the states mean is said of those. */
const FILES = ['activity', 'bathroom', 'doors', 'equipment', 'falls', 'hazards', 'sos', 'vitals'].map(
  (name) => ({
    name: `${name}.yaml`,
    text: readFileSync(join(import.meta.dirname, `../../rules/${name}.yaml`), 'utf8'),
  }),
)

async function site(state?: ServiceFacts, facts: Partial<Home> = {}) {
  const store = createMemoryStore()
  const bench = createCoreBench(store)
  await bench.take({ type: 'rules', files: FILES })
  const residents = [{ id: 'r1' }]
  await bench.take({ type: 'home', home: { ...home({ residents, ...facts }), ...(state && { state }) } })
  return { bench, store }
}

const set = (bench: CoreBench, to: ServiceWanted) => bench.take({ type: 'service', home: 'h1', to, ...BY })
const online = (bench: CoreBench, to: 'online' | 'offline' = 'online') =>
  bench.take({ type: 'gateway', home: 'h1', gateway: 'gw', to })
const open = (bench: CoreBench) =>
  bench.core
    .openAlerts()
    .map(({ rule }) => rule)
    .toSorted()
const pause = (bench: CoreBench, length: number): ServiceWanted => ({
  is: 'paused',
  until: bench.core.now() + length,
})

/** Longer than any sensor may be silent, and than nobody may be seen. */
const LONG = 3 * DAY

describe('a home that is planned', () => {
  it('expects nothing: neither its gateway nor its sensors are missed, however long', async () => {
    const { bench } = await site({ is: 'planned' })
    await bench.pass(LONG)
    expect(open(bench)).toEqual([])
  })

  it('keeps what sensors say, and a fall, SOS and smoke call', async () => {
    const { bench } = await site({ is: 'planned' })
    await online(bench)
    await bench.say('a', 'motion', true)
    expect(bench.core.sensorState('h1', 'a')?.last['motion']?.value).toBe(true)
    await bench.say('a', 'fall', 'detected')
    await bench.say('a', 'sos', 'pressed')
    await bench.say('a', 'smoke', true)
    expect(open(bench)).toEqual(expect.arrayContaining(['fall', 'smoke', 'sos']))
    expect(bench.alert('fall').nextStepAt).toEqual(expect.any(Number))
  })

  it('counts silence from when it becomes active, not from when it was registered', async () => {
    const { bench } = await site({ is: 'planned' })
    await online(bench)
    await bench.pass(LONG)
    await set(bench, { is: 'active' })
    await bench.pass(90_000_000 - 1)
    expect(open(bench)).not.toContain('sensor-silent')
    await bench.pass(1)
    expect(open(bench)).toContain('sensor-silent')
  })
})

describe('a home that is being set up', () => {
  it('misses nothing that was never heard; what has spoken is missed', async () => {
    const { bench } = await site({ is: 'commissioning' })
    await bench.pass(LONG)
    expect(open(bench)).toEqual([])
    await online(bench)
    await bench.say('a', 'motion', true)
    await bench.pass(90_000_000)
    expect(bench.core.openAlerts().map(({ scope }) => scope)).toEqual(['h1/a'])
    await online(bench, 'offline')
    await bench.pass(3 * MINUTE)
    expect(open(bench)).toContain('gateway-silent')
  })

  it('calls its contacts for a fall, which is real unless somebody tries the equipment in maintenance', async () => {
    const { bench } = await site({ is: 'commissioning' })
    await online(bench)
    await bench.say('a', 'fall', 'detected')
    expect(bench.alert('fall')).not.toHaveProperty('test')
    expect(bench.alert('fall').progress.told).toEqual(['contact:anne'])
    await bench.take({ type: 'mode', home: 'h1', mode: 'maintenance', on: true, ...BY })
    await bench.say('b', 'sos', 'pressed')
    expect(bench.alert('sos')).toMatchObject({ test: true })
  })
})

describe('a home that is paused', () => {
  it('calls nobody for silence and activity, and still for a fall, SOS, smoke and water', async () => {
    const { bench } = await site()
    await online(bench)
    await bench.say('a', 'motion', true)
    await set(bench, pause(bench, 30 * DAY))
    await online(bench, 'offline')
    await bench.pass(LONG)
    await online(bench)
    await bench.say('a', 'door', 'open')
    await bench.pass(HOUR)
    expect(open(bench)).toEqual([])
    await bench.say('a', 'fall', 'detected')
    await bench.say('a', 'sos', 'pressed')
    await bench.say('b', 'smoke', true)
    await bench.say('b', 'water_leak', true)
    await bench.pass(10 * MINUTE)
    expect(open(bench)).toEqual(['fall', 'smoke', 'sos', 'water-leak'])
  })

  it('ends what is open of silence and activity, and leaves a fall open', async () => {
    const { bench } = await site()
    await bench.pass(3 * MINUTE)
    expect(open(bench)).toContain('gateway-silent')
    await online(bench)
    await bench.say('a', 'fall', 'detected')
    await online(bench, 'offline')
    await bench.pass(3 * MINUTE)
    await set(bench, pause(bench, DAY))
    expect(open(bench)).toEqual(['fall'])
  })

  it('ends by itself, says so on the board, and is missed from then', async () => {
    const { bench, store } = await site()
    await online(bench)
    await set(bench, pause(bench, 2 * DAY))
    await bench.pass(2 * DAY - 1)
    expect(bench.core.home('h1')?.state?.is).toBe('paused')
    await bench.pass(1)
    expect(bench.core.home('h1')).not.toHaveProperty('state')
    expect(bench.alert('hub-pause-over')).toMatchObject({
      category: 'technical',
      detail: { reason: '2026-01-07 00:00' },
    })
    expect(store.load().homes[0]).not.toHaveProperty('state')
    await bench.pass(90_000_000)
    expect(open(bench)).toContain('sensor-silent')
    await set(bench, pause(bench, DAY))
    expect(open(bench)).toEqual([])
  })

  it('ends at its time though the hub was away then, and another process knows of it', async () => {
    const { bench } = await site()
    await set(bench, pause(bench, DAY))
    const after = bench.crash()
    after.clock.pass(LONG)
    await after.take({ type: 'tick' })
    expect(after.core.home('h1')).not.toHaveProperty('state')
    expect(after.alert('hub-pause-over').openedAt).toBe(after.core.now())
  })

  it('takes its end anew when it is said again, and needs one that is ahead and within a year', async () => {
    const { bench } = await site()
    await set(bench, pause(bench, DAY))
    await set(bench, pause(bench, 3 * DAY))
    await bench.pass(2 * DAY)
    expect(bench.core.home('h1')?.state?.is).toBe('paused')
    expect(await set(bench, pause(bench, 0))).toMatchObject({ taken: false, reason: 'its end has passed' })
    expect(await set(bench, pause(bench, 400 * DAY))).toMatchObject({ taken: false })
  })
})

describe('a home that is closed', () => {
  it('is not closed over an open alert about a person', async () => {
    const { bench } = await site()
    await online(bench)
    await bench.say('a', 'fall', 'detected')
    expect(await set(bench, { is: 'closed' })).toMatchObject({
      taken: false,
      reason: expect.stringContaining('1 alert is open'),
    })
    await bench.take({ type: 'resolve', alert: bench.alert('fall').id, cause: 'real', ...BY })
    expect(await set(bench, { is: 'closed' })).toMatchObject({ taken: true })
  })

  it('has no rules: nothing calls, and what ends by itself ends', async () => {
    const { bench } = await site()
    await bench.pass(3 * MINUTE)
    expect(open(bench)).toEqual(['gateway-silent'])
    await set(bench, { is: 'closed' })
    expect(open(bench)).toEqual([])
    await bench.say('a', 'fall', 'detected')
    await bench.pass(LONG)
    expect(open(bench)).toEqual([])
  })

  it('comes back through planned or commissioning alone', async () => {
    const { bench } = await site()
    await set(bench, { is: 'closed' })
    expect(await set(bench, { is: 'active' })).toMatchObject({ taken: false })
    expect(await set(bench, { is: 'commissioning' })).toMatchObject({ taken: true })
    expect(await set(bench, { is: 'active' })).toMatchObject({ taken: true })
  })
})

describe('another device in the place of a sensor', () => {
  const replaced = (address: string) =>
    home({ sensors: home().sensors.map((one) => (one.id === 'a' ? { ...one, address } : one)) })

  it('is news with its first status, though it be the last one of the device before', async () => {
    const { bench } = await site()
    await online(bench)
    await bench.say('a', 'fall', 'detected', { status: 'alarm' })
    const first = bench.alert('fall')
    await bench.take({ type: 'resolve', alert: first.id, cause: 'test', ...BY })
    await bench.say('a', 'fall', 'detected', { status: 'alarm' })
    expect(open(bench)).toEqual([])
    await bench.take({ type: 'home', home: replaced('new') })
    await bench.say('a', 'fall', 'detected', { status: 'alarm' })
    expect(open(bench)).toEqual(['fall'])
  })

  it('keeps what was last measured, ends what was found on the old one, and counts its silence from now', async () => {
    const { bench } = await site()
    await online(bench)
    await bench.say('a', 'motion', true)
    await bench.pass(90_000_000)
    expect(bench.core.openAlerts().map(({ scope }) => scope)).toContain('h1/a')
    await bench.take({ type: 'home', home: replaced('new') })
    expect(bench.core.openAlerts().map(({ scope }) => scope)).not.toContain('h1/a')
    expect(bench.core.sensorState('h1', 'a')).toMatchObject({ last: { motion: { value: true } } })
    await bench.pass(90_000_000)
    expect(bench.core.openAlerts().map(({ scope }) => scope)).toContain('h1/a')
  })
})
