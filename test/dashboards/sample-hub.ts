import type { RunningHub } from '../../hub/hub.ts'
import { indicatorPoints } from '../../hub/history/samples.ts'
import type { HistoryWriter } from '../../hub/history/follower.ts'
import type { Point } from '../../hub/history/points.ts'
import type { Figure, IndicatorId } from '../../hub/model/indicator.ts'
import { createCommitTimes } from '../../hub/office/commit-times.ts'
import { createHomeRounds } from '../../hub/office/home-rounds.ts'
import { createOpenAlertSamples } from '../../hub/office/open-alert-samples.ts'
import { createHubSample } from '../../hub/office/hub-sample.ts'

const DAY = 86_400_000

/**
 * Writes what the hub's sampler writes in its first minutes and at the next full hour, now: made by the same parts of
 * the hub, only nobody waits for their time.
 */
export async function sampleNow(hub: RunningHub, writer: HistoryWriter): Promise<void> {
  const { core, office } = hub
  const { facts } = await office.system()
  const commits = createCommitTimes()
  commits.record(2)
  const sample = createHubSample({
    core,
    diskFree: () => facts.disk?.free,
    commits,
    lag: () => ({ entries: facts.history?.waiting ?? 0 }),
    outbox: () => ({ queued: 0, age: 0 }),
    connections: () => facts.broker.connections,
    channels: () => facts.channels,
    connectors: () => facts.connectors,
  })
  const rounds = createHomeRounds({ core, look: office.protection.look, turns: 1, most: 100_000 })
  const points = [
    ...(await sample.next()),
    ...createOpenAlertSamples(core).next(),
    ...(await rounds.next()),
    ...(await indicatorsAt(hub, core.now())),
  ]
  sample.stop()
  await writeAll(writer, points)
}

/** Writes what the hub would have written of its indicators at other times: they are made from the journal. */
export async function sampleIndicators(
  hub: RunningHub,
  writer: HistoryWriter,
  times: readonly number[],
): Promise<void> {
  for (const at of times) await writeAll(writer, await indicatorsAt(hub, at))
}

/** Over the 24 hours before. */
async function indicatorsAt({ office }: RunningHub, at: number): Promise<readonly Point[]> {
  const { figures } = await office.indicators({ from: at - DAY, to: at })
  const byId = {} as Record<IndicatorId, Figure>
  for (const figure of figures) byId[figure.id] = figure
  return indicatorPoints(at, byId)
}

async function writeAll(writer: HistoryWriter, points: readonly Point[]): Promise<void> {
  const written = await writer.write(points)
  if (!written.ok || written.refused.length > 0) throw new Error(`Samples: ${JSON.stringify(written)}`)
}
