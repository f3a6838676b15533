import { superviseAbsence } from './absence.ts'
import { back, runAvailabilityWaits } from './downtime.ts'
import { runSilence } from './silence.ts'
import { everySensor, inOrder, rowKey } from './state.ts'
import type { HomeState, World } from './state.ts'
import { blindTracks } from './tracks.ts'
import { suspendWhen } from './when.ts'

/**
 * From now on only alarms are kept, or all again. Silence, absence and whatever else waits for readings that are not kept
 * stands still meanwhile; alarms, and whether gateways are connected, go on.
 */
export function setShedding(world: World, on: boolean, now: number): void {
  if ((world.shedSince !== undefined) === on) return
  if (on) {
    beginShedding(world, now)
    world.changed.set(rowKey.shed(), { since: now })
    return
  }
  world.shedSince = undefined
  for (const [key, row] of world.unsaved) if (!world.changed.has(key)) world.changed.set(key, row)
  world.unsaved = new Map()
  world.changed.set(rowKey.shed(), null)
  back(world, now)
  for (const [, state] of inOrder(world.homes)) suspend(world, state, now)
}

/** Days that are over are in rows of their own, and must be written with the day that follows. */
const OF_DAYS = /^(today|day)\|/

/**
 * Writes next to nothing: a row for each sensor would take the room that is there for alarms. The one of the hub says since
 * when, and after a restart the same is done again with the rows as they are.
 */
export function beginShedding(world: World, since: number): void {
  world.shedSince = since
  world.isAway = true
  const { changed } = world
  world.changed = new Map()
  for (const [, state] of inOrder(world.homes)) {
    blindTracks(world, state, since)
    runAvailabilityWaits(world, state, true, since)
    runSilence(world, state, false, since)
    suspend(world, state, since)
    superviseAbsence(world, state, since)
  }
  world.unsaved = world.changed
  world.changed = changed
  for (const [key, row] of world.unsaved) {
    if (!OF_DAYS.test(key)) continue
    world.unsaved.delete(key)
    changed.set(key, row)
  }
}

function suspend(world: World, state: HomeState, now: number): void {
  for (const sensor of everySensor(state)) suspendWhen(world, state, sensor, now)
}
