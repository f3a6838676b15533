import type { Clock } from '../../hub/core/clock.ts'
import type { Outcome } from '../../hub/core/core.ts'
import { createCore } from '../../hub/core/create-core.ts'
import type { RunningCore } from '../../hub/core/create-core.ts'
import type { CoreStore } from '../../hub/core/store.ts'
import type { Alert } from '../../hub/model/alert.ts'
import type { Home } from '../../hub/model/home.ts'
import type { Input, RuleFile } from '../../hub/model/input.ts'
import type { Reading } from '../../hub/model/reading.ts'

export const START = Date.UTC(2026, 0, 5)

export const RULES: readonly RuleFile[] = [
  {
    name: 'rules.yaml',
    text: `rules:
  - { id: fall, title: Fall, category: safety, severity: high, on: fall, when: value == "detected", clear: manual }
  - id: low
    title: Low
    category: health
    on: spo2
    when: value < 90
    for: 2m
    levels: [{ severity: low }, { severity: high, when: value < 80 }]
  - { id: silent, title: S, category: technical, severity: low, scope: sensor, on: availability, when: value == "offline", resolve: auto }
  - { id: open, title: Open, category: routine, severity: medium, on: door, when: value == "open", for: 5m, resolve: auto }
  - { id: quiet, title: Quiet, category: safety, severity: medium, absent: { of: [motion, door], for: 4h } }
`,
  },
]

export function home(facts: Partial<Home> = {}): Home {
  return {
    id: 'h1',
    timezone: 'UTC',
    gateways: [{ id: 'gw' }],
    residents: [],
    sensors: ['a', 'b'].map((id) => ({
      id,
      profile: 'native',
      address: id,
      heardEvery: 90_000_000,
      kinds: ['*'],
    })),
    contacts: ['anne', 'berit'].map((id, index) => ({ id, language: 'nb', order: index + 1 })),
    ...facts,
  }
}

export interface ManualClock extends Clock {
  /** What both clocks of the machine show more from now on, ms. */
  pass(ms: number): void
  /** Sets the wall clock only, as a person or NTP does. */
  set(wall: number): void
}

export function createManualClock(start = START): ManualClock {
  let wall = start
  let steady = 1000
  return {
    wall: () => wall,
    steady: () => steady,
    pass(ms) {
      wall += ms
      steady += ms
    },
    set(to) {
      wall = to
    },
  }
}

/** A core on a clock that stands still until it is told. */
export interface CoreBench {
  readonly core: RunningCore
  readonly clock: ManualClock
  readonly failures: Error[]
  take(input: Input): Promise<Outcome>
  say(sensor: string, kind: string, value: Reading['value'], more?: Partial<Reading>): Promise<Outcome>
  /** Time goes on, and what is due happens. */
  pass(ms: number): Promise<Outcome>
  /** The one open alert of a rule. */
  alert(rule: string): Alert
  /** The process dies, and another one starts on the same store. */
  crash(): CoreBench
}

export function createCoreBench(store: CoreStore, clock: ManualClock = createManualClock()): CoreBench {
  const failures: Error[] = []
  const core = createCore({ store, clock, onFailure: (error) => failures.push(error) })
  let isGone = false
  const bench: CoreBench = {
    core,
    clock,
    failures,
    take: (input) => core.take(input),
    say: (sensor, kind, value, more) =>
      core.take({
        type: 'reading',
        reading: { home: 'h1', sensor, kind, value, at: core.now(), receivedAt: core.now(), ...more },
      }),
    pass(ms) {
      clock.pass(ms)
      return core.take({ type: 'tick' })
    },
    alert(rule) {
      const [alert, ...others] = core.openAlerts().filter((open) => open.rule === rule)
      if (!alert || others.length > 0)
        throw new Error(`Cannot find the one alert of ${rule}: ${others.length} others`)
      return alert
    },
    crash() {
      isGone = true
      return createCoreBench(store, clock)
    },
  }
  benches.push({ stop: () => (isGone ? undefined : core.stop()) })
  return bench
}

const benches: { stop(): void }[] = []

/** For afterEach: no timer is left behind. */
export function stopCores(): void {
  for (const { stop } of benches.splice(0)) stop()
}

/** The usual start: the home is registered, the rules are in force, the gateway is connected. */
export async function startCore(store: CoreStore, clock?: ManualClock): Promise<CoreBench> {
  const bench = createCoreBench(store, clock)
  await bench.take({ type: 'rules', files: RULES })
  await bench.take({ type: 'home', home: home() })
  await bench.take({ type: 'gateway', home: 'h1', gateway: 'gw', to: 'online' })
  return bench
}
