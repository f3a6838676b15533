import type { RunningCore } from './core/create-core.ts'
import type { Clock } from './core/clock.ts'
import { createSampler } from './history/sampler.ts'
import type { SamplerCounts, SamplerOptions } from './history/sampler.ts'
import type { ProtectionOffice } from './http/protection.ts'
import { createHomeRounds } from './office/home-rounds.ts'
import { createHourlyIndicators } from './office/hourly-indicators.ts'
import { createOpenAlertSamples } from './office/open-alert-samples.ts'
import { createHubSample } from './office/hub-sample.ts'
import type { HubSampleParts } from './office/hub-sample.ts'
import type { Indicators } from './office/indicators.ts'
import type { OpenWriter } from './open-history.ts'
import { later, repeat } from './timers.ts'

export interface OpenSamplesParts extends Omit<HubSampleParts, 'core'> {
  readonly core: RunningCore
  readonly clock: Pick<Clock, 'steady'>
  readonly look: ProtectionOffice['look']
  readonly figures: Indicators['figures']
  readonly openWriter: () => OpenWriter
  /** Nothing is sampled while it says so: there is no room for it. */
  readonly isPaused: () => boolean
  readonly random: () => number
  readonly log: SamplerOptions['log']
}

export interface OpenSamples {
  start(): void
  stop(): Promise<void>
  counts(): SamplerCounts
}

const EVERY = 10_000
/** Each home once a minute, as far as a thousand homes a minute do. */
const TURNS = 6
const MOST_HOMES = Math.ceil(1000 / TURNS)

/** Writes to the history how homes, sensors and the hub are, which the journal does not say. */
export function openSamples(parts: OpenSamplesParts): OpenSamples {
  const { core, clock, look, figures, random, log } = parts
  const writer = parts.openWriter()
  const hub = createHubSample(parts)
  const open = createOpenAlertSamples(core)
  const rounds = createHomeRounds({ core, look, turns: TURNS, most: MOST_HOMES })
  const sampler = createSampler({
    take: async () =>
      parts.isPaused() ? [] : [...(await hub.next()), ...open.next(), ...(await rounds.next())],
    every: EVERY,
    writer,
    clock: { now: core.now, later },
    random,
    log,
  })
  const indicators = createHourlyIndicators({
    figures,
    add: sampler.add,
    now: core.now,
    steady: clock.steady,
    repeat,
    log,
  })
  return {
    start() {
      sampler.start()
      indicators.start()
    },
    async stop() {
      indicators.stop()
      await sampler.stop()
      hub.stop()
      writer.close()
    },
    counts: sampler.counts,
  }
}
