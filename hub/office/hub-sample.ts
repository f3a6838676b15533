import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { RunningCore } from '../core/create-core.ts'
import type { Point } from '../history/points.ts'
import { hubPoints } from '../history/samples.ts'
import type { ChannelFacts, ConnectorFacts } from '../model/system.ts'
import type { CommitTimes } from './commit-times.ts'

export interface HubSampleParts {
  readonly core: Pick<RunningCore, 'now' | 'homes' | 'openAlerts' | 'onCommit'>
  /** How much room is left, bytes; undefined where the machine does not say. */
  readonly diskFree: () => number | undefined
  readonly commits: CommitTimes
  readonly lag: () => { readonly entries: number; readonly since?: number }
  readonly outbox: (now: number) => { readonly queued: number; readonly age: number }
  readonly connections: () => number
  readonly channels: () => readonly Pick<ChannelFacts, 'channel' | 'ok'>[]
  readonly connectors: () => readonly Pick<ConnectorFacts, 'ok'>[]
}

/** How often it looks whether the thread that answers MQTT is late, ms. */
const LOOKED = 10

/** Counts what the hub does from now on, and says how it is since it was asked last. */
export function createHubSample(parts: HubSampleParts): {
  next(): Promise<readonly Point[]>
  stop(): void
} {
  const { core, commits, connections } = parts
  const loop = monitorEventLoopDelay({ resolution: LOOKED })
  loop.enable()
  let [readings, inputs, undecoded] = [0, 0, 0]
  let since = performance.now()
  const unsubscribe = core.onCommit(({ entries }) => {
    inputs += entries.length
    for (const { input } of entries) {
      if (input.type === 'reading') readings++
      else if (input.type === 'undecoded') undecoded++
    }
  })

  return {
    async next() {
      const diskFree = parts.diskFree()
      const now = core.now()
      const until = performance.now()
      const lag = parts.lag()
      const commit = commits.take()
      const open = core.openAlerts()
      let homes = 0
      for (const _ of core.homes()) homes++
      const points = hubPoints(now, {
        span: until - since,
        readings,
        inputs,
        undecoded,
        ...(commit && { commit }),
        // It measures from look to look, so that what is on time takes as long as it is from one to the next.
        loop: Math.max(0, loop.percentile(99) / 1e6 - LOOKED),
        history: { entries: lag.entries, age: lag.since === undefined ? 0 : Math.max(0, now - lag.since) },
        outbox: parts.outbox(now),
        connections: connections(),
        homes,
        openAlerts: open.length,
        unanswered: open.filter(({ handling }) => handling === 'new').length,
        ...(diskFree !== undefined && { diskFree }),
        memory: process.memoryUsage.rss(),
        channels: parts.channels(),
        connectorsDown: parts.connectors().filter(({ ok }) => !ok).length,
      })
      since = until
      readings = inputs = undecoded = 0
      loop.reset()
      return points
    },
    stop() {
      unsubscribe()
      loop.disable()
    },
  }
}
