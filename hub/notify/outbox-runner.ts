import type { Core } from '../core/core.ts'
import type { Alert } from '../model/alert.ts'
import type { DeliveryInput } from '../model/input.ts'
import type { Notification, Way } from '../model/notification.ts'
import type { Channel, Message, SendResult } from './channel.ts'
import { createTurns, rankOf } from './outbox-order.ts'
import type { Queued } from './outbox-order.ts'
import { retryDelay } from './retry-delay.ts'
import { runningLimit } from '../time/running-limit.ts'

/** What the runner needs of the core. */
export type OutboxCore = Pick<Core, 'now' | 'take' | 'onCommit' | 'alert'>

/** To whom a notification goes and what it says now; or why it can never be sent. */
export type Rendered = Pick<Message, 'to' | 'text' | 'subject' | 'facts'> | { readonly cannot: string }

/** The part of a pino logger that the runner uses. It logs ids and errors, never numbers or texts. */
export interface OutboxLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface OutboxRunnerOptions {
  readonly core: OutboxCore
  /** The notifications that it sends; all others are left to others. Not given: all. */
  readonly way?: Way
  /** Every queued notification in the database; asked once, by `start`. */
  readonly pending: () => readonly Notification[]
  readonly render: (notification: Notification) => Rendered
  readonly channel: Channel
  /** From 0 to 1, spreads the retries; `Math.random` at the edge. */
  readonly random: () => number
  readonly log: OutboxLog
  /** How many messages may be under way at once. */
  readonly concurrency?: number
  /** Milliseconds that one attempt may take. */
  readonly attemptTimeout?: number
  /** Milliseconds that `stop` waits for attempts under way. */
  readonly stopTimeout?: number
}

export interface OutboxRunner {
  start(): void
  /** Sends no more, and waits for the attempts under way. What was not recorded is sent again at next start. */
  stop(): Promise<void>
  /** How long the oldest message that should have left has not left, ms; 0 when there is none. */
  age(now: number): number
  /** How many messages are to leave, or on their way. */
  queued(): number
}

/** No timer is longer, so that a clock that was set does not make it late (and none is beyond 2^31 ms). */
const LONGEST_TIMER = 60_000

/**
 * Sends what is in the outbox. Every notification is sent until the provider took it, it can never be sent, or
 * the core cancelled it; this loop alone decides on retries. A crash between sending and recording sends a
 * message twice, and none is ever forgotten.
 */
