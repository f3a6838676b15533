import type { Transition } from '../model/alert.ts'
import type { Home, SensorFacts } from '../model/home.ts'
import type { Mode } from '../model/input.ts'
import { KINDS } from '../model/kind.ts'
import type { Reading, ReadingMarks, Value } from '../model/reading.ts'
import { absenceDue, observeAbsence, schedule as scheduleAbsence, superviseAbsence } from './absence.ts'
import { cooldownDue, fireHeldBack, forget, keepDue, release, unlatch } from './findings.ts'
import { confirmationDue, endWaits, observeConfirmations, superviseConfirmations } from './confirmation.ts'
import { forgetOccurrences, scheduleOccurrences } from './occurrence.ts'
import { addVitals, observeVital } from './score.ts'
import { timesDue } from './times.ts'
import { createRuleSet } from './rule.ts'
import type { AbsentRule, RuleSet, WhenRule } from './rule.ts'
import { inOrder, isAlive, residentOf, rowKey } from './state.ts'
import type {
  AbsentRow,
  ConfirmRow,
  CooldownRow,
  FindingRow,
  GatewayRow,
  HomeState,
  ModeRow,
  Row,
  RuleFault,
  Score,
  SensorRow,
  SensorState,
  TimesRow,
  VitalsRow,
  WhenRow,
  WindowRow,
  World,
} from './state.ts'
import { scheduleGates, setMode, superviseGates, windowDue } from './supervise-gates.ts'
import { dueAt, elapsed, restartAt, run } from './stopwatch.ts'
import type { TimerQueue } from './timer-queue.ts'
import { drop, observeWhen, schedule as scheduleWhen, suspendWhen, whenDue } from './when.ts'

/** Observed more than this before it arrived: late (RULES.md, Meaning 3). */
const LATE_AFTER = 60_000
const OLDEST = 7 * 24 * 3_600_000
const FURTHEST_AHEAD = 60_000

