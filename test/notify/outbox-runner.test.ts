import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Commit, Outcome } from '../../hub/core/core.ts'
import type { Alert, Severity } from '../../hub/model/alert.ts'
import type { DeliveryInput, Input } from '../../hub/model/input.ts'
import type { AlertNotification } from '../../hub/model/notification.ts'
import type { Channel, Message, SendResult } from '../../hub/notify/channel.ts'
import { createOutboxRunner } from '../../hub/notify/outbox-runner.ts'
import type {
  OutboxCore,
  OutboxRunner,
  OutboxRunnerOptions,
  Rendered,
} from '../../hub/notify/outbox-runner.ts'
import { EMPTY_COMMIT } from '../helpers/nothing-new.ts'

const START = Date.parse('2026-11-22T02:00:00.000Z')

function notification(id: string, changes: Partial<AlertNotification> = {}): AlertNotification {
  return {
    id,
    alert: 'a1',
    home: 'h1',
    contact: id,
    channel: 'sms',
    template: 'alert',
    step: 1,
    state: 'queued',
    attempts: 0,
    queuedAt: START,
    notBefore: START,
    ...changes,
  }
}

/** The part of the core that the runner sees: an outbox, and the clock of the test. */
class FakeCore implements OutboxCore {
  readonly outbox = new Map<string, AlertNotification>()
  readonly deliveries: DeliveryInput[] = []
  /** How many of the next inputs cannot be committed; each try counts in `tries`. */
  failures = 0
  tries = 0
  readonly #listeners = new Set<(commit: Commit) => void>()

  now(): number {
    return Date.now()
  }

  alert(id: string): Alert | undefined {
    const severity = { a1: 'high', a2: 'medium', a3: 'low' }[id] as Severity | undefined
    return severity && ({ id, severity } as Alert)
  }

