import { backOffMs } from './back-off.ts'
import type { FollowerClock, FollowerOptions, HistoryWriter, WriteResult } from './follower.ts'
import type { Point } from './points.ts'
import { waitAtMost } from './wait-at-most.ts'

export interface SamplerOptions {
  /** The points of now; called at once and then every so often, and not before it has answered. */
  readonly take: () => Promise<readonly Point[]>
  readonly every: number
  /** With a connection of its own: what is slow here must not be slow for the follower of the journal. */
  readonly writer: HistoryWriter
  readonly clock: FollowerClock
  /** From 0 to 1. */
  readonly random: () => number
  readonly log: FollowerOptions['log']
  /** The most points that wait while InfluxDB is away; 50,000 when not given. */
  readonly most?: number
}

export interface Sampler {
  start(): void
  /** Ends after the write under way, or without it when it takes too long. What waits is lost: samples are best effort. */
  stop(): Promise<void>
  /** For what is not taken with the others. */
  add(points: readonly Point[]): void
  counts(): SamplerCounts
}

/** In points. */
export interface SamplerCounts {
  readonly waiting: number
  readonly written: number
  /** The oldest, given up because InfluxDB was away for too long. */
  readonly dropped: number
  /** That InfluxDB does not take. */
  readonly refused: number
}

const MOST = 50_000
/** Their lines are made on the thread that answers MQTT: a millisecond or two, then others have their turn. */
export const AT_ONCE = 500
const BACKOFF = { from: 10_000, to: 120_000 }
const STOP_WITHIN_MS = 2000

/** Takes samples and writes them. Samples go on while InfluxDB is away; when too many wait, the oldest are given up. */
export function createSampler(options: SamplerOptions): Sampler {
  const { take, every, writer, clock, random, log } = options
  const most = options.most ?? MOST
  let waiting: Point[] = []
  /** In the write under way. */
  let underWay = 0
  let [written, dropped, refused] = [0, 0, 0]
  let failures = 0
  let notBefore = 0
  let callOff: (() => void) | undefined
  let taking: Promise<void> | undefined
  let writing: Promise<void> | undefined
  let isLeaving = false
  const told = new Set<string>()

  function turn(): void {
    callOff = clock.later(turn, every)
    // The last ones are not there yet: this turn is left out.
    taking ??= takeOnce().finally(() => (taking = undefined))
  }

  async function takeOnce(): Promise<void> {
    try {
      add(await take())
    } catch (cause) {
      const error = cause instanceof Error ? cause.message : String(cause)
      tellOnce(error, { error }, 'samples for the history cannot be taken')
    }
  }

  function add(points: readonly Point[]): void {
    if (isLeaving) return
    for (const point of points) waiting.push(point)
    giveUpOldest()
    if (clock.now() >= notBefore) writing ??= writeAll().finally(() => (writing = undefined))
  }

  function giveUpOldest(): void {
    const over = waiting.length + underWay - most
    if (over <= 0) return
    dropped += waiting.splice(0, over).length
  }

  async function writeAll(): Promise<void> {
    for (;;) {
      if (waiting.length === 0 || isLeaving) return
      const points = waiting.splice(0, AT_ONCE)
      underWay = points.length
      const result = await writeSome(points)
      underWay = 0
      if (!result.ok) {
        waiting = [...points, ...waiting]
        giveUpOldest()
        backOff(result.error)
        return
      }
      if (failures > 0) log.info({ failures, dropped }, 'samples for the history are written again')
      failures = 0
      written += points.length - result.refused.length
      refused += result.refused.length
      for (const { reason } of result.refused) {
        tellOnce(
          reason,
          { reason },
          'samples that history does not take are left out; said once for each reason',
        )
      }
    }
  }

  /** Nobody waits for this write: what was thrown here would end the hub. */
  async function writeSome(points: readonly Point[]): Promise<WriteResult> {
    try {
      return await writer.write(points)
    } catch (cause) {
      return { ok: false, retry: true, error: cause instanceof Error ? cause.message : String(cause) }
    }
  }

  function backOff(error: string): void {
    notBefore = clock.now() + backOffMs(failures, BACKOFF, random())
    failures += 1
    if (failures === 1) log.warn({ error }, 'samples for the history are not written; trying again')
  }

  function tellOnce(what: string, fields: object, message: string): void {
    if (told.has(what) || told.size >= 100) return
    told.add(what)
    log.warn(fields, message)
  }

  return {
    start() {
      if (!callOff && !isLeaving) turn()
    },
    async stop() {
      isLeaving = true
      callOff?.()
      await waitAtMost(STOP_WITHIN_MS, Promise.all([taking, writing]), clock)
    },
    add,
    counts: () => ({ waiting: waiting.length + underWay, written, dropped, refused }),
  }
}
