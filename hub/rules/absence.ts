import { superviseConfirmations } from './confirmation.ts'
import { NO_SENSOR, forget, hold, release } from './findings.ts'
import { isOpen, isOpenAt } from './gate.ts'
import { amountOf, hasOwnLimits, paramsFor } from './rule.ts'
import type { AbsentRule, WatchedSigns } from './rule.ts'
import { inOrder, isAlive, residentOf, rowKey, scopeOf } from './state.ts'
import type { AbsentRow, HomeState, SensorState, World } from './state.ts'
import { canShow, isWatched, sensorsOf, showsLife } from './sign-of-life.ts'
import type { Sign } from './sign-of-life.ts'
import { dueAt, elapsed, restartAt, run } from './stopwatch.ts'
import { superviseTracks } from './tracks.ts'
import { noteLife, superviseWatch } from './watch-over.ts'

const NONE: readonly WatchedSigns[] = []

/** A reading came: where it shows life, the absence is over and counts anew from when it was observed. */
export function observeAbsence(world: World, state: HomeState, sensor: SensorState, seen: Sign): void {
  for (const { rule, signs } of world.rules.absentByKind.get(seen.kind) ?? NONE) {
    if (!signs.some((sign) => showsLife(world, state, sensor, rule, sign, seen))) continue
    noteLife(world, state, rule, seen.at)
    const scope = scopeOf(rule, state.home, sensor.facts)
    const row = state.absent.get(`${rule.id}|${scope}`)
    if (!row) continue
    const limit = limitOf(rule, state, scope)
    const wasDue = row.firing ? undefined : dueAt(row.watch, limit)
    restartAt(row.watch, seen.at, seen.now)
    // A sign that comes late may be too old to end the absence.
    if (row.firing && elapsed(row.watch, seen.now) < limit) {
      row.firing = false
      release(world, state, rule, scope, NO_SENSOR, seen.at, {
        sensor: sensor.facts.id,
        ...(sensor.facts.room !== undefined && { room: sensor.facts.room }),
        kind: seen.kind,
        value: seen.value,
      })
    }
    const name = rowKey.absent(rule.id, scope)
    const due = row.firing ? undefined : dueAt(row.watch, limit)
    // A timer that comes up too early finds out and is put off then: not at each sign of life.
    if (wasDue === undefined || due === undefined || due < wasDue) world.timers.set(name, due)
    world.changed.set(name, row)
  }
}

/** The timer of an absence came up. */
export function absenceDue(
  world: World,
  state: HomeState,
  rule: AbsentRule,
  scope: string,
  due: number,
): void {
  const row = state.absent.get(`${rule.id}|${scope}`)
  if (!row || row.firing || !isOpenAt(state, rule, due)) return
  if (elapsed(row.watch, due) < limitOf(rule, state, scope)) {
    schedule(world, state, rule, scope, row)
    return
  }
  row.firing = true
  world.changed.set(rowKey.absent(rule.id, scope), row)
  const blind = sensorsOf(state, rule, scope)
    .filter((sensor) => canShow(world, state, rule, rule.trigger.of, sensor) && !isAlive(sensor.row))
    .map((sensor) => sensor.facts.id)
    .toSorted()
  hold(world, state, rule, scope, NO_SENSOR, due, 0, blind.length > 0 ? { blind } : {})
}

/**
 * Lets the time of each absence run or stand still, as the home can be reached and at least one sensor that
 * could show life is alive; starts and ends absences with the register and the rules.
 */
export function superviseAbsence(world: World, state: HomeState, now: number): void {
  const expected = new Set<string>()
  for (const rule of world.rules.absent) {
    for (const scope of scopesOf(rule, state)) {
      const key = `${rule.id}|${scope}`
      expected.add(key)
      const known = state.absent.get(key)
      const row: AbsentRow = known ?? { watch: { held: 0, from: null }, firing: false }
      if (!known) state.absent.set(key, row)
      const runs = isOpen(state, rule) && isWatched(world, state, rule, rule.trigger.of, scope)
      if (run(row.watch, runs, now) || !known) {
        schedule(world, state, rule, scope, row)
        world.changed.set(rowKey.absent(rule.id, scope), row)
      }
    }
  }
  superviseConfirmations(world, state, now)
  superviseTracks(world, state, now)
  superviseWatch(world, state, now)
  for (const key of state.absent.keys()) {
    if (expected.has(key)) continue
    const [rule = '', scope = ''] = key.split('|')
    state.absent.delete(key)
    world.changed.set(rowKey.absent(rule, scope), null)
    world.timers.set(rowKey.absent(rule, scope), undefined)
    forget(world, state, rule, scope, now)
  }
}

/** The rule's condition no longer counts: what was counted is dropped. */
export function dropAbsence(world: World, state: HomeState, rule: AbsentRule): void {
  for (const [key, row] of inOrder(state.absent)) {
    const [id, scope = ''] = key.split('|')
    if (id !== rule.id) continue
    row.watch = { held: 0, from: null }
    row.firing = false
    world.changed.set(rowKey.absent(rule.id, scope), row)
    world.timers.set(rowKey.absent(rule.id, scope), undefined)
  }
}

export function schedule(
  world: World,
  state: HomeState,
  rule: AbsentRule,
  scope: string,
  row: AbsentRow,
): void {
  const due = row.firing ? undefined : dueAt(row.watch, limitOf(rule, state, scope))
  world.timers.set(rowKey.absent(rule.id, scope), due)
}

function scopesOf(rule: AbsentRule, state: HomeState): Set<string> {
  return new Set([...state.sensors.values()].map((sensor) => scopeOf(rule, state.home, sensor.facts)))
}

function limitOf(rule: AbsentRule, state: HomeState, scope: string): number {
  if (!hasOwnLimits(rule, state.home)) return amountOf(rule.trigger.for, rule.defaults)
  const residents = new Set(sensorsOf(state, rule, scope).map(({ facts }) => residentOf(state.home, facts)))
  // Where several people share what is watched, nobody's own limit decides, but the home's.
  const [resident] = residents.size === 1 ? residents : []
  return amountOf(rule.trigger.for, paramsFor(rule, state.home, resident))
}