export function createOutboxRunner(options: OutboxRunnerOptions): OutboxRunner {
  const { core, channel, log, random } = options
  const { concurrency = 32, attemptTimeout = 10_000, stopTimeout = 5_000 } = options
  /** One for each notification, until the core says that it is queued no more. */
  const entries = new Map<string, Queued>()
  const turns = createTurns(concurrency)
  /** Everything under way, recording included; never rejects. */
  const underWay = new Set<Promise<void>>()
  const aborts = new Set<AbortController>()
  const sending = new Set<Queued>()
  /** Ends the pauses between attempts to record. */
  const pauses = new Set<() => void>()
  let timer: NodeJS.Timeout | undefined
  let pumpQueued = false
  let unsubscribe: (() => void) | undefined
  let running = false
  let ended = false
  let failing = false

  function alertOf({ alert }: Notification): Alert | undefined {
    return alert === undefined ? undefined : core.alert(alert)
  }

  /** Takes over what the core says about a notification. */
  function follow(notification: Notification): void {
    if (options.way !== undefined && notification.channel !== options.way) return
    const entry = entries.get(notification.id)
    if (notification.state !== 'queued') {
      if (entry) turns.drop(entry)
      entries.delete(notification.id)
    } else if (entry === undefined) {
      const added: Queued = {
        notification,
        phase: 'waiting',
        failed: failuresOf(notification),
        notBefore: notification.notBefore,
        rank: rankOf(notification, alertOf(notification)),
      }
      entries.set(notification.id, added)
      turns.put(added)
    } else {
      entry.notification = notification
      entry.failed = Math.max(entry.failed, failuresOf(notification))
      entry.notBefore = Math.max(entry.notBefore, notification.notBefore)
      if (entry.phase === 'waiting') turns.put(entry)
    }
  }

  /** Looks at the outbox after everything that is happening now has happened. */
  function queuePump(): void {
    if (pumpQueued || !running) return
    pumpQueued = true
    queueMicrotask(() => {
      pumpQueued = false
      pump()
    })
  }

  function pump(): void {
    if (!running) return
    clearTimeout(timer)
    const now = core.now()
    for (;;) {
      const next = turns.take(now, sending)
      if (next === undefined) break
      begin(next)
    }
    const due = turns.nextDue()
    if (due !== undefined) timer = setTimeout(pump, Math.min(due - now, LONGEST_TIMER))
  }

  function begin(entry: Queued): void {
    entry.phase = 'sending'
    sending.add(entry)
    const work = attempt(entry)
      .then((result) => {
        sending.delete(entry)
        queuePump()
        return record(entry, result)
      })
      .finally(() => underWay.delete(work))
    underWay.add(work)
  }

  function later(call: () => void, ms: number): () => void {
    const one = setTimeout(call, ms)
    return () => clearTimeout(one)
  }

  async function attempt(entry: Queued): Promise<SendResult> {
    const abort = new AbortController()
    const callOff = runningLimit(later, () => abort.abort(), attemptTimeout)
    aborts.add(abort)
    try {
      const rendered = options.render(entry.notification)
      if ('cannot' in rendered) return { ok: false, retry: false, error: rendered.cannot }
      const { id, queuedAt, notBy } = entry.notification
      const message = { ...rendered, id, queuedAt, ...(notBy && { notBy }) }
      // The race is for channels that do not heed the signal.
      return await Promise.race([channel.send(message, abort.signal), untilAborted(abort.signal)])
    } catch (cause) {
      const error = abort.signal.aborted
        ? `${channel.name} gave no answer within ${attemptTimeout / 1000} s`
        : `${channel.name} failed: ${cause instanceof Error ? cause.message : String(cause)}`
      return { ok: false, retry: true, error }
    } finally {
      callOff()
      aborts.delete(abort)
    }
  }

  /** Tells the core what came of an attempt, again and again until it takes it or nobody waits for it. */
  async function record(entry: Queued, result: SendResult): Promise<void> {
    const id = entry.notification.id
    entry.phase = 'recording'
    if (!result.ok) entry.failed += 1
    const retryAt = core.now() + retryDelay(entry.failed, random())
    report(entry, result)
    for (let failures = 1; ; failures++) {
      // Cancelled meanwhile: only what went out all the same is still of interest.
      if (ended || (entries.get(id) !== entry && !result.ok)) return
      try {
        const outcome = await core.take(deliveryOf(id, result, retryAt))
        if (!outcome.taken)
          log.warn({ notification: id, reason: outcome.reason }, 'Delivery was not recorded')
        break
      } catch (cause) {
        log.warn({ notification: id, err: cause }, 'Cannot record a delivery yet')
        // Not recorded before the end: it is still queued, and sent again at the next start.
        if (!running) return
        await pause(retryDelay(failures, random()))
      }
    }
    if (entries.get(id) !== entry) return
    // Its channel told that it failed before it was recorded as taken: another one is to try.
    const isLeft = result.ok && entry.notification.notBy?.includes(result.via ?? '') === true
    if (isLeft) {
      entry.notBefore = core.now()
      entry.phase = 'waiting'
      turns.put(entry)
    } else if (result.ok || !result.retry) {
      entries.delete(id)
    } else {
      entry.notBefore = Math.max(entry.notBefore, retryAt)
      entry.phase = 'waiting'
      turns.put(entry)
    }
    queuePump()
  }

  /** Logs refusals each, but an outage only when it begins and ends. */
  function report(entry: Queued, result: SendResult): void {
    if (result.ok) {
      if (failing) log.info({ channel: channel.name }, 'Messages can be sent again')
      failing = false
      return
    }
    const fields = { channel: channel.name, notification: entry.notification.id, error: result.error }
    if (!result.retry) log.warn(fields, 'A message cannot be sent')
    else if (!failing) log.warn(fields, 'Messages cannot be sent now; they are tried again')
    failing ||= result.retry
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(waiting)
        pauses.delete(wake)
        resolve()
      }
      const waiting = setTimeout(wake, ms)
      pauses.add(wake)
    })
  }

  return {
    start() {
      if (running || ended) return
      running = true
      unsubscribe = core.onCommit((commit) => {
        for (const notification of commit.notifications) follow(notification)
        if (commit.notifications.length > 0) queuePump()
      })
      const queued = options.pending().toSorted((a, b) => a.queuedAt - b.queuedAt)
      for (const notification of queued) follow(notification)
      queuePump()
    },

    queued: () => entries.size,
    age(now) {
      let age = 0
      for (const { notification, failed, phase } of entries.values()) {
        if (phase === 'recording' && failed === notification.attempts) continue
        // What was tried is late since it was queued, though its next attempt is still to come.
        const since = failed === 0 ? notification.notBefore : notification.queuedAt
        age = Math.max(age, now - since)
      }
      return age
    },

    async stop() {
      running = false
      clearTimeout(timer)
      for (const wake of pauses) wake()
      await settled(underWay, stopTimeout)
      ended = true
      unsubscribe?.()
      for (const abort of aborts) abort.abort()
    },
  }
}

/** Attempts that a channel took, and that came to nothing later, are no failures of sending. */
function failuresOf({ attempts, notBy = [] }: Notification): number {
  return Math.max(0, attempts - notBy.length)
}

function deliveryOf(notification: string, result: SendResult, retryAt: number): DeliveryInput {
  const type = 'delivery'
  if (result.ok) {
    const { ok: _, ...taken } = result
    return { type, notification, ...taken }
  }
  const { error } = result
  return result.retry
    ? { type, notification, to: 'retry', error, notBefore: retryAt }
    : { type, notification, to: 'failed', error }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true })
  })
}

/** Resolves when all have settled, at the latest after `timeout` ms. */
async function settled(work: Iterable<Promise<void>>, timeout: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, timeout)
  })
  await Promise.race([Promise.allSettled(work), limit])
  clearTimeout(timer)
}
