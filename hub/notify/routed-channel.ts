import { runningLimit } from '../time/running-limit.ts'
import type { Channel, ChannelKind, Health, Message, SendResult } from './channel.ts'

/** Something about a channel's state that people should know; told when it changes. */
export interface ChannelState {
  readonly channel: string
  readonly ok: boolean
  /** Why not. */
  readonly error?: string
}

export interface RoutedChannelOptions {
  readonly kind: ChannelKind
  /** In the order of choice; at least one. */
  readonly channels: readonly Channel[]
  /** Calls once after so many ms; the function it gives calls it off. */
  readonly later: (call: () => void, ms: number) => () => void
  /** A channel stopped working, or works again. */
  readonly onState: (state: ChannelState) => void
  /** Milliseconds after which a message without a report of its delivery goes by the next; not given: it does not. */
  readonly reportWithin?: number
  /** Milliseconds that one channel may take for one message before the next is tried. */
  readonly attemptTimeout?: number
  /** Milliseconds between two health checks of a channel. */
  readonly checkEvery?: number
}

export interface RoutedChannel extends Channel {
  /** One of its channels told that a message was delivered, or all that it can ever tell. */
  heard(channel: string): void
  /** All channels and their state, in the order of choice. */
  states(): readonly ChannelState[]
  start(): void
  stop(): Promise<void>
}

/** A channel that took messages for so many phones and told of no delivery since is taken for broken. */
const UNHEARD = 3
/** After that time it is given another chance, ms. */
const UNHEARD_FOR = 30 * 60_000
/** So many failures one after the other are an outage, whatever the health check says. */
const OUTAGE = 3
const CHECK_EVERY = 60_000
/** Milliseconds that one channel may take for one message, when nothing else is said. */
export const ATTEMPT_TIMEOUT = 8_000
const CHECK_TIMEOUT = 10_000

interface Entry {
  readonly channel: Channel
  /** It failed: others come before it until its check is good. */
  avoided: boolean
  /** Numbers and addresses for which it took a message, which went by another since; none after a delivery. */
  readonly unheard: Set<string>
  /** Calls off its next chance. */
  chance?: () => void
  /** Failures since the last message that it took. */
  failures: number
  sendError?: string
  checkError?: string
  told: ChannelState
}

/**
 * One channel out of several: the first choice, and the next one at once where that fails: also for good, for the
 * reason may be its own (an account that is blocked). A message can never be sent when every one says so. A channel that failed comes last until its health check is good again (where it has none, until the
 * time of one has passed). A provider that took a message and could not say so makes the next one send it
 * again: twice is better than never.
 */
