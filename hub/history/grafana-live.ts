import { alertChangeOf } from '../alerts/alert-change.ts'
import type { Commit, Core } from '../core/core.ts'
import type { Alert, AlertEvent } from '../model/alert.ts'
import { isToldChange } from '../model/kept-entry.ts'
import { backOffMs } from './back-off.ts'
import { lineOf } from './line-protocol.ts'
import { pointTime, subjectOf, tagValue } from './points.ts'
import type { FollowerClock, FollowerOptions } from './follower.ts'
import { waitAtMost } from './wait-at-most.ts'

export interface GrafanaLiveOptions {
  /** `http://grafana:3000` */
  readonly url: string
  /** Of a service account that may `live:push`. */
  readonly token: string
  readonly onCommit: Core['onCommit']
  readonly clock: FollowerClock
  /** From 0 to 1. */
  readonly random: () => number
  readonly log: FollowerOptions['log']
  /** The most changes that wait; 1,000 when not given. */
  readonly most?: number
  /** How long one request may take, ms; 5 s when not given. */
  readonly timeout?: number
}

export interface GrafanaLive {
  start(): void
  /** What waits is lost: it is in the history. */
  stop(): Promise<void>
  facts(): LiveFacts
}

/** In changes of alerts, since the hub started. */
export interface LiveFacts {
  readonly pushed: number
  /** The oldest, given up because newer ones came. */
  readonly dropped: number
  /** Why the last request failed, and since when none succeeds, ms. */
  readonly failing?: { readonly since: number; readonly error: string }
}

const MOST = 1000
const TIMEOUT_MS = 5000
const BACKOFF = { from: 1000, to: 60_000 }
const STOP_WITHIN_MS = 1000
/** Grafana answers 500 to lines that it cannot read, too: what fails so often is given up. */
const TRIES = 3

interface Waiting {
  readonly event: AlertEvent
  readonly alert: Alert
  /** Tells changes of one millisecond apart. */
  readonly number: number
}

/**
 * Pushes each change of an alert to Grafana Live, so that a panel moves without being asked. It is no history: while
 * Grafana is away only the newest changes wait. Beside the commits all that happens is that a change is put into a queue.
 */
export function createGrafanaLive(options: GrafanaLiveOptions): GrafanaLive {
  const { clock, random, log, token } = options
  const { most = MOST, timeout = TIMEOUT_MS } = options
  const address = `${options.url.replace(/\/+$/, '')}/api/live/push/aal`
  let waiting: Waiting[] = []
  let [number, pushed, dropped, failures] = [0, 0, 0, 0]
  let failing: LiveFacts['failing']
  let sending: Promise<void> | undefined
  let callOff: (() => void) | undefined
  let unsubscribe: (() => void) | undefined
  const leaving = new AbortController()

  function heard({ events, alerts }: Pick<Commit, 'events' | 'alerts'>): void {
    const told = events.filter(({ what }) => isToldChange(what))
    if (told.length === 0) return
    const changed = new Map(alerts.map((alert) => [alert.id, alert]))
    for (const event of told) {
      const alert = changed.get(event.alert)
      if (alert) waiting.push({ event, alert, number: number++ })
    }
    giveUpOldest()
    if (callOff === undefined) send()
  }

  function giveUpOldest(): void {
    if (waiting.length > most) dropped += waiting.splice(0, waiting.length - most).length
  }

  function send(): void {
    if (leaving.signal.aborted) return
    // Nobody waits for it: what was thrown here would end the hub.
    sending ??= sendAll()
      .catch((cause: unknown) => tell(reasonOf(cause)))
      .finally(() => (sending = undefined))
  }

  async function sendAll(): Promise<void> {
    // What else happens in this turn goes with it, and nothing waits for the making of the lines.
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
    while (waiting.length > 0 && !leaving.signal.aborted) {
      const batch = waiting
      waiting = []
      const lines = batch.flatMap((one) => lineOfChange(one) ?? [])
      const failed = await push(lines)
      if (leaving.signal.aborted) return
      if (failed) {
        tell(failed.error)
        // What Grafana cannot read it will never read: it must not stand before what it can.
        if (!failed.retry) {
          dropped += batch.length
          failures = 0
        } else {
          waiting = [...batch, ...waiting]
          giveUpOldest()
          backOff()
          return
        }
        continue
      }
      if (failing) log.info({ failures, dropped }, 'Grafana Live takes what is pushed again')
      failing = undefined
      failures = 0
      pushed += lines.length
    }
  }

  /** @returns undefined: Grafana took them */
  async function push(
    lines: readonly string[],
  ): Promise<{ readonly retry: boolean; readonly error: string } | undefined> {
    try {
      const response = await fetch(address, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain; charset=utf-8' },
        body: lines.join('\n'),
        signal: AbortSignal.any([AbortSignal.timeout(timeout), leaving.signal]),
        redirect: 'manual',
      })
      await response.body?.cancel()
      if (response.ok) return undefined
      const { status } = response
      const isUnreadable = status === 400 || status === 413 || (status === 500 && failures >= TRIES)
      return { retry: !isUnreadable, error: saidBy(status) }
    } catch (cause) {
      const isLate = cause instanceof Error && cause.name === 'TimeoutError'
      return { retry: true, error: isLate ? `it did not answer within ${timeout / 1000} s` : reasonOf(cause) }
    }
  }

  function tell(error: string): void {
    if (!failing) log.warn({ error }, 'Grafana Live does not take what is pushed; trying again')
    failing = { since: failing?.since ?? clock.now(), error }
  }

  function backOff(): void {
    const ms = backOffMs(failures, BACKOFF, random())
    failures += 1
    callOff = clock.later(() => {
      callOff = undefined
      send()
    }, ms)
  }

  return {
    start() {
      unsubscribe ??= options.onCommit(heard)
    },
    async stop() {
      unsubscribe?.()
      callOff?.()
      await waitAtMost(STOP_WITHIN_MS, sending, clock)
      leaving.abort()
    },
    facts: () => ({ pushed, dropped, ...(failing && { failing }) }),
  }
}

/**
 * One line of line protocol. All is a field, and all fields are always there: a frame that changes its shape blanks the
 * panels that show it. What is not known is empty.
 */
function lineOfChange({ event, alert, number }: Waiting): string | undefined {
  const change = alertChangeOf(event, alert)
  if (!change) return undefined
  const { after, home = '', area = '', rule, scope, severity, category, what, test } = change
  const fields = {
    alert: change.alert,
    home,
    area,
    rule,
    subject: subjectOf(scope) ?? '',
    severity,
    category,
    what,
    handling: after.handling,
    condition: after.condition,
    level: after.severity,
    open: after.handling === 'resolved' ? 0 : 1,
    test: test ? 1 : 0,
    raised: change.raisedAt,
    at: change.at,
  }
  return lineOf({
    measurement: 'alert',
    tags: {},
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [
        name,
        typeof value === 'string' ? tagValue(value) : value,
      ]),
    ),
    time: pointTime(event.now, number),
    seq: 0,
  })
}

/** What a status means here, for whoever set it up. */
function saidBy(status: number): string {
  switch (status) {
    case 401:
      return 'the token is wrong, or was taken back (401)'
    case 403:
      return 'the service account may not live:push: give it the role Editor (403)'
    case 404:
      return 'there is no Grafana Live at this address: is the URL right? (404)'
    default:
      return `it answered ${status}`
  }
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  return inner instanceof Error ? inner.message : String(inner)
}
