import { afterEach, describe, expect, it } from 'vitest'
import type { DeliveryInput } from '../../hub/model/input.ts'
import type { Notification } from '../../hub/model/notification.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import type { MemoryStore } from '../helpers/memory-store.ts'
import { createCoreBench, createManualClock, startCore, START, stopCores } from './bench.ts'
import type { CoreBench } from './bench.ts'

afterEach(stopCores)

const MINUTE = 60_000
const WITHIN = 90_000

/** A fall, of which the first contact was told by the first of two channels, which took it. */
async function taken(): Promise<{ bench: CoreBench; store: MemoryStore; first: () => Notification }> {
  const store = createMemoryStore()
  const bench = await startCore(store)
  await bench.say('a', 'fall', 'detected')
  const first = (): Notification => {
    const one = store.notifications().find(({ contact, step }) => contact === 'anne' && step === 1)
    if (!one) throw new Error('Cannot find the first message')
    return one
  }
  await bench.take(said(first(), 'accepted', 'kannel'))
  return { bench, store, first }
}

function said({ id }: Notification, to: DeliveryInput['to'], via?: string, error?: string): DeliveryInput {
  return {
    type: 'delivery',
    notification: id,
    to,
    ...(via !== undefined && { via, others: ['kannel', 'elks'].filter((one) => one !== via) }),
    ...(to === 'accepted' && { reportWithin: WITHIN }),
    ...(error !== undefined && { error }),
  }
}

const history = (store: MemoryStore): string[] =>
  store
    .events()
    .filter(({ what }) => what === 'delivery' || what === 'rerouted')
    .map(({ what, by, via, text }) => `${what} ${by} ${via} ${text}`)

describe('a provider that says OK and delivers nothing', () => {
  it('is left for the next channel in time, once, and the history says so', async () => {
    const { bench, store, first } = await taken()
    expect(first()).toMatchObject({ state: 'accepted', via: 'kannel', reportBy: START + WITHIN })
    await bench.pass(WITHIN - 1)
    expect(first()).toMatchObject({ state: 'accepted' })
    expect(await bench.pass(1)).toMatchObject({ taken: true })
    expect(first()).toMatchObject({
      state: 'queued',
      notBy: ['kannel'],
      notBefore: START + WITHIN,
      attempts: 1,
    })
    await bench.take(said(first(), 'accepted', 'elks'))
    await bench.pass(29_000)
    expect(first()).toMatchObject({ state: 'accepted', via: 'elks' })
    expect(history(store)).toEqual([
      'delivery contact:anne sms accepted',
      'rerouted contact:anne sms kannel: no report of its delivery came in time',
      'delivery contact:anne sms accepted',
    ])
    // Nothing stops for that: the next contact is told at the time that the message said.
    await bench.pass(1_000)
    expect(store.notifications().map(({ contact, state }) => `${contact} ${state}`)).toEqual([
      'anne accepted',
      'berit queued',
    ])
  })

  it('is told to the board when it is left', async () => {
    const { bench } = await taken()
    const changed: string[] = []
    bench.core.onCommit(({ alerts }) => changed.push(...alerts.map(({ rule }) => rule)))
    await bench.pass(WITHIN)
    await Promise.resolve()
    expect(changed).toEqual(['fall'])
  })

  it('counts when it tells of the delivery after all, and then nobody else sends', async () => {
    const { bench, first } = await taken()
    await bench.pass(WITHIN)
    await bench.take(said(first(), 'delivered', 'kannel'))
    expect(first()).toMatchObject({ state: 'delivered', via: 'kannel' })
    expect(await bench.take(said(first(), 'accepted', 'elks'))).toMatchObject({ taken: false })
  })

  it('cannot fail the message any more', async () => {
    const { bench, first } = await taken()
    await bench.pass(WITHIN)
    for (let i = 0; i < 2; i++) {
      expect(await bench.take(said(first(), 'failed', 'kannel', 'expired'))).toEqual({
        taken: false,
        why: 'not-possible',
        reason: expect.stringContaining('another channel than kannel'),
      })
    }
    await bench.take(said(first(), 'accepted', 'elks'))
    await bench.take(said(first(), 'failed', 'kannel', 'expired'))
    expect(first()).toMatchObject({ state: 'accepted', via: 'elks' })
  })

  it.each(['acknowledge', 'resolve'] as const)('is not left any more after an %s', async (type) => {
    const { bench, store, first } = await taken()
    const { id: alert } = bench.alert('fall')
    const who = { by: 'operator:siv', via: 'cli' }
    await bench.take(type === 'resolve' ? { type, alert, ...who, cause: 'false' } : { type, alert, ...who })
    await bench.pass(WITHIN)
    expect(first()).toMatchObject({ state: 'accepted' })
    expect(history(store).filter((one) => one.startsWith('rerouted'))).toEqual([])
  })

  it('had it after all, when somebody takes the alert while the next is at it: they learn who has it', async () => {
    const { bench, store, first } = await taken()
    await bench.pass(WITHIN)
    const { id: alert } = bench.alert('fall')
    await bench.take({ type: 'acknowledge', alert, by: 'operator:siv', via: 'cli' })
    expect(first()).toMatchObject({ state: 'accepted' })
    const news = () => store.notifications().filter(({ template }) => template === 'taken')
    expect(news()).toMatchObject([{ contact: 'anne' }])
    await bench.take(said(first(), 'delivered', 'kannel'))
    expect(news()).toHaveLength(1)
  })
})

