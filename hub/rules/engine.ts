import type { Refreshed, Transition } from '../model/alert.ts'
import type { Home } from '../model/home.ts'
import type { Mode } from '../model/input.ts'
import { KINDS } from '../model/kind.ts'
import type { Reading, ReadingMarks, Value } from '../model/reading.ts'
import type { ServiceFacts } from '../model/service-state.ts'
import { observeAbsence, superviseAbsence } from './absence.ts'
import { useRules } from './change-rules.ts'
import { forgetWaitsSince, observeConfirmations } from './confirmation.ts'
import { away, back, disconnectAll } from './downtime.ts'
import { unlatch } from './findings.ts'
import { forgetHome, forgetParts } from './forget.ts'
import { areaAnswered } from './gather.ts'
import { takeHome } from './register-home.ts'
import { restore, runDue } from './rows.ts'
import { createRuleSet } from './rule.ts'
import type { RuleSet, WhenRule } from './rule.ts'
import { observeRetained } from './retained.ts'
import { observeVital } from './score.ts'
import { setShedding } from './shedding.ts'
import type { Sign } from './sign-of-life.ts'
import { heard, setGateway, setOffline } from './silence.ts'
import type { HomeState, LastValue, Row, RuleFault, Score, World } from './state.ts'
import { setMode, setService } from './supervise-gates.ts'
import type { TimerQueue } from './timer-queue.ts'
import { observeTracks } from './tracks.ts'
import { observeWhen } from './when.ts'
import type { Observation } from './when.ts'

/** Observed more than this before it arrived: late (docs/meaning.md, 3). */
const LATE_AFTER = 60_000
const OLDEST = 7 * 24 * 3_600_000
const FURTHEST_AHEAD = 60_000
const NONE: readonly WhenRule[] = []

/** What applying one input gave. */
export interface Applied {
  readonly transitions: readonly Transition[]
  /** After the transitions. */
  readonly refreshed: readonly Refreshed[]
  readonly scores: readonly Score[]
  readonly faults: readonly RuleFault[]
  /** Rows to write; null: delete. */
  readonly changed: ReadonlyMap<string, Row | null>
}

/**
 * The rules over all homes: a state machine driven by readings, gateways, the register and due timers. Knows no
 * clock: the time comes with every call. Before an input is applied, every timer due up to its `now` must have
 * been run, in the order in which the queue gives them.
 */
export interface Engine {
  readonly rules: RuleSet
  /** Takes what changed since the last call. */
  changes(): Applied
  observe(reading: Reading, now: number): ReadingMarks
  /** What the hub said itself to try an alarm: rules that wait for it fire, and nothing is known of the sensor by it. */
  tryAlarm(reading: Reading, now: number): void
  /** What began since then was tried, and answered: what a rule still waits for to follow from it does not count. */
  tried(home: string, since: number): void
  gateway(home: string, gateway: string, online: boolean, now: number): void
  home(home: Home, now: number): void
  /** Residents and sensors that are in the home no more were erased: what was learned of them goes. */
  forget(home: string, parts: readonly string[]): void
  /** What a home's contacts may get has changed: nothing that rules look at. */
  contacts(home: string, contacts: Home['contacts']): void
  useRules(rules: RuleSet, now: number): void
  /** People said that a mode of the home is on (until then, ms) or off; without an end where there must be one. */
  mode(
    home: string,
    mode: Mode,
    on: boolean,
    now: number,
    until?: number,
    who?: { readonly by: string; readonly via: string },
  ): void
  /** The service of a home begins, is paused or ends; undefined: it is active. */
  service(home: string, state: ServiceFacts | undefined, now: number): void
  /** The hub was away since `since`: that time counts as unreachable for silence and absence. */
  away(since: number): void
  /** After `away` and the due timers, in a process that went on: what was connected is so still. */
  back(now: number): void
  /** After `away` and the due timers: nothing is connected any more. */
  disconnectAll(now: number): void
  /** From now on the hub keeps alarms alone, or all again: meanwhile what is not known is neither true nor false. */
  shed(on: boolean, now: number): void
  /** Since when it keeps alarms alone. */
  shedSince(): number | undefined
  /** A human resolved the alert of this rule and scope; one about an area has no home. */
  resolved(rule: string, home: string | undefined, scope: string, now: number): void
  /** Runs a timer that the queue gave out; false when the key is not one of the engine's. */
  due(key: string, due: number): boolean
  state(home: string): HomeState | undefined
  homes(): IterableIterator<HomeState>
}

/**
 * @param timers shared with whoever else has timers in the same stream
 * @param saved rows as `changes` gave them, and the register they belong to
 * @param tellsScores whether `changes` has each score that is computed
 */