/** What applying one input gave. */
export interface Applied {
  readonly transitions: readonly Transition[]
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
  gateway(home: string, gateway: string, online: boolean, now: number): void
  home(home: Home, now: number): void
  useRules(rules: RuleSet, now: number): void
  /** People said that a mode of the home is on (until then, ms) or off; without an end where there must be one. */
  mode(home: string, mode: Mode, on: boolean, now: number, until?: number): void
  /** The hub was away since `since`: that time counts as unreachable for silence and absence. */
  away(since: number): void
  /** After `away` and the due timers, in a process that went on: what was connected is so still. */
  back(now: number): void
  /** After `away` and the due timers: nothing is connected any more. */
  disconnectAll(now: number): void
  /** A human resolved the alert of this rule and scope. */
  resolved(rule: string, home: string, scope: string, now: number): void
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
    timers,
    changed: new Map(),
    transitions: [],
    faults: [],
    scores: [],
    tellsScores,
    isAway: false,
  }

  function observe(reading: Reading, now: number): ReadingMarks {
    const marks: ReadingMarks = {}
    const state = world.homes.get(reading.home)
    const sensor = state?.sensors.get(reading.sensor)
    if (!state || !sensor) return marks
    let { at } = reading
    if (at > now + FURTHEST_AHEAD || at < now - OLDEST) {
      marks.claimedAt = at
      at = now
    }
    const late = now - at > LATE_AFTER
    if (late) marks.late = true
    const { row } = sensor
    const { kind } = reading
    heard(state, sensor, at, now, kind === 'availability' && reading.value === 'offline')
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
      row.last[kind] = { value, at }
      // What it has never shown before it may show from now on, as a sign of life too.
      if (!last) superviseAbsence(world, state, now)
    }
    observeConfirmations(world, state, sensor, { kind, value, previous: last?.value, at, now })
    if (kind === 'availability') {
      setOffline(state, sensor, value === 'offline', at, now)
    } else {
      for (const rule of world.rules.whenByKind.get(kind) ?? []) {
        observeWhen(world, state, sensor, rule, {
          kind,
          value,
          at,
          now,
          late,
          ...(marks.outOfOrder && { outOfOrder: true }),
        })
      }
    }
    if (!marks.outOfOrder) {
      observeVital(world, state, sensor, { kind, value, at, now, late })
      observeAbsence(world, state, sensor, { kind, value, previous: last?.value, at, now })
    }
    return marks
  }

  /** The sensor spoke: its silence counts anew. */
  function heard(state: HomeState, sensor: SensorState, at: number, now: number, ofOthers: boolean): void {
    const { row } = sensor
    world.changed.set(rowKey.sensor(state.home.id, sensor.facts.id), row)
    if (ofOthers) return
    const wasAlive = isAlive(row)
    row.heardAt = Math.max(row.heardAt ?? at, at)
    restartAt(row.silence, at, now)
    if (row.silent && elapsed(row.silence, now) < sensor.facts.heardEvery) {
      row.silent = false
      tellAvailability(state, sensor, at, now)
    }
    scheduleSilence(state, sensor)
    if (!wasAlive && isAlive(row)) alivenessChanged(state, sensor, now)
  }

  function setOffline(
    state: HomeState,
    sensor: SensorState,
    offline: boolean,
    at: number,
    now: number,
  ): void {
    const { row } = sensor
    if (row.offline === offline) return
    const wasAlive = isAlive(row)
    row.offline = offline
    world.changed.set(rowKey.sensor(state.home.id, sensor.facts.id), row)
    tellAvailability(state, sensor, at, now)
    if (wasAlive !== isAlive(row)) alivenessChanged(state, sensor, now)
  }

  /** The hub's own word on a sensor, to the rules on `availability`. */
  function tellAvailability(state: HomeState, sensor: SensorState, at: number, now: number): void {
    const value = saysOnline(sensor.row) ? 'online' : 'offline'
    observeAvailability(state, sensor, value, at, now)
  }

  function observeAvailability(
    state: HomeState,
    sensor: SensorState,
    value: Value,
    at: number,
    now: number,
  ): void {
    for (const rule of world.rules.whenByKind.get('availability') ?? []) {
      observeWhen(world, state, sensor, rule, { kind: 'availability', value, at, now, late: false })
    }
  }

  function alivenessChanged(state: HomeState, sensor: SensorState, now: number): void {
    suspendWhen(world, state, sensor, now)
    superviseAbsence(world, state, now)
  }

  function scheduleSilence(state: HomeState, sensor: SensorState): void {
    const due = sensor.row.silent ? undefined : dueAt(sensor.row.silence, sensor.facts.heardEvery)
    world.timers.set(`silent|${state.home.id}|${sensor.facts.id}`, due)
  }

  function silenceDue(state: HomeState, sensor: SensorState, due: number): void {
    const { row } = sensor
    if (row.silent) return
    if (elapsed(row.silence, due) < sensor.facts.heardEvery) {
      scheduleSilence(state, sensor)
      return
    }
    const wasAlive = isAlive(row)
    row.silent = true
    world.changed.set(rowKey.sensor(state.home.id, sensor.facts.id), row)
    tellAvailability(state, sensor, due, due)
    if (wasAlive) alivenessChanged(state, sensor, due)
  }

  /** Reachable: at least one gateway is connected, or the home has none that could say. */
  function superviseLink(state: HomeState, now: number): void {
    const reachable = state.gateways.size === 0 || [...state.gateways.values()].some(({ row }) => row.online)
    if (reachable === state.reachable) return
    state.reachable = reachable
    for (const sensor of state.sensors.values()) {
      if (run(sensor.row.silence, reachable, now)) {
        world.changed.set(rowKey.sensor(state.home.id, sensor.facts.id), sensor.row)
      }
      scheduleSilence(state, sensor)
      suspendWhen(world, state, sensor, now)
    }
    for (const { sensor } of state.vitals.values()) suspendWhen(world, state, sensor, now)
    superviseAbsence(world, state, now)
  }

  function setGateway(state: HomeState, id: string, online: boolean, now: number): void {
    const gateway = state.gateways.get(id)
    if (!gateway || gateway.row.online === online) return
    gateway.row.online = online
    world.changed.set(rowKey.gateway(state.home.id, id), gateway.row)
    observeAvailability(state, gateway.sensor, online ? 'online' : 'offline', now, now)
    superviseLink(state, now)
  }

  function addGateway(state: HomeState, id: string, row: GatewayRow): SensorState {
    const facts: SensorFacts = {
      id,
      profile: 'gateway',
      address: id,
      role: 'gateway',
      heardEvery: Infinity,
      kinds: ['availability'],
    }
    const sensor = newSensor(facts, newSensorRow(null))
    state.gateways.set(id, { row, sensor })
    return sensor
  }

  function takeHome(home: Home, now: number): void {
    const state = world.homes.get(home.id) ?? newHome(home)
    const before = state.home
    world.homes.set(home.id, state)
    for (const [id, gateway] of inOrder(state.gateways)) {
      forgetFacts(gateway.sensor)
      if (home.gateways.some((known) => known.id === id)) continue
      endFindings(state, gateway.sensor, now)
      state.gateways.delete(id)
      world.changed.set(rowKey.gateway(home.id, id), null)
    }
    for (const [id, { sensor }] of inOrder(state.vitals)) {
      forgetFacts(sensor)
      if (id === '' ? home.residents.length === 0 : home.residents.some((one) => one.id === id)) continue
      endFindings(state, sensor, now)
      state.vitals.delete(id)
      world.changed.set(rowKey.vitals(home.id, id), null)
    }
    const moved: SensorState[] = []
    for (const [id, sensor] of inOrder(state.sensors)) {
      const facts = home.sensors.find((known) => known.id === id)
      forgetFacts(sensor)
      if (!facts) {
        endFindings(state, sensor, now)
        state.sensors.delete(id)
        world.changed.set(rowKey.sensor(home.id, id), null)
        world.timers.set(`silent|${home.id}|${id}`, undefined)
        continue
      }
      if (isMoved(before, sensor.facts, home, facts)) {
        endFindings(state, sensor, now)
        moved.push(sensor)
      }
      sensor.facts = facts
    }
    state.home = home
    superviseGates(world, state, now)
    for (const { id } of home.gateways) {
      if (state.gateways.has(id)) continue
      const row: GatewayRow = { online: false }
      world.changed.set(rowKey.gateway(home.id, id), row)
      observeAvailability(state, addGateway(state, id, row), 'offline', now, now)
    }
    superviseLink(state, now)
    for (const facts of home.sensors) {
      if (state.sensors.has(facts.id)) continue
      const row = newSensorRow(state.reachable ? now : null)
      state.sensors.set(facts.id, newSensor(facts, row))
      world.changed.set(rowKey.sensor(home.id, facts.id), row)
    }
    // A sensor that is gone says nothing by itself about where it is now.
    for (const sensor of moved) if (!saysOnline(sensor.row)) tellAvailability(state, sensor, now, now)
    superviseAbsence(world, state, now)
    // Limits and intervals may have changed: what is half counted is due at another time.
    rescheduleHome(state)
  }

  /** What a sensor that is gone or moved held ends; the next reading finds it anew where it is now. */
  function endFindings(state: HomeState, sensor: SensorState, now: number): void {
    for (const rule of world.rules.rules.values()) {
      if (rule.confirmation) endWaits(world, state, rule, sensor.facts.id)
    }
    for (const id of sensor.when.keys()) drop(world, state, sensor, { id })
    for (const [key, finding] of inOrder(state.findings)) {
      const [id = '', scope = ''] = key.split('|')
      const rule = world.rules.rules.get(id)
      if (!rule || !finding.holding.includes(sensor.facts.id)) continue
      release(world, state, rule, scope, sensor.facts.id, now, {})
    }
  }

  function rescheduleHome(state: HomeState): void {
    scheduleGates(world, state)
    scheduleOccurrences(world, state)
    for (const sensor of state.sensors.values()) scheduleSilence(state, sensor)
    for (const sensor of everySensor(state)) {
      for (const [id, row] of sensor.when) {
        const rule = world.rules.rules.get(id)
        if (rule?.trigger.type === 'when') scheduleWhen(world, state, sensor, rule as WhenRule, row)
      }
    }
    for (const [key, row] of state.absent) {
      const [id = '', scope = ''] = key.split('|')
      const rule = world.rules.rules.get(id)
      if (rule?.trigger.type === 'absent') scheduleAbsence(world, state, rule as AbsentRule, scope, row)
    }
  }

  function useRules(next: RuleSet, now: number): void {
    const before = world.rules
    const changed = new Set(
      [...before.rules.values()]
        .filter((rule) => next.rules.get(rule.id)?.meaning !== rule.meaning)
        .map((rule) => rule.id),
    )
    for (const state of world.homes.values()) {
      for (const sensor of everySensor(state)) {
        forgetFacts(sensor)
        for (const id of sensor.when.keys()) if (changed.has(id)) drop(world, state, sensor, { id })
      }
      for (const key of [...state.absent.keys(), ...state.findings.keys()]) {
        const [rule = '', scope = ''] = key.split('|')
        if (!changed.has(rule)) continue
        if (state.absent.delete(key)) {
          world.changed.set(rowKey.absent(rule, scope), null)
          world.timers.set(rowKey.absent(rule, scope), undefined)
        }
        forget(world, state, rule, scope)
      }
      for (const id of changed) forgetOccurrences(world, state, id)
      for (const key of state.cooldowns.keys()) {
        const [rule = '', scope = ''] = key.split('|')
        if (!changed.has(rule)) continue
        state.cooldowns.delete(key)
        world.changed.set(rowKey.cooldown(rule, scope), null)
        world.timers.set(rowKey.cooldown(rule, scope), undefined)
      }
    }
    world.rules = next
    for (const [, state] of inOrder(world.homes)) {
      superviseGates(world, state, now, changed)
      superviseAbsence(world, state, now)
      for (const [, { row, sensor }] of inOrder(state.gateways)) {
        observeNewRules(state, sensor, before, row.online ? 'online' : 'offline', now)
      }
      for (const [, sensor] of inOrder(state.sensors)) {
        if (!saysOnline(sensor.row)) observeNewRules(state, sensor, before, 'offline', now)
      }
      fireHeldBack(world, state, now)
    }
  }

  /** A new rule on availability learns what is known already: an offline gateway says nothing by itself. */
  function observeNewRules(
    state: HomeState,
    sensor: SensorState,
    before: RuleSet,
    value: Value,
    now: number,
  ): void {
    for (const rule of world.rules.whenByKind.get('availability') ?? []) {
      if (before.rules.get(rule.id)?.meaning === rule.meaning) continue
      observeWhen(world, state, sensor, rule, { kind: 'availability', value, at: now, now, late: false })
    }
  }

  function away(since: number): void {
    world.isAway = true
    for (const state of world.homes.values()) {
      superviseConfirmations(world, state, since)
      runAvailabilityWaits(state, false, since)
      for (const sensor of state.sensors.values()) {
        if (!run(sensor.row.silence, false, since)) continue
        scheduleSilence(state, sensor)
        world.changed.set(rowKey.sensor(state.home.id, sensor.facts.id), sensor.row)
      }
      for (const [key, row] of state.absent) {
        if (!run(row.watch, false, since)) continue
        const [rule = '', scope = ''] = key.split('|')
        world.timers.set(rowKey.absent(rule, scope), undefined)
        world.changed.set(rowKey.absent(rule, scope), row)
      }
    }
  }

  /** What waits on silence does not count while the hub could not have heard anything. */
  function runAvailabilityWaits(state: HomeState, running: boolean, now: number): void {
    for (const rule of world.rules.whenByKind.get('availability') ?? []) {
      for (const sensor of everySensor(state)) {
        const row = sensor.when.get(rule.id)
        if (!row || row.phase === 'firing' || !run(row.watch, running, now)) continue
        scheduleWhen(world, state, sensor, rule, row)
        world.changed.set(rowKey.when(rule.id, state.home.id, sensor.facts.id), row)
      }
    }
  }

  function back(now: number): void {
    for (const state of world.homes.values()) {
      runAvailabilityWaits(state, true, now)
      for (const sensor of state.sensors.values()) {
        if (!run(sensor.row.silence, state.reachable, now)) continue
        scheduleSilence(state, sensor)
        world.changed.set(rowKey.sensor(state.home.id, sensor.facts.id), sensor.row)
      }
      superviseAbsence(world, state, now)
    }
  }

  function disconnectAll(now: number): void {
    world.isAway = false
    for (const [, state] of inOrder(world.homes)) {
      runAvailabilityWaits(state, true, now)
      for (const [id] of inOrder(state.gateways)) setGateway(state, id, false, now)
      if (state.gateways.size > 0) continue
      for (const sensor of state.sensors.values()) {
        if (!run(sensor.row.silence, true, now)) continue
        scheduleSilence(state, sensor)
        world.changed.set(rowKey.sensor(state.home.id, sensor.facts.id), sensor.row)
      }
      superviseAbsence(world, state, now)
    }
  }

  function dueTimer(key: string, due: number): boolean {
    const [sort, first = '', second = '', third = ''] = key.split('|')
    switch (sort) {
      case 'silent': {
        const state = world.homes.get(first)
        const sensor = state?.sensors.get(second)
        if (state && sensor) silenceDue(state, sensor, due)
        return true
      }
      case 'when': {
        const state = world.homes.get(second)
        const sensor = partOf(state, third)
        const rule = world.rules.rules.get(first)
        if (state && sensor && rule?.trigger.type === 'when') {
          whenDue(world, state, sensor, rule as WhenRule, due)
        }
        return true
      }
      case 'absent': {
        const state = world.homes.get(second.split('/')[0] ?? '')
        const rule = world.rules.rules.get(first)
        if (state && rule?.trigger.type === 'absent') {
          absenceDue(world, state, rule as AbsentRule, second, due)
        }
        return true
      }
      case 'cooldown':
      case 'keep':
      case 'confirm':
      case 'times': {
        const state = world.homes.get(second.split('/')[0] ?? '')
        const rule = world.rules.rules.get(first)
        if (state && rule) SCOPE_TIMERS[sort](world, state, rule, second, due)
        return true
      }
      case 'window': {
        const state = world.homes.get(second)
        const rule = world.rules.rules.get(first)
        if (state && rule) windowDue(world, state, rule, due)
        return true
      }
      case 'mode': {
        const state = world.homes.get(first)
        if (state) setMode(world, state, second as Mode, false, due)
        return true
      }
      default:
        return false
    }
  }

  if (saved) restore(saved.homes, saved.rows)

  function restore(homes: readonly Home[], rows: ReadonlyMap<string, Row>): void {
    for (const home of homes) {
      const state = newHome(home)
      world.homes.set(home.id, state)
      for (const { id } of home.gateways) {
        addGateway(state, id, (rows.get(rowKey.gateway(home.id, id)) as GatewayRow) ?? { online: false })
      }
      for (const facts of home.sensors) {
        const row = rows.get(rowKey.sensor(home.id, facts.id)) as SensorRow | undefined
        state.sensors.set(facts.id, newSensor(facts, row ?? newSensorRow(null)))
      }
      state.reachable =
        state.gateways.size === 0 || [...state.gateways.values()].some(({ row }) => row.online)
    }
    for (const [key, row] of rows) {
      const [sort, first = '', second = ''] = key.split('|')
      const state = sort === 'vitals' ? world.homes.get(first) : undefined
      if (state) addVitals(state, second, row as VitalsRow)
    }
    for (const [key, row] of rows) {
      const [sort, first = '', second = '', third = ''] = key.split('|')
      if (sort === 'when') {
        const state = world.homes.get(second)
        const sensor = partOf(state, third)
        sensor?.when.set(first, row as WhenRow)
      } else if (sort === 'window') {
        world.homes.get(second)?.windows.set(first, row as WindowRow)
      } else if (sort === 'mode') {
        world.homes.get(first)?.modes.set(second as Mode, row as ModeRow)
      } else if (sort === 'cooldown') {
        world.homes.get(second.split('/')[0] ?? '')?.cooldowns.set(`${first}|${second}`, row as CooldownRow)
      } else if (sort === 'confirm') {
        world.homes.get(second.split('/')[0] ?? '')?.confirms.set(`${first}|${second}`, row as ConfirmRow)
      } else if (sort === 'times') {
        world.homes.get(second.split('/')[0] ?? '')?.times.set(`${first}|${second}`, row as TimesRow)
      } else if (sort === 'absent' || sort === 'finding') {
        const state = world.homes.get(second.split('/')[0] ?? '')
        if (sort === 'absent') state?.absent.set(`${first}|${second}`, row as AbsentRow)
        else state?.findings.set(`${first}|${second}`, row as FindingRow)
      }
    }
    for (const state of world.homes.values()) rescheduleHome(state)
  }

  return {
    get rules() {
      return world.rules
    },
    changes() {
      const { transitions, scores, faults } = world
      const changed = new Map(world.changed)
      world.transitions = []
      world.faults = []
      world.scores = []
      world.changed.clear()
      return { transitions, scores, faults, changed }
    },
    observe,
    gateway(home, gateway, online, now) {
      const state = world.homes.get(home)
      if (state) setGateway(state, gateway, online, now)
    },
    home: takeHome,
    useRules,
    mode(home, mode, on, now, until) {
      const state = world.homes.get(home)
      if (state) setMode(world, state, mode, on, now, until)
    },
    away,
    back,
    disconnectAll,
    resolved(rule, home, scope, now) {
      const state = world.homes.get(home)
      const known = world.rules.rules.get(rule)
      if (state && known) unlatch(world, state, known, scope, now)
    },
    due: dueTimer,
    state: (home) => world.homes.get(home),
    homes: () => world.homes.values(),
  }
}

