import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Channel, Health, Message, SendResult } from '../../hub/notify/channel.ts'
import { createRoutedChannel } from '../../hub/notify/routed-channel.ts'
import type { ChannelState, RoutedChannel } from '../../hub/notify/routed-channel.ts'

const BUSY: SendResult = { ok: false, retry: true, error: 'busy' }
const NEVER: SendResult = { ok: false, retry: false, error: 'no such number' }
const FINE: Health = { ok: true }

/** A channel that answers as the test says; undefined: never. */
class FakeChannel implements Channel {
  readonly name: string
  readonly kind = 'sms'
  reports = true
  readonly sent: string[] = []
  readonly signals: AbortSignal[] = []
  answer: SendResult | undefined = { ok: true, to: 'accepted', reference: 'r1' }
  health: Health | undefined = FINE
  checks = 0
  started = 0

  constructor(name: string) {
    this.name = name
  }
  async send({ id }: Message, signal: AbortSignal): Promise<SendResult> {
    this.sent.push(id)
    this.signals.push(signal)
    return this.answer ?? (await new Promise<never>(() => {}))
  }
  async check(): Promise<Health> {
    this.checks += 1
    return this.health ?? (await new Promise<never>(() => {}))
  }
  start(): void {
    this.started += 1
  }
  async stop(): Promise<void> {
    this.started -= 1
  }
}

let first: FakeChannel
let second: FakeChannel
let states: ChannelState[]
let route: RoutedChannel

beforeEach(() => {
  vi.useFakeTimers()
  first = new FakeChannel('first')
  second = new FakeChannel('second')
  states = []
  route = createRoutedChannel({
    kind: 'sms',
    channels: [first, second],
    later(call, ms) {
      const timer = setTimeout(call, ms)
      return () => clearTimeout(timer)
    },
    onState: (state) => states.push(state),
    reportWithin: 120_000,
  })
})
afterEach(async () => {
  await route.stop()
  vi.useRealTimers()
})

const send = (id: string, more: Partial<Message> = {}, signal = new AbortController().signal) =>
  route.send({ id, to: '+4790000001', text: 'x', ...more }, signal)
const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000)

