import type { Clock } from '../../hub/core/clock.ts'
import type { CoreStore } from '../../hub/core/store.ts'
import type { Input } from '../../hub/model/input.ts'
import { MORNING, mixedHome, mixedReadings } from './mixed-readings.ts'
import { shippedRules } from './shipped-rules.ts'
import { startBenchCore } from './bench-core.ts'

/**
 * What the core keeps in memory for its homes: register, rule state, timers, open alerts. Run with --expose-gc and
 * the number of homes and of readings of each; prints one JSON line with bytes of heap before and after.
 */
const [homes = 0, readingsEach = 0] = process.argv.slice(2).map(Number)

/** Forgets everything: what is on disk is no matter of memory. */
const nowhere: CoreStore = {
  load: () => ({
    lastSeq: 0,
    aliveAt: 0,
    homes: [],
    rows: new Map(),
    openAlerts: [],
    notifications: [],
    staff: [],
    rules: undefined,
    packets: [],
  }),
  commit: () => {},
  seenReading: () => undefined,
  alert: () => undefined,
  notification: () => undefined,
  noteAlive: () => {},
}

let wall = MORNING
const clock: Clock = { wall: () => wall, steady: () => wall }
const { core, submit } = startBenchCore(nowhere, clock)

await submit([{ type: 'rules', files: await shippedRules() }])
const before = heap()
for (let index = 0; index < homes; index++) {
  const home = mixedHome(index)
  await submit([
    { type: 'home', home },
    ...home.gateways.map(({ id }): Input => ({ type: 'gateway', home: home.id, gateway: id, to: 'online' })),
  ])
}
const registered = heap()
const ids = Array.from({ length: homes }, (_, index) => ({ id: core.home(mixedHome(index).id)?.id ?? '' }))
const DAY = 24 * 3_600_000
let batch: Input[] = []
for (const reading of mixedReadings(ids, homes * readingsEach, DAY)) {
  if (batch.length === 500) {
    await submit(batch)
    batch = []
  }
  wall = reading.at
  batch.push({ type: 'reading', reading })
}
await submit(batch)
batch = []
const after = heap()
const open = core.openAlerts().length
core.stop()
process.stdout.write(`${JSON.stringify({ before, registered, after, open })}\n`)

function heap(): number {
  if (!globalThis.gc) throw new Error('Cannot measure: run with --expose-gc')
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage().heapUsed
}
