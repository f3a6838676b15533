import { superviseAbsence } from './absence.ts'
import { superviseConfirmations } from './confirmation.ts'
import { runSilence, setGateway } from './silence.ts'
import { everySensor, inOrder, isHeard, rowKey } from './state.ts'
import type { HomeState, World } from './state.ts'
import { run } from './stopwatch.ts'
import { blindTracks } from './tracks.ts'
import { schedule as scheduleWhen } from './when.ts'
import { superviseWatch } from './watch-over.ts'

/** The hub was away since `since`: that time counts as unreachable for silence and absence. */
export function away(world: World, since: number): void {
  world.isAway = true
  for (const state of world.homes.values()) {
    superviseConfirmations(world, state, since)
    blindTracks(world, state, since)
    superviseWatch(world, state, since)
    runAvailabilityWaits(world, state, false, since)
    runSilence(world, state, false, since)
    for (const [key, row] of state.absent) {
      if (!run(row.watch, false, since)) continue
      const [rule = '', scope = ''] = key.split('|')
      world.timers.set(rowKey.absent(rule, scope), undefined)
      world.changed.set(rowKey.absent(rule, scope), row)
    }
  }
}

/** What waits on silence does not count while the hub could not have heard anything. */
export function runAvailabilityWaits(world: World, state: HomeState, running: boolean, now: number): void {
  for (const rule of world.rules.whenByKind.get('availability') ?? []) {
    for (const sensor of everySensor(state)) {
      const row = sensor.when.get(rule.id)
      if (!row || row.phase === 'firing') continue
      if (!run(row.watch, running && isHeard(world, rule.trigger.on, sensor), now)) continue
      scheduleWhen(world, state, sensor, rule, row)
      world.changed.set(rowKey.when(rule.id, state.home.id, sensor.facts.id), row)
    }
  }
}

/** After `away` and the due timers, in a process that went on: what was connected is so still. */
export function back(world: World, now: number): void {
  world.isAway = world.shedSince !== undefined
  for (const state of world.homes.values()) {
    runAvailabilityWaits(world, state, true, now)
    runSilence(world, state, state.reachable, now)
    superviseAbsence(world, state, now)
  }
}

/** After `away` and the due timers, in a new process: nothing is connected any more. */
export function disconnectAll(world: World, now: number): void {
  world.isAway = world.shedSince !== undefined
  for (const [, state] of inOrder(world.homes)) {
    runAvailabilityWaits(world, state, true, now)
    for (const [id] of inOrder(state.gateways)) setGateway(world, state, id, false, now)
    // A gateway that was away before tells of no change.
    superviseWatch(world, state, now)
    if (state.gateways.size > 0) continue
    runSilence(world, state, true, now)
    superviseAbsence(world, state, now)
  }
}