describe('createRoutedChannel', () => {
  test('sends by the first choice, and says by which', async () => {
    expect(await send('n1')).toEqual({
      ok: true,
      to: 'accepted',
      reference: 'r1',
      via: 'first',
      others: ['second'],
      reportWithin: 120_000,
    })
    expect(second.sent).toEqual([])
  })

  test('sends by the next at once where a retry could help', async () => {
    first.answer = BUSY
    expect(await send('n1')).toMatchObject({ ok: true, via: 'second' })
    expect([first.sent, second.sent]).toEqual([['n1'], ['n1']])
  })

  test('expects no report of a channel that gives none, nor where there is no other way', async () => {
    first.reports = false
    expect(await send('n1')).not.toHaveProperty('reportWithin')
    const later = () => () => {}
    const alone = createRoutedChannel({
      kind: 'sms',
      channels: [second],
      later,
      onState: () => {},
      reportWithin: 1,
    })
    const signal = new AbortController().signal
    expect(await alone.send({ id: 'n1', to: '+4790000001', text: 'x' }, signal)).toEqual({
      ok: true,
      to: 'accepted',
      reference: 'r1',
      via: 'second',
    })
  })

  test('sends by the next where one says never: its account may be blocked', async () => {
    first.answer = { ok: false, retry: false, error: 'the account is blocked' }
    expect(await send('n1')).toMatchObject({ ok: true, via: 'second' })
    expect([first.sent, second.sent]).toEqual([['n1'], ['n1']])
  })

  test('takes never for an answer when all say so, and says the same reason once', async () => {
    first.answer = NEVER
    second.answer = NEVER
    expect(await send('n1')).toEqual(NEVER)
    second.answer = { ok: false, retry: false, error: 'a landline' }
    expect(await send('n2')).toEqual({ ok: false, retry: false, error: 'no such number; a landline' })
  })

  test('tries again later where one says never and another is busy', async () => {
    first.answer = NEVER
    second.answer = BUSY
    expect(await send('n1')).toEqual({ ok: false, retry: true, error: 'no such number; busy' })
  })

  test('says retry with all reasons where none can send', async () => {
    first.answer = BUSY
    second.answer = { ok: false, retry: true, error: 'no network' }
    expect(await send('n1')).toEqual({ ok: false, retry: true, error: 'busy; no network' })
  })

  test('gives up waiting for one that does not answer, and tells it', async () => {
    first.answer = undefined
    const sending = send('n1')
    await pass(8)
    expect(await sending).toMatchObject({ ok: true, via: 'second' })
    expect(first.signals[0]?.aborted).toBe(true)
  })

  test('takes a channel that throws for one that is busy, without its words', async () => {
    first.send = async () => {
      throw new Error('secret')
    }
    expect(await send('n1')).toMatchObject({ ok: true, via: 'second' })
    second.send = first.send
    expect(JSON.stringify(await send('n2'))).not.toContain('secret')
  })

  test('tries no other when whoever asked has gone', async () => {
    first.answer = undefined
    const abort = new AbortController()
    const sending = send('n1', {}, abort.signal)
    abort.abort()
    expect(await sending).toMatchObject({ ok: false, retry: true })
    expect(second.sent).toEqual([])
    await pass(0)
    first.answer = { ok: true, to: 'accepted' }
    expect(await send('n2')).toMatchObject({ via: 'first' })
  })

  test('passes over the one that failed until its check is good', async () => {
    route.start()
    await pass(0)
    first.answer = BUSY
    first.health = { ok: false, error: 'down' }
    await send('n1')
    await send('n2')
    expect(first.sent).toEqual(['n1'])
    await pass(60)
    await send('n3')
    expect(first.sent).toEqual(['n1'])
    first.health = FINE
    first.answer = { ok: true, to: 'accepted' }
    await pass(60)
    expect(await send('n4')).toMatchObject({ via: 'first' })
  })

  test('tries the one that failed all the same where the other fails too', async () => {
    first.answer = BUSY
    await send('n1')
    second.answer = BUSY
    first.answer = { ok: true, to: 'accepted' }
    expect(await send('n2')).toMatchObject({ via: 'first' })
  })

  test('tells when a check finds a channel out of order and in order again, once each', async () => {
    route.start()
    await pass(0)
    expect(states).toEqual([])
    first.health = { ok: false, error: 'no mobile network' }
    await pass(180)
    expect(states).toEqual([{ channel: 'first', ok: false, error: 'no mobile network' }])
    expect(route.states()).toMatchObject([{ ok: false }, { channel: 'second', ok: true }])
    expect(await send('n1')).toMatchObject({ via: 'second' })
    first.health = FINE
    await pass(60)
    expect(states.slice(1)).toEqual([{ channel: 'first', ok: true }])
  })

  test('tells of an outage that the check does not see, after three messages', async () => {
    route.start()
    await pass(0)
    first.answer = BUSY
    for (const id of ['n1', 'n2', 'n3']) {
      expect(states).toEqual([])
      expect(await send(id)).toMatchObject({ via: 'second' })
      await pass(60)
    }
    expect(states).toEqual([{ channel: 'first', ok: false, error: 'busy' }])
    first.answer = { ok: true, to: 'accepted' }
    await send('n4')
    expect(states.slice(1)).toEqual([{ channel: 'first', ok: true }])
  })

  test('takes a check that never ends for a bad one', async () => {
    route.start()
    first.health = undefined
    await pass(10)
    expect(states).toMatchObject([{ channel: 'first', ok: false }])
    first.health = FINE
    await pass(60)
    expect(states).toMatchObject([{ ok: false }, { ok: true }])
  })

  test('sends no second time by those that told of no delivery', async () => {
    expect(await send('n1', { notBy: ['first'] })).toMatchObject({ via: 'second' })
    second.answer = BUSY
    expect(await send('n2', { notBy: ['first'] })).toEqual(BUSY)
    second.answer = NEVER
    expect(await send('n3', { notBy: ['first'] })).toEqual(NEVER)
    expect(first.sent).toEqual([])
  })

  test('sends by any where each of today was tried', async () => {
    expect(await send('n1', { notBy: ['second', 'former', 'first'] })).toMatchObject({ via: 'first' })
  })

  test('puts one behind that takes messages for three phones and tells of no delivery, and says so', async () => {
    const again = (to: string) => send(`n${to}`, { to, notBy: ['first'] })
    for (const to of ['+471', '+471', '+472', '+471']) await again(to)
    expect(states).toEqual([])
    expect(await send('before')).toMatchObject({ via: 'first' })
    await again('+473')
    expect(states).toEqual([{ channel: 'first', ok: false, error: expect.stringContaining('no delivery') }])
    expect(await send('after')).toMatchObject({ via: 'second' })
    second.answer = BUSY
    expect(await send('all the same')).toMatchObject({ via: 'first' })
    route.heard('first')
    expect(states.slice(1)).toEqual([{ channel: 'first', ok: true }])
    second.answer = first.answer
    expect(await send('again')).toMatchObject({ via: 'first' })
  })

  test('gives one that told of no delivery another chance after half an hour', async () => {
    for (const to of ['+471', '+472', '+473']) await send('n', { to, notBy: ['first'] })
    await pass(29 * 60)
    expect(await send('n4')).toMatchObject({ via: 'second' })
    await pass(61)
    expect(await send('n5')).toMatchObject({ via: 'first' })
    expect(states.map(({ ok }) => ok)).toEqual([false, true])
  })

  test('a delivery ends the count', async () => {
    for (const to of ['+471', '+472']) await send('n', { to, notBy: ['first'] })
    route.heard('first')
    for (const to of ['+473', '+474']) await send('n', { to, notBy: ['first'] })
    expect(states).toEqual([])
  })

  test('starts and stops its channels, and checks no more after that', async () => {
    route.start()
    route.start()
    await pass(120)
    expect([first.started, first.checks]).toEqual([1, 3])
    await route.stop()
    await pass(300)
    expect([first.started, first.checks]).toEqual([0, 3])
  })
})
