import { afterEach, beforeEach, expect, it } from 'vitest'
import { timedStore } from '../../hub/core/timed-store.ts'
import { createCommitTimes } from '../../hub/office/commit-times.ts'
import { createHubSample } from '../../hub/office/hub-sample.ts'
import { createMemoryStore } from '../helpers/memory-store.ts'
import { createManualClock, startCore, stopCores } from '../core/bench.ts'
import type { CoreBench } from '../core/bench.ts'

let bench: CoreBench
const commits = createCommitTimes()
beforeEach(async () => {
  const steady = createManualClock()
  const store = createMemoryStore()
  // Each transaction takes 4 ms.
  const slow = {
    ...store,
    commit: (batch: Parameters<typeof store.commit>[0]) => (steady.pass(4), store.commit(batch)),
  }
  bench = await startCore(timedStore(slow, steady, commits.record))
  commits.take()
})
afterEach(stopCores)

it('counts what came since it was asked last, and says how the hub is', async () => {
  const hub = createHubSample({
    core: bench.core,
    diskFree: () => 5e9,
    commits,
    lag: () => ({ entries: 3, since: bench.core.now() - 2000 }),
    outbox: () => ({ queued: 2, age: 0 }),
    connections: () => 7,
    channels: () => [{ channel: 'kannel', ok: false }],
    connectors: () => [{ ok: true }],
  })
  try {
    await bench.say('a', 'fall', 'detected')
    await bench.take({
      type: 'undecoded',
      home: 'h1',
      topic: 't',
      payload: '?',
      reason: 'r',
      alarm: false,
      receivedAt: bench.core.now(),
    })
    const [first, channel] = await hub.next()
    expect(first?.fields).toMatchObject({
      undecoded: 1,
      commit_ms_p50: expect.closeTo(4, 1),
      commit_ms_p99: expect.closeTo(4, 1),
      history_lag: 3,
      history_lag_s: 2,
      outbox: 2,
      connections: 7,
      homes: 1,
      open_alerts: 1,
      unanswered: 1,
      channels_down: 1,
      connectors_down: 0,
    })
    const { readings_per_s: readings, inputs_per_s: inputs } = first?.fields ?? {}
    expect(Number(inputs) / Number(readings)).toBeCloseTo(2)
    expect(first?.fields['disk_free']).toBeGreaterThan(0)
    expect(first?.fields['memory']).toBeGreaterThan(1e6)
    expect(first?.fields['loop_ms_p99']).toBeGreaterThanOrEqual(0)
    expect(channel).toMatchObject({ tags: { channel: 'kannel' }, fields: { up: 0 } })

    const [second] = await hub.next()
    expect(second?.fields).toMatchObject({ readings_per_s: 0, inputs_per_s: 0, undecoded: 0 })
    expect(second?.fields).not.toHaveProperty('commit_ms_p50')
  } finally {
    hub.stop()
  }
})
