import type { Home, SensorFacts } from '../model/home.ts'
import { schedule as scheduleAbsence, superviseAbsence } from './absence.ts'
import { endWaits } from './confirmation.ts'
import { scheduleDaily, superviseDaily } from './daily.ts'
import { fireHeldBack, release } from './findings.ts'
import { joinAreas, leaveAreas } from './gather.ts'
import { scheduleOccurrences } from './occurrence.ts'
import { LazyMap } from './lazy-map.ts'
import { reconsiderLimits } from './reconsider.ts'
import type { AbsentRule, WhenRule } from './rule.ts'
import {
  observeAvailability,
  saysOnline,
  scheduleSilence,
  superviseLink,
  tellAvailability,
} from './silence.ts'
import { everySensor, inOrder, residentOf, rowKey } from './state.ts'
import type { GatewayRow, HomeState, SensorRow, SensorState, World } from './state.ts'
import { scheduleGates, superviseGates } from './supervise-gates.ts'
import { drop, schedule as scheduleWhen } from './when.ts'

export function addGateway(state: HomeState, id: string, row: GatewayRow): SensorState {
  const facts: SensorFacts = {
    id,
    profile: 'gateway',
    address: id,
    role: 'gateway',
    heardEvery: Infinity,
    kinds: ['availability'],
  }
  const sensor = newSensor(state.home.id, facts, newSensorRow(null))
  state.gateways.set(id, { row, sensor })
  return sensor
}

/** A home was registered or changed. */
export function takeHome(world: World, home: Home, now: number): void {
  const state = world.homes.get(home.id) ?? newHome(home)
  const before = state.home
  world.homes.set(home.id, state)
  for (const [id, gateway] of inOrder(state.gateways)) {
    forgetFacts(gateway.sensor)
    if (home.gateways.some((known) => known.id === id)) continue
    endFindings(world, state, gateway.sensor, now)
    state.gateways.delete(id)
    world.changed.set(rowKey.gateway(home.id, id), null)
  }
  for (const [id, { sensor }] of inOrder(state.vitals)) {
    forgetFacts(sensor)
    if (id === '' ? home.residents.length === 0 : home.residents.some((one) => one.id === id)) continue
    endFindings(world, state, sensor, now)
    state.vitals.delete(id)
    world.changed.set(rowKey.vitals(home.id, id), null)
  }
  const moved: SensorState[] = []
  for (const [id, sensor] of inOrder(state.sensors)) {
    const facts = home.sensors.find((known) => known.id === id)
    forgetFacts(sensor)
    if (!facts) {
      endFindings(world, state, sensor, now)
      state.sensors.delete(id)
      world.changed.set(rowKey.sensor(home.id, id), null)
      world.timers.set(`silent|${home.id}|${id}`, undefined)
      continue
    }
    if (isOther(sensor.facts, facts)) renew(world, state, sensor, now)
    if (isMoved(before, sensor.facts, home, facts)) {
      endFindings(world, state, sensor, now)
      moved.push(sensor)
    }
    sensor.facts = facts
  }
  const isElsewhere = before.area !== home.area
  if (isElsewhere) leaveAreas(world, state, now)
  state.home = home
  superviseGates(world, state, now)
  superviseDaily(world, state, now)
  for (const { id } of home.gateways) {
    if (state.gateways.has(id)) continue
    const row: GatewayRow = { online: false }
    world.changed.set(rowKey.gateway(home.id, id), row)
    observeAvailability(world, state, addGateway(state, id, row), 'offline', now, now)
  }
  superviseLink(world, state, now)
  for (const facts of home.sensors) {
    if (state.sensors.has(facts.id)) continue
    const row = newSensorRow(state.reachable && !world.isAway ? now : null)
    state.sensors.set(facts.id, newSensor(home.id, facts, row))
    world.changed.set(rowKey.sensor(home.id, facts.id), row)
  }
  // A sensor that is gone says nothing by itself about where it is now.
  for (const sensor of moved) if (!saysOnline(sensor.row)) tellAvailability(world, state, sensor, now, now)
  superviseAbsence(world, state, now)
  reconsiderLimits(world, state, before, now)
  joinAreas(world, state, now)
  if (isElsewhere) fireHeldBack(world, state, now)
  // Limits and intervals may have changed: what is half counted is due at another time.
  rescheduleHome(world, state)
}

/** Another device in the same place. */
function isOther(before: SensorFacts, now: SensorFacts): boolean {
  return before.address !== now.address || before.profile !== now.profile
}

/**
 * Nothing is known of the new device: its first status is news, though it be the last one of the old device, and its
 * silence counts from now. What was last measured stays, as it was measured here.
 */
function renew(world: World, state: HomeState, sensor: SensorState, now: number): void {
  endFindings(world, state, sensor, now)
  const { row } = sensor
  delete row.status
  row.heardAt = null
  row.silent = false
  row.offline = false
  row.silence = { held: 0, from: state.reachable && !world.isAway ? now : null }
  world.changed.set(sensor.key, row)
}

/** What a sensor that is gone or moved held ends; the next reading finds it anew where it is now. */
function endFindings(world: World, state: HomeState, sensor: SensorState, now: number): void {
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

export function rescheduleHome(world: World, state: HomeState): void {
  scheduleGates(world, state)
  scheduleDaily(world, state)
  scheduleOccurrences(world, state)
  for (const sensor of state.sensors.values()) scheduleSilence(world, state, sensor)
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

/** Whether what is found on the sensor is about another place or person than before. */
function isMoved(homeBefore: Home, before: SensorFacts, homeNow: Home, now: SensorFacts): boolean {
  return (
    before.room !== now.room ||
    before.role !== now.role ||
    residentOf(homeBefore, before)?.id !== residentOf(homeNow, now)?.id
  )
}

export function newHome(home: Home): HomeState {
  // Reachable until a gateway is registered that could say otherwise.
  return {
    home,
    reachable: true,
    gateways: new Map(),
    sensors: new Map(),
    absent: new Map(),
    findings: new LazyMap(),
    cooldowns: new LazyMap(),
    confirms: new LazyMap(),
    times: new LazyMap(),
    vitals: new LazyMap(),
    windows: new LazyMap(),
    tracks: new LazyMap(),
    daily: new LazyMap(),
    modes: new LazyMap(),
    gathered: new LazyMap(),
  }
}

export function newSensor(home: string, facts: SensorFacts, row: SensorRow): SensorState {
  return {
    facts,
    row,
    key: rowKey.sensor(home, facts.id),
    silenceAt: Infinity,
    when: new LazyMap(),
    shows: new LazyMap(),
  }
}

export function newSensorRow(from: number | null): SensorRow {
  return { heardAt: null, silence: { held: 0, from }, silent: false, offline: false, last: {} }
}

/** What was worked out from the register and the rules may no longer be so. */
export function forgetFacts(sensor: SensorState): void {
  sensor.shows.clear()
}