export function createRoutedChannel(options: RoutedChannelOptions): RoutedChannel {
  const { kind, later, onState, reportWithin } = options
  const { attemptTimeout = ATTEMPT_TIMEOUT, checkEvery = CHECK_EVERY } = options
  const names = options.channels.map(({ name }) => name)
  const entries: readonly Entry[] = options.channels.map((channel) => ({
    channel,
    avoided: false,
    unheard: new Set(),
    failures: 0,
    told: { channel: channel.name, ok: true },
  }))
  const stops = new Set<() => void>()
  let running = false

  function tell(entry: Entry): void {
    const error =
      entry.checkError ??
      (entry.failures >= OUTAGE ? entry.sendError : undefined) ??
      (entry.unheard.size >= UNHEARD ? 'It takes messages, and tells of no delivery' : undefined)
    const channel = entry.channel.name
    const before = entry.told
    entry.told = error === undefined ? { channel, ok: true } : { channel, ok: false, error }
    if (entry.told.ok !== before.ok) onState(entry.told)
  }

  async function attempt(entry: Entry, message: Message, signal: AbortSignal): Promise<SendResult> {
    const result = await withTime(attemptTimeout, signal, entry.channel.name, (own) =>
      entry.channel.send(message, own),
    )
    // The hub stops: that says nothing about the channel.
    if (signal.aborted) return result
    if (result.ok) {
      entry.failures = 0
      entry.avoided = false
      delete entry.sendError
    } else if (result.retry) {
      entry.failures += 1
      entry.avoided = true
      entry.sendError = result.error
    }
    tell(entry)
    return result.ok ? { ...result, ...routeFacts(entry, result.to) } : result
  }

  /** Whoever sends a message again says who took it before, for nothing. */
  function noteUnheard({ to, notBy = [] }: Message): void {
    for (const entry of entries) {
      if (!notBy.includes(entry.channel.name) || entry.unheard.size >= UNHEARD) continue
      entry.unheard.add(to)
      if (entry.unheard.size < UNHEARD) continue
      const callOff = later(() => trust(entry), UNHEARD_FOR)
      entry.chance = () => {
        callOff()
        stops.delete(entry.chance ?? callOff)
      }
      stops.add(entry.chance)
      tell(entry)
    }
  }

  function trust(entry: Entry): void {
    entry.chance?.()
    delete entry.chance
    if (entry.unheard.size === 0) return
    entry.unheard.clear()
    tell(entry)
  }

  function routeFacts({ channel }: Entry, to: 'accepted' | 'delivered'): Partial<SendResult & { ok: true }> {
    const via = channel.name
    const others = names.filter((name) => name !== via)
    if (others.length === 0 || to === 'delivered') return { via }
    const isExpected = channel.reports && reportWithin !== undefined
    return { via, others, ...(isExpected && { reportWithin }) }
  }

  /** The call that is made with a limit of its own inside the limit of whoever asked. */
  async function withTime(
    ms: number,
    signal: AbortSignal,
    name: string,
    call: (signal: AbortSignal) => Promise<SendResult>,
  ): Promise<SendResult> {
    const own = new AbortController()
    const callOff = runningLimit(later, () => own.abort(), ms)
    const both = AbortSignal.any([signal, own.signal])
    try {
      return await Promise.race([call(both), aborted(both)])
    } catch (cause) {
      const error = both.aborted
        ? `${name} gave no answer in time`
        : `${name} failed: ${cause instanceof Error ? cause.name : 'unknown error'}`
      return { ok: false, retry: true, error }
    } finally {
      callOff()
    }
  }

  async function check(entry: Entry): Promise<void> {
    if (entry.channel.check === undefined) {
      entry.avoided = false
      return
    }
    const own = new AbortController()
    const callOff = later(() => own.abort(), CHECK_TIMEOUT)
    const abort = (): void => own.abort()
    stops.add(abort)
    const health = await Promise.race([entry.channel.check(own.signal), aborted(own.signal)]).catch(
      (): Health => ({ ok: false, error: `${entry.channel.name} gave no answer to the health check` }),
    )
    callOff()
    stops.delete(abort)
    if (!running) return
    if (health.ok) {
      entry.avoided = false
      delete entry.checkError
    } else {
      entry.avoided = true
      entry.checkError = health.error
    }
    tell(entry)
  }

  function keepChecking(entry: Entry, first: number): void {
    const callOff = later(() => {
      stops.delete(callOff)
      void check(entry).finally(() => {
        if (running) keepChecking(entry, checkEvery)
      })
    }, first)
    stops.add(callOff)
  }

  /** Those that may still have a way; all of them where each was tried and the route has changed since. */
  function inOrder({ notBy = [] }: Message): readonly Entry[] {
    const untried = entries.filter(({ channel }) => !notBy.includes(channel.name))
    const rank = ({ avoided, unheard }: Entry): number => Number(avoided || unheard.size >= UNHEARD)
    return (untried.length > 0 ? untried : entries).toSorted((a, b) => rank(a) - rank(b))
  }

  return {
    name: entries.map(({ channel }) => channel.name).join(', '),
    kind,
    reports: entries.every(({ channel }) => channel.reports),
    async send(message, signal) {
      noteUnheard(message)
      const errors = new Set<string>()
      let retry = false
      for (const entry of inOrder(message)) {
        const result = await attempt(entry, message, signal)
        if (result.ok) return result
        errors.add(result.error)
        retry ||= result.retry
        if (!signal.aborted) continue
        retry = true
        break
      }
      return { ok: false, retry, error: [...errors].join('; ') }
    },
    heard(channel) {
      const entry = entries.find((one) => one.channel.name === channel)
      if (entry) trust(entry)
    },
    states: () => entries.map(({ told }) => told),
    start() {
      if (running) return
      running = true
      for (const entry of entries) {
        entry.channel.start?.()
        keepChecking(entry, 0)
      }
    },
    async stop() {
      running = false
      for (const stop of stops) stop()
      stops.clear()
      await Promise.all(entries.map(({ channel }) => channel.stop?.()))
    },
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = (): void => reject(new Error('aborted'))
    if (signal.aborted) fail()
    else signal.addEventListener('abort', fail, { once: true })
  })
}
