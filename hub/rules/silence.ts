import type { Value } from '../model/reading.ts'
import { superviseAbsence } from './absence.ts'
import { isExpected } from './service-gate.ts'
import { isAlive, rowKey } from './state.ts'
import type { HomeState, SensorRow, SensorState, World } from './state.ts'
import { dueAt, elapsed, restartAt, run } from './stopwatch.ts'
import { observeWhen, suspendWhen } from './when.ts'

/** The sensor spoke: its silence counts anew. */
export function heard(
  world: World,
  state: HomeState,
  sensor: SensorState,
  at: number,
  now: number,
  ofOthers: boolean,
): void {
  const { row } = sensor
  world.changed.set(sensor.key, row)
  if (ofOthers) return
  const wasAlive = isAlive(row)
  row.heardAt = Math.max(row.heardAt ?? at, at)
  restartAt(row.silence, at, now)
  if (row.silent && elapsed(row.silence, now) < sensor.facts.heardEvery) {
    row.silent = false
    tellAvailability(world, state, sensor, at, now)
  }
  scheduleSilence(world, state, sensor)
  if (!wasAlive && isAlive(row)) alivenessChanged(world, state, sensor, now)
}

export function setOffline(
  world: World,
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
  world.changed.set(sensor.key, row)
  tellAvailability(world, state, sensor, at, now)
  if (wasAlive !== isAlive(row)) alivenessChanged(world, state, sensor, now)
}

/** The hub's own word on a sensor, to the rules on `availability`. */
export function tellAvailability(
  world: World,
  state: HomeState,
  sensor: SensorState,
  at: number,
  now: number,
): void {
  const value = saysOnline(sensor.row) ? 'online' : 'offline'
  observeAvailability(world, state, sensor, value, at, now)
}

export function observeAvailability(
  world: World,
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

function alivenessChanged(world: World, state: HomeState, sensor: SensorState, now: number): void {
  suspendWhen(world, state, sensor, now)
  superviseAbsence(world, state, now)
}

export function scheduleSilence(world: World, state: HomeState, sensor: SensorState): void {
  const due = sensor.row.silent ? undefined : dueAt(sensor.row.silence, sensor.facts.heardEvery)
  // A timer that comes up too early finds out and is put off then: not at each of its readings.
  if (due !== undefined && sensor.silenceAt <= due) return
  sensor.silenceAt = due ?? Infinity
  world.timers.set(`silent|${state.home.id}|${sensor.facts.id}`, due)
}

export function silenceDue(world: World, state: HomeState, sensor: SensorState, due: number): void {
  const { row } = sensor
  sensor.silenceAt = Infinity
  if (row.silent || !isExpected(state, sensor)) return
  if (elapsed(row.silence, due) < sensor.facts.heardEvery) {
    scheduleSilence(world, state, sensor)
    return
  }
  const wasAlive = isAlive(row)
  row.silent = true
  world.changed.set(sensor.key, row)
  tellAvailability(world, state, sensor, due, due)
  if (wasAlive) alivenessChanged(world, state, sensor, due)
}

/** Nobody was expected to speak until now: silence counts anew. */
export function restartSilence(world: World, state: HomeState, now: number): void {
  for (const sensor of state.sensors.values()) {
    const { row } = sensor
    const wasAlive = isAlive(row)
    row.silent = false
    row.silence = { held: 0, from: state.reachable && !world.isAway ? now : null }
    world.changed.set(sensor.key, row)
    scheduleSilence(world, state, sensor)
    if (wasAlive !== isAlive(row)) alivenessChanged(world, state, sensor, now)
  }
}

/** Lets the silence of the home's sensors count, or stand still. */
export function runSilence(world: World, state: HomeState, running: boolean, now: number): void {
  for (const sensor of state.sensors.values()) {
    if (!run(sensor.row.silence, running && world.shedSince === undefined, now)) continue
    scheduleSilence(world, state, sensor)
    world.changed.set(sensor.key, sensor.row)
  }
}

/** Reachable: at least one gateway is connected, or the home has none that could say. */
export function superviseLink(world: World, state: HomeState, now: number): void {
  const reachable = state.gateways.size === 0 || [...state.gateways.values()].some(({ row }) => row.online)
  if (reachable === state.reachable) return
  state.reachable = reachable
  for (const sensor of state.sensors.values()) {
    if (run(sensor.row.silence, reachable && world.shedSince === undefined, now)) {
      world.changed.set(sensor.key, sensor.row)
    }
    scheduleSilence(world, state, sensor)
    suspendWhen(world, state, sensor, now)
  }
  for (const { sensor } of state.vitals.values()) suspendWhen(world, state, sensor, now)
  superviseAbsence(world, state, now)
}

export function setGateway(world: World, state: HomeState, id: string, online: boolean, now: number): void {
  const gateway = state.gateways.get(id)
  if (!gateway || gateway.row.online === online) return
  gateway.row.online = online
  world.changed.set(rowKey.gateway(state.home.id, id), gateway.row)
  observeAvailability(world, state, gateway.sensor, online ? 'online' : 'offline', now, now)
  superviseLink(world, state, now)
}

/** Neither silent for too long, nor gone by the word of its own network. */
export function saysOnline(row: SensorRow): boolean {
  return !row.silent && !row.offline
}