/** A sensor, a gateway, or what stands for the scores of a resident. */
function partOf(state: HomeState | undefined, id: string): SensorState | undefined {
  return (
    state?.sensors.get(id) ??
    state?.gateways.get(id)?.sensor ??
    (id.startsWith('~') ? state?.vitals.get(id.slice(1))?.sensor : undefined)
  )
}

const SCOPE_TIMERS = {
  cooldown: cooldownDue,
  keep: keepDue,
  confirm: confirmationDue,
  times: timesDue,
} as const

/** Neither silent for too long, nor gone by the word of its own network. */
function saysOnline(row: SensorRow): boolean {
  return !row.silent && !row.offline
}

/** Whether what is found on the sensor is about another place or person than before. */
function isMoved(homeBefore: Home, before: SensorFacts, homeNow: Home, now: SensorFacts): boolean {
  return (
    before.room !== now.room ||
    before.role !== now.role ||
    residentOf(homeBefore, before)?.id !== residentOf(homeNow, now)?.id
  )
}

function newHome(home: Home): HomeState {
  // Reachable until a gateway is registered that could say otherwise.
  return {
    home,
    reachable: true,
    gateways: new Map(),
    sensors: new Map(),
    absent: new Map(),
    findings: new Map(),
    cooldowns: new Map(),
    confirms: new Map(),
    times: new Map(),
    vitals: new Map(),
    windows: new Map(),
    modes: new Map(),
  }
}

function newSensor(facts: SensorFacts, row: SensorRow): SensorState {
  return { facts, row, when: new Map(), params: new Map(), shows: new Map() }
}

/** What was worked out from the register and the rules may no longer be so. */
function forgetFacts(sensor: SensorState): void {
  sensor.params.clear()
  sensor.shows.clear()
}

function newSensorRow(from: number | null): SensorRow {
  return { heardAt: null, silence: { held: 0, from }, silent: false, offline: false, last: {} }
}

function everySensor(state: HomeState): SensorState[] {
  const others = [...state.gateways.values(), ...state.vitals.values()]
  return [...state.sensors.values(), ...others.map(({ sensor }) => sensor)]
}