  onCommit(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  commit(...notifications: AlertNotification[]): void {
    for (const one of notifications) this.outbox.set(one.id, one)
    const commit = { ...EMPTY_COMMIT, notifications }
    for (const listener of this.#listeners) listener(commit)
  }

  async take(input: Input): Promise<Outcome> {
    if (input.type !== 'delivery') throw new Error(`Cannot take ${input.type} here`)
    this.tries += 1
    await Promise.resolve()
    if (this.failures > 0) {
      this.failures -= 1
      throw new Error('disk full')
    }
    this.deliveries.push(input)
    const known = this.outbox.get(input.notification)
    if (known?.state !== 'queued') return { taken: false, why: 'not-possible', reason: 'is not queued' }
    const { to, notBefore } = input
    this.commit({
      ...known,
      attempts: known.attempts + 1,
      ...(to === 'retry' ? { notBefore: notBefore ?? known.notBefore } : { state: to }),
    })
    return { taken: true, seq: this.deliveries.length }
  }
}

interface Attempt {
  readonly id: string
  /** Seconds since the start of the test. */
  readonly at: number
  readonly message: Message
  readonly signal: AbortSignal
  answer(result: SendResult): void
}

/** A provider that answers when the test says so, or at once where `answers` has something. */
class FakeChannel implements Channel {
  readonly name = 'fake'
  readonly kind = 'sms'
  readonly reports = true
  readonly attempts: Attempt[] = []
  answers: (message: Message) => SendResult | undefined = () => undefined

  send(message: Message, signal: AbortSignal): Promise<SendResult> {
    return new Promise((resolve) => {
      const at = (Date.now() - START) / 1000
      this.attempts.push({ id: message.id, at, message, signal, answer: resolve })
      const answer = this.answers(message)
      if (answer) resolve(answer)
    })
  }

  ids(): string[] {
    return this.attempts.map(({ id }) => id)
  }
}

const ACCEPTED: SendResult = { ok: true, to: 'accepted', reference: 'ref-1' }
const BUSY: SendResult = { ok: false, retry: true, error: 'busy' }
const REFUSED: SendResult = { ok: false, retry: false, error: 'no such number' }

let core: FakeCore
let channel: FakeChannel
let runner: OutboxRunner | undefined
let log: {
  lines: string[]
  info: OutboxRunnerOptions['log']['info']
  warn: OutboxRunnerOptions['log']['warn']
}

beforeEach(() => {
  vi.useFakeTimers({ now: START })
  core = new FakeCore()
  channel = new FakeChannel()
  const lines: string[] = []
  const write = (fields: object, text: string): void => {
    lines.push(`${text} ${JSON.stringify(fields)}`)
  }
  log = { lines, info: write, warn: write }
})

afterEach(async () => {
  const stopped = runner?.stop()
  await vi.runAllTimersAsync()
  await stopped
  runner = undefined
  vi.useRealTimers()
})

function start(options: Partial<OutboxRunnerOptions> = {}): OutboxRunner {
  runner = createOutboxRunner({
    core,
    pending: () => [...core.outbox.values()].filter(({ state }) => state === 'queued'),
    render: ({ id }): Rendered => ({ to: '+4790000001', text: `text of ${id}` }),
    channel,
    // In the middle: the delays are as the policy names them.
    random: () => 0.5,
    log,
    ...options,
  })
  runner.start()
  return runner
}

/** Lets time pass, with everything that happens meanwhile. */
const pass = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000)

describe('createOutboxRunner', () => {
  test('sends what was queued before it started and what is queued later', async () => {
    channel.answers = () => ACCEPTED
    core.outbox.set('before', notification('before'))
    start()
    await pass(0)
    core.commit(notification('later'))
    await pass(0)
    expect(channel.attempts.map(({ message }) => message)).toEqual([
      { id: 'before', to: '+4790000001', text: 'text of before', queuedAt: START },
      { id: 'later', to: '+4790000001', text: 'text of later', queuedAt: START },
    ])
    expect(core.deliveries).toEqual([
      { type: 'delivery', notification: 'before', to: 'accepted', reference: 'ref-1' },
      { type: 'delivery', notification: 'later', to: 'accepted', reference: 'ref-1' },
    ])
    await pass(3600)
    expect(channel.attempts).toHaveLength(2)
  })

  test('waits until a notification is due', async () => {
    channel.answers = () => ACCEPTED
    start()
    core.commit(notification('n1', { notBefore: START + 200_000 }))
    await pass(199)
    expect(channel.attempts).toEqual([])
    await pass(1)
    expect(channel.ids()).toEqual(['n1'])
  })

  test('tries again after 5, 15, 30, 60, 120 s and then every 300 s, and never gives up', async () => {
    channel.answers = () => BUSY
    start()
    core.commit(notification('n1'))
    await pass(5 + 15 + 30 + 60 + 120 + 300 + 300)
    expect(channel.attempts.map(({ at }) => at)).toEqual([0, 5, 20, 50, 110, 230, 530, 830])
    expect(core.deliveries[0]).toEqual({
      type: 'delivery',
      notification: 'n1',
      to: 'retry',
      error: 'busy',
      notBefore: START + 5000,
    })
    await pass(24 * 3600)
    expect(channel.attempts.length).toBeGreaterThan(280)
    channel.answers = () => ACCEPTED
    await pass(300)
    expect(core.outbox.get('n1')?.state).toBe('accepted')
  })

  test('goes on after a restart where it was: attempts and due time are in the outbox', async () => {
    channel.answers = () => BUSY
    core.outbox.set('n1', notification('n1', { attempts: 3, notBefore: START + 7000 }))
    start()
    await pass(7 + 60)
    expect(channel.attempts.map(({ at }) => at)).toEqual([7, 67])
  })

  test('says which channel took it, and by which it did not go', async () => {
    channel.answers = () => ({
      ok: true,
      to: 'accepted',
      via: 'elks',
      others: ['kannel'],
      reportWithin: 90_000,
    })
    start()
    core.commit(notification('n1', { attempts: 1, notBy: ['kannel'] }))
    await pass(0)
    expect(channel.attempts[0]?.message).toMatchObject({ notBy: ['kannel'] })
    expect(core.deliveries).toEqual([
      {
        type: 'delivery',
        notification: 'n1',
        to: 'accepted',
        via: 'elks',
        others: ['kannel'],
        reportWithin: 90_000,
      },
    ])
  })

  test('sends once more what a report has queued for another channel', async () => {
    channel.answers = () => ({ ok: true, to: 'accepted', via: 'kannel' })
    start()
    core.commit(notification('n1'))
    await pass(120)
    channel.answers = () => undefined
    core.commit(notification('n1', { attempts: 1, notBy: ['kannel'], notBefore: START + 120_000 }))
    await pass(0)
    expect(channel.attempts.map(({ at }) => at)).toEqual([0, 120])
    // Its turn is that of a new message, and nothing is late yet.
    expect(runner?.age(START + 121_000)).toBe(1000)
  })

  test('sends by another what its channel told to have failed before it was recorded as taken', async () => {
    start()
    core.commit(notification('n1'))
    await pass(1)
    core.commit(notification('n1', { attempts: 1, notBy: ['kannel'], notBefore: START + 1000 }))
    core.take = async () => ({ taken: false, why: 'not-possible', reason: 'it goes by another channel' })
    channel.attempts[0]?.answer({ ok: true, to: 'accepted', via: 'kannel' })
    await pass(0)
    expect(channel.attempts.map(({ message }) => message.notBy)).toEqual([undefined, ['kannel']])
  })

  test('sends no more what can never be sent', async () => {
    channel.answers = () => REFUSED
    start()
    core.commit(notification('n1'))
    await pass(3600)
    expect(channel.attempts).toHaveLength(1)
    expect(core.deliveries).toEqual([
      { type: 'delivery', notification: 'n1', to: 'failed', error: 'no such number' },
    ])
  })

  test('fails what cannot be rendered, without an attempt', async () => {
    start({ render: () => ({ cannot: 'The contact has no phone number' }) })
    core.commit(notification('n1'))
    await pass(0)
    expect(channel.attempts).toEqual([])
    expect(core.outbox.get('n1')?.state).toBe('failed')
    expect(core.deliveries[0]?.error).toBe('The contact has no phone number')
  })

  test.each(['render', 'channel'])('tries again when the %s throws', async (what) => {
    const explode = (): never => {
      throw new Error('a defect')
    }
    if (what === 'channel') channel.answers = explode
    start(what === 'render' ? { render: explode } : {})
    core.commit(notification('n1'))
    await pass(0)
    expect(core.deliveries).toMatchObject([{ to: 'retry', error: 'fake failed: a defect' }])
  })

  test('does not send what was cancelled while it waited', async () => {
    channel.answers = () => BUSY
    start()
    core.commit(notification('n1'))
    await pass(4)
    core.commit(notification('n1', { state: 'cancelled' }))
    await pass(3600)
    expect(channel.attempts).toHaveLength(1)
  })

  test('does not send what was cancelled in the same moment', async () => {
    channel.answers = () => ACCEPTED
    start()
    core.commit(notification('n1'))
    core.commit(notification('n1', { state: 'cancelled' }))
    await pass(10)
    expect(channel.attempts).toEqual([])
  })

  test('records what went out although it was cancelled meanwhile, but no retry of it', async () => {
    start()
    core.commit(notification('sent'), notification('busy'))
    await pass(1)
    core.commit(notification('sent', { state: 'cancelled' }), notification('busy', { state: 'cancelled' }))
    channel.attempts[0]?.answer(ACCEPTED)
    channel.attempts[1]?.answer(BUSY)
    await pass(3600)
    expect(core.deliveries).toMatchObject([{ notification: 'sent', to: 'accepted' }])
    expect(channel.attempts).toHaveLength(2)
  })

  test('does not send again what was cancelled while its retry was being recorded', async () => {
    channel.answers = () => BUSY
    const take = core.take.bind(core)
    core.take = async (input) => {
      const outcome = await take(input)
      core.commit(notification('n1', { state: 'cancelled' }))
      return outcome
    }
    start()
    core.commit(notification('n1'))
    await pass(3600)
    expect(channel.attempts).toHaveLength(1)
  })

  test('ends an attempt after its time limit, and tries again', async () => {
    start()
    core.commit(notification('n1'))
    await pass(9.999)
    expect(channel.attempts[0]?.signal.aborted).toBe(false)
    await pass(0.001)
    expect(channel.attempts[0]?.signal.aborted).toBe(true)
    expect(core.deliveries).toMatchObject([{ to: 'retry', error: 'fake gave no answer within 10 s' }])
    await pass(5)
    expect(channel.attempts.map(({ at }) => at)).toEqual([0, 15])
  })

  test('lets no contact that hangs hold up others', async () => {
    channel.answers = ({ id }) => (id.startsWith('hangs') ? undefined : ACCEPTED)
    start({ concurrency: 4 })
    core.commit(...Array.from({ length: 10 }, (_, i) => notification(`hangs${i}`, { contact: 'gone' })))
    core.commit(notification('n1'), notification('n2'))
    await pass(1)
    expect(channel.ids()).toEqual(['hangs0', 'hangs1', 'n1', 'n2'])
  })

  test('keeps places for new messages when retries hang', async () => {
    start({ concurrency: 4 })
    core.commit(...Array.from({ length: 4 }, (_, i) => notification(`old${i}`)))
    await pass(16)
    // All four hung for 10 s; of their retries only two may be under way.
    expect(channel.ids().slice(4)).toEqual(['old0', 'old1'])
    core.commit(notification('new', { template: 'taken' }))
    await pass(0)
    expect(channel.ids().at(-1)).toBe('new')
  })

  test('has no more under way than it may', async () => {
    start({ concurrency: 3 })
    core.commit(...Array.from({ length: 9 }, (_, i) => notification(`n${i}`)))
    await pass(0)
    expect(channel.attempts).toHaveLength(3)
    channel.attempts[0]?.answer(ACCEPTED)
    await pass(0)
    expect(channel.attempts).toHaveLength(4)
  })

  test('sends what it finds at its start in the order in which it was queued', async () => {
    channel.answers = () => ACCEPTED
    for (const [id, queuedAt] of Object.entries({ second: START - 1, first: START - 2, third: START })) {
      core.outbox.set(id, notification(id, { queuedAt }))
    }
    start({ concurrency: 1 })
    await pass(0)
    expect(channel.ids()).toEqual(['first', 'second', 'third'])
  })

  test('sends urgent messages first, then new ones, then those that have waited the longest', async () => {
    start({ concurrency: 1 })
    core.commit(notification('busy', { alert: 'a3' }))
    await pass(0)
    core.commit(
      notification('low', { alert: 'a3' }),
      notification('medium', { alert: 'a2' }),
      notification('taken', { template: 'taken' }),
      notification('high, tried', { attempts: 1 }),
      notification('high, first'),
      notification('high, second'),
    )
    channel.answers = () => ACCEPTED
    channel.attempts[0]?.answer(ACCEPTED)
    await pass(0)
    expect(channel.ids()).toEqual([
      'busy',
      'high, first',
      'high, second',
      'high, tried',
      'medium',
      'taken',
      'low',
    ])
  })

  test('forgets nothing, and sends nothing twice, when the core cannot take a delivery', async () => {
    channel.answers = () => ACCEPTED
    core.failures = 3
    start()
    core.commit(notification('n1'))
    await pass(600)
    expect(core.tries).toBe(4)
    expect(core.deliveries).toMatchObject([{ notification: 'n1', to: 'accepted' }])
    expect(channel.attempts).toHaveLength(1)
  })

  test('tries again when even a retry could not be recorded', async () => {
    channel.answers = () => BUSY
    core.failures = 1
    start()
    core.commit(notification('n1'))
    await pass(4)
    expect(core.deliveries).toEqual([])
    channel.answers = () => ACCEPTED
    await pass(1)
    expect(core.deliveries).toMatchObject([{ to: 'retry' }, { to: 'accepted' }])
    expect(channel.attempts).toHaveLength(2)
  })

  test('keeps the delay when the core refuses to record the retry', async () => {
    channel.answers = () => BUSY
    core.take = async () => ({ taken: false, why: 'not-possible', reason: 'the test says so' })
    start()
    core.commit(notification('n1'))
    await pass(5 + 15)
    expect(channel.attempts.map(({ at }) => at)).toEqual([0, 5, 20])
  })

  test('sends other messages while a delivery cannot be recorded', async () => {
    channel.answers = () => ACCEPTED
    core.failures = Infinity
    start({ concurrency: 1 })
    core.commit(notification('n1'), notification('n2'))
    await pass(60)
    expect(channel.ids()).toEqual(['n1', 'n2'])
  })

  test('logs that messages cannot be sent once, and once when they can, without number or text', async () => {
    channel.answers = () => BUSY
    start()
    core.commit(notification('n1'), notification('n2'))
    await pass(600)
    channel.answers = () => ACCEPTED
    await pass(600)
    expect(log.lines).toEqual([
      'Messages cannot be sent now; they are tried again {"channel":"fake","notification":"n1","error":"busy"}',
      'Messages can be sent again {"channel":"fake"}',
    ])
  })

  describe('stop', () => {
    test('waits for the attempts under way and records them, and begins no others', async () => {
      const running = start({ concurrency: 1 })
      core.commit(notification('n1'), notification('n2'))
      await pass(0)
      let stopped = false
      const stopping = running.stop().then(() => (stopped = true))
      await pass(1)
      expect(stopped).toBe(false)
      channel.attempts[0]?.answer(ACCEPTED)
      await pass(0)
      await stopping
      expect(core.deliveries).toMatchObject([{ notification: 'n1', to: 'accepted' }])
      expect(channel.ids()).toEqual(['n1'])
      core.commit(notification('n3'))
      await pass(60)
      expect(channel.ids()).toEqual(['n1'])
    })

    test('waits no longer than it may, and tells the core nothing afterwards', async () => {
      const running = start()
      core.commit(notification('n1'))
      await pass(0)
      const stopping = running.stop()
      await pass(5)
      await stopping
      expect(channel.attempts[0]?.signal.aborted).toBe(true)
      await pass(60)
      expect(core.tries).toBe(0)
      expect(core.outbox.get('n1')?.state).toBe('queued')
    })

    test('does not wait for a core that takes nothing more', async () => {
      channel.answers = () => ACCEPTED
      core.failures = Infinity
      const running = start()
      core.commit(notification('n1'))
      await pass(1)
      const stopping = running.stop()
      await pass(0)
      await stopping
      expect(core.tries).toBe(2)
    })

    test('may be called twice', async () => {
      const running = start()
      await running.stop()
      await running.stop()
    })
  })
})