export function createEngine(
  timers: TimerQueue,
  rules: RuleSet = createRuleSet([]),
  saved?: { homes: readonly Home[]; rows: ReadonlyMap<string, Row> },
  tellsScores = false,
): Engine {
  const world: World = {
    rules,
    homes: new Map(),
    areas: new Map(),
    timers,
    changed: new Map(),
    transitions: [],
    refreshed: [],
    faults: [],
    scores: [],
    tellsScores,
    isAway: false,
    shedSince: undefined,
    unsaved: new Map(),
  }

  function observe(reading: Reading, now: number): ReadingMarks {
    const marks: ReadingMarks = {}
    const state = world.homes.get(reading.home)
    const sensor = state?.sensors.get(reading.sensor)
    if (!state || !sensor) return marks
    if (reading.retained) {
      observeRetained(world, state, sensor, reading, now)
      // No point of the history: when it was so is not known.
      return { repeat: true }
    }
    let { at } = reading
    if (at > now + FURTHEST_AHEAD || at < now - OLDEST) {
      marks.claimedAt = at
      at = now
    }
    const late = now - at > LATE_AFTER
    if (late) marks.late = true
    const { row } = sensor
    const { kind } = reading
    heard(world, state, sensor, at, now, kind === 'availability' && reading.value === 'offline')
    if (reading.status !== undefined) {
      const known = row.status?.[kind]
      if (known?.word === reading.status) marks.repeat = true
      // An older one that comes late does not take the place of a newer one, whose repeats would look new.
      if (!known || at >= known.at) row.status = { ...row.status, [kind]: { word: reading.status, at } }
      if (marks.repeat) return marks
    }
    const value = reading.value
    if (value === null) return marks
    const last = row.last[kind]
    const isEvent = KINDS.get(kind)?.sort === 'event'
    if (last && at < last.at) {
      marks.outOfOrder = true
      if (!isEvent) return marks
    } else {
      row.last[kind] = lastValue(last, value, at, isEvent)
      // What it has never shown before it may show from now on, as a sign of life too; its profile knew of the rest.
      if (!last && !sensor.facts.kinds.includes(kind)) superviseAbsence(world, state, now)
    }
    const sign: Sign = { kind, value, previous: last?.value, at, now }
    observeTracks(world, state, sensor, sign)
    observeConfirmations(world, state, sensor, sign)
    if (kind === 'availability') {
      setOffline(world, state, sensor, value === 'offline', at, now)
    } else {
      const observed: Observation = marks.outOfOrder
        ? { kind, value, at, now, late, outOfOrder: true }
        : { kind, value, at, now, late }
      for (const rule of world.rules.whenByKind.get(kind) ?? NONE) {
        observeWhen(world, state, sensor, rule, observed)
      }
    }
    if (!marks.outOfOrder) {
      observeVital(world, state, sensor, { kind, value, at, now, late })
      observeAbsence(world, state, sensor, sign)
    }
    return marks
  }

  if (saved) restore(world, saved.homes, saved.rows)

  return {
    get rules() {
      return world.rules
    },
    changes() {
      const { transitions, refreshed, scores, faults, changed } = world
      world.transitions = []
      world.refreshed = []
      world.faults = []
      world.scores = []
      if (changed.size > 0) {
        world.changed = new Map()
        if (world.unsaved.size > 0) for (const key of changed.keys()) world.unsaved.delete(key)
      }
      return { transitions, refreshed, scores, faults, changed }
    },
    observe,
    tryAlarm({ home, sensor: id, kind, value }, now) {
      const state = world.homes.get(home)
      const sensor = state?.sensors.get(id)
      if (!state || !sensor || value === null) return
      for (const rule of world.rules.whenByKind.get(kind) ?? NONE) {
        const { confirmation } = rule
        // Nobody fell: what should follow a fall, or not, tells nothing.
        if (confirmation && confirmation.type !== 'unless') continue
        observeWhen(world, state, sensor, rule, { kind, value, at: now, now, late: false })
      }
    },
    tried(home, since) {
      const state = world.homes.get(home)
      if (state) forgetWaitsSince(world, state, since)
    },
    gateway(home, gateway, online, now) {
      const state = world.homes.get(home)
      if (state) setGateway(world, state, gateway, online, now)
    },
    home(home, now) {
      takeHome(world, home, now)
      if (home.erased !== undefined) forgetHome(world, home)
    },
    forget(home, parts) {
      const state = world.homes.get(home)
      if (state) forgetParts(world, state, parts)
    },
    contacts(home, contacts) {
      const state = world.homes.get(home)
      if (state) state.home = { ...state.home, contacts }
    },
    useRules: (next, now) => useRules(world, next, now),
    mode(home, mode, on, now, until, who) {
      const state = world.homes.get(home)
      if (state) setMode(world, state, mode, on, now, until, who)
    },
    service(home, service, now) {
      const state = world.homes.get(home)
      if (state) setService(world, state, service, now)
    },
    away: (since) => away(world, since),
    back: (now) => back(world, now),
    disconnectAll: (now) => disconnectAll(world, now),
    shed: (on, now) => setShedding(world, on, now),
    shedSince: () => world.shedSince,
    resolved(rule, home, scope, now) {
      const known = world.rules.rules.get(rule)
      if (home === undefined) {
        areaAnswered(world, rule, scope)
        return
      }
      const state = world.homes.get(home)
      if (state && known) unlatch(world, state, known, scope, now)
    },
    due: (key, due) => runDue(world, key, due),
    state: (home) => world.homes.get(home),
    homes: () => world.homes.values(),
  }
}

/** Words and yes-or-no keep since when they have been the same; a number hardly ever is. */
function lastValue(last: LastValue | undefined, value: Value, at: number, isEvent: boolean): LastValue {
  if (isEvent || typeof value === 'number') return { value, at }
  return { value, at, since: last?.value === value ? (last.since ?? last.at) : at }
}
