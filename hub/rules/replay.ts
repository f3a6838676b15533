import type { Transition } from '../model/alert.ts'
import type { Home, SensorFacts } from '../model/home.ts'
import { createEngine } from './engine.ts'
import type { Engine } from './engine.ts'
import type { PastReading } from './parse-readings.ts'
import type { RuleSet } from './rule.ts'
import { createPlayback, transitionsOf } from './playback.ts'
import type { Said } from './playback.ts'
import { rowKey } from './state.ts'
import type { RuleFault } from './state.ts'
import { createTimerQueue } from './timer-queue.ts'

/** With no register given, a sensor is alive for this long after each reading (docs/rules.md, replay). */
const HEARD_EVERY = 25 * 3_600_000
/** The same reading is known again for this long (docs/meaning.md, 4). */
const READING_ID_MEMORY = 7 * 24 * 3_600_000

export interface ReplayOptions {
  readonly rules: RuleSet
  /** The register; without it, each sensor is registered at its first reading. */
  readonly homes?: readonly Home[]
  /** Where the clock stops, ms: past the last reading, or before it. Else at the last reading. */
  readonly until?: number
  /** Resolves what is latched this long after its last event, ms; without it nobody ever does. */
  readonly handle?: number
  /** Told the number of readings so far, now and then. */
  readonly onProgress?: (readings: number) => void
}

/** What a replay did beside its transitions. */
export interface ReplaySummary {
  /** Readings that were applied. */
  readonly readings: number
  /** Dropped, as the same reading was there before (same id, same content). */
  readonly duplicates: number
  /** Taken, although their id was used before with other content. */
  readonly clashes: number
  /** Left out: of sensors that are not in the register, by `home/sensor`. */
  readonly unregistered: ReadonlyMap<string, number>
  /** Rules that could not be evaluated: the first fault of each. */
  readonly faults: readonly RuleFault[]
}

const PROGRESS_EVERY = 20_000

/**
 * Runs rules over a history under a virtual clock. Homes are reachable throughout, unless the history itself has
 * `availability` of a gateway of the register.
 * @param readings in order of `receivedAt`
 * @yields transitions in the order in which a hub would have said them
 */
export function* replay(
  readings: readonly PastReading[],
  options: ReplayOptions,
): Generator<Transition, ReplaySummary> {
  return yield* transitionsOf(run(readings, options, false))
}

/** Like `replay`; yields each score that is computed too, before what the rules say of it. */
export function replayWithScores(
  readings: readonly PastReading[],
  options: ReplayOptions,
): Generator<Said, ReplaySummary> {
  return run(readings, options, true)
}

function* run(
  readings: readonly PastReading[],
  { rules, homes, until = Infinity, handle, onProgress }: ReplayOptions,
  tellsScores: boolean,
): Generator<Said, ReplaySummary> {
  const timers = createTimerQueue()
  const start = readings[0]?.receivedAt ?? 0
  const engine = homes ? startWithRegister() : createEngine(timers, rules, undefined, tellsScores)
  const enrol = homes ? undefined : createEnrolment(engine, readings)
  const seen = createReadingMemory()
  const unregistered = new Map<string, number>()
  const playback = createPlayback(engine, timers, rules, handle)
  let applied = 0

  function startWithRegister(): Engine {
    const rows = homes?.flatMap(({ id, gateways }) =>
      gateways.map((gateway) => [rowKey.gateway(id, gateway.id), { online: true }] as const),
    )
    const bare = homes?.map((home) => ({ ...home, sensors: [] })) ?? []
    const started = createEngine(timers, rules, { homes: bare, rows: new Map(rows) }, tellsScores)
    for (const home of homes ?? []) started.home(home, start)
    return started
  }

  function apply(reading: PastReading): void {
    const { home, sensor, receivedAt: now } = reading
    enrol?.(reading)
    const state = engine.state(home)
    if (reading.kind === 'availability' && state?.gateways.has(sensor)) {
      engine.gateway(home, sensor, reading.value === 'online', now)
    } else if (state?.sensors.has(sensor)) {
      engine.observe(reading, now)
    } else {
      const name = `${home}/${sensor}`
      unregistered.set(name, (unregistered.get(name) ?? 0) + 1)
      return
    }
    applied++
  }

  playback.collect(start)
  for (const reading of readings) {
    const now = reading.receivedAt
    if (now > until) break
    playback.advance(now)
    if (!seen.isDuplicate(reading)) apply(reading)
    playback.collect(now)
    if (applied % PROGRESS_EVERY === 0) onProgress?.(applied)
    const said = playback.said()
    if (said.length > 0) yield* said
  }
  if (until !== Infinity) playback.advance(until)
  yield* playback.said()
  const { duplicates, clashes } = seen
  return { readings: applied, duplicates, clashes, unregistered, faults: playback.faults() }
}

/** Without a register: what the readings say of their sensors stands for it. */
function createEnrolment(engine: Engine, readings: readonly PastReading[]): (reading: PastReading) => void {
  const residents = new Map<string, Set<string>>()
  const firstSaid = new Map<string, Partial<SensorFacts>>()
  for (const { home, sensor, room, role, resident } of readings) {
    if (resident !== undefined) residents.set(home, (residents.get(home) ?? new Set()).add(resident))
    const key = `${home}|${sensor}`
    const said = firstSaid.get(key)
    if (!said || (room ?? role ?? resident) !== undefined) {
      firstSaid.set(key, { ...given({ room, role, resident }), ...said })
    }
  }
  return ({ home: id, sensor, receivedAt: now, room, role, resident }) => {
    const home = engine.state(id)?.home
    const known = engine.state(id)?.sensors.get(sensor)?.facts
    const isAsKnown =
      known &&
      (room === undefined || room === known.room) &&
      (role === undefined || role === known.role) &&
      (resident === undefined || resident === known.resident)
    if (isAsKnown) return
    const facts: SensorFacts = {
      ...(known ?? { id: sensor, profile: 'native', address: sensor, heardEvery: HEARD_EVERY, kinds: ['*'] }),
      ...(!known && firstSaid.get(`${id}|${sensor}`)),
      ...given({ room, role, resident }),
    }
    const next: Home = home ?? {
      id,
      timezone: 'UTC',
      gateways: [],
      residents: [...(residents.get(id) ?? [])].toSorted().map((resident) => ({ id: resident })),
      sensors: [],
      contacts: [],
    }
    engine.home({ ...next, sensors: [...next.sensors.filter((one) => one.id !== sensor), facts] }, now)
  }
}

function given(facts: {
  readonly [key in 'room' | 'role' | 'resident']: string | undefined
}): Partial<SensorFacts> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
}

function createReadingMemory() {
  const seen = new Map<string, { readonly content: string; readonly at: number }>()
  return {
    duplicates: 0,
    clashes: 0,
    isDuplicate({ home, sensor, id, kind, value, at, receivedAt }: PastReading): boolean {
      if (id === undefined) return false
      const key = `${home}|${sensor}|${id}`
      const content = `${kind}=${JSON.stringify(value)}@${at}`
      const before = seen.get(key)
      if (before && receivedAt - before.at <= READING_ID_MEMORY) {
        if (before.content === content) {
          this.duplicates++
          return true
        }
        this.clashes++
      }
      seen.set(key, { content, at: receivedAt })
      return false
    },
  }
}