describe('a channel that reports that it failed', () => {
  it('is left at once, and the next contact is told only when the other fails too', async () => {
    const { bench, store, first } = await taken()
    await bench.take(said(first(), 'failed', 'kannel', 'absent'))
    expect(first()).toMatchObject({ state: 'queued', notBy: ['kannel'], error: 'absent' })
    expect(store.notifications()).toHaveLength(1)
    await bench.take(said(first(), 'accepted', 'elks'))
    await bench.take(said(first(), 'failed', 'elks', 'absent'))
    expect(store.notifications().map(({ contact, state }) => `${contact} ${state}`)).toEqual([
      'anne failed',
      'berit queued',
    ])
    expect(history(store)).toEqual([
      'delivery contact:anne sms accepted',
      'rerouted contact:anne sms kannel: absent',
      'delivery contact:anne sms accepted',
      'delivery contact:anne sms failed: absent',
    ])
  })
})

describe('the time for a report', () => {
  it('is on disk: a restart neither forgets nor prolongs it', async () => {
    const { bench, first } = await taken()
    bench.clock.pass(WITHIN - 1)
    bench.core.stop()
    const next = bench.crash()
    await next.pass(0)
    expect(first()).toMatchObject({ state: 'accepted' })
    await next.pass(1)
    expect(first()).toMatchObject({ state: 'queued', notBy: ['kannel'] })
  })

  it('stands still while the hub is away: its provider could not tell', async () => {
    const { bench, first } = await taken()
    bench.clock.pass(30_000)
    await bench.say('a', 'motion', true)
    bench.clock.pass(60 * MINUTE)
    const next = bench.crash()
    await next.pass(0)
    expect(first()).toMatchObject({ state: 'accepted', reportBy: START + 60 * MINUTE + WITHIN })
    await next.pass(60_000 - 1)
    expect(first()).toMatchObject({ state: 'accepted' })
    await next.pass(1)
    expect(first()).toMatchObject({ state: 'queued' })
  })

  it('goes on at its own pace when the clock of the machine is set back', async () => {
    const { bench, first } = await taken()
    bench.clock.set(START - 60 * MINUTE)
    await bench.pass(WITHIN)
    expect(first()).toMatchObject({ state: 'queued', notBy: ['kannel'] })
  })

  it('replays to the byte', async () => {
    const { bench, store } = await taken()
    await bench.pass(WITHIN)
    bench.core.stop()
    const replayed = createMemoryStore()
    const again = createCoreBench(replayed, createManualClock(START))
    for (const { entry } of store.journal()) {
      again.clock.set(entry.now)
      await again.take(entry.input)
    }
    expect(JSON.stringify(replayed.notifications())).toBe(JSON.stringify(store.notifications()))
    expect(JSON.stringify(replayed.events())).toBe(JSON.stringify(store.events()))
  })
})
