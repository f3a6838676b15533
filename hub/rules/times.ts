import { NO_SENSOR, hold, release } from './findings.ts'
import type { Occurrence } from './occurrence.ts'
import { amountOf } from './rule.ts'
import type { Rule, Times } from './rule.ts'
import { paramsOfScope, rowKey } from './state.ts'
import type { HomeState, World } from './state.ts'

/** Counts what happened, and fires when it is enough within the time. */
export function countOccurrence(
  world: World,
  state: HomeState,
  rule: Rule,
  times: Times,
  scope: string,
  { at, level, detail }: Occurrence,
): void {
  const key = `${rule.id}|${scope}`
  const row = state.times.get(key) ?? { at: [], firing: false }
  const params = paramsOfScope(rule, state.home, scope)
  const apart = times.apart ? amountOf(times.apart, params) : 0
  if (row.at.some((other) => Math.abs(other - at) < apart)) return
  row.at.push(at)
  row.at.sort((a, b) => a - b)
  // More than these never decide: it clears when the first of the newest is too long ago.
  if (row.at.length > times.count) row.at.shift()
  state.times.set(key, row)
  world.changed.set(rowKey.times(rule.id, scope), row)
  const [first = at] = row.at
  const isEnough = row.at.length === times.count && at < first + amountOf(times.within, params)
  if (isEnough && !row.firing) {
    row.firing = true
    hold(world, state, rule, scope, NO_SENSOR, row.at.at(-1) ?? at, level, detail)
  }
  scheduleTimes(world, state, rule, times, scope)
}

/** The oldest that counts leaves the window. */
export function timesDue(world: World, state: HomeState, rule: Rule, scope: string, due: number): void {
  const key = `${rule.id}|${scope}`
  const row = state.times.get(key)
  if (!row || !rule.times) return
  const within = amountOf(rule.times.within, paramsOfScope(rule, state.home, scope))
  row.at = row.at.filter((at) => due < at + within)
  if (row.firing) {
    row.firing = false
    release(world, state, rule, scope, NO_SENSOR, due, {})
  }
  if (row.at.length === 0) state.times.delete(key)
  world.changed.set(rowKey.times(rule.id, scope), row.at.length === 0 ? null : row)
  scheduleTimes(world, state, rule, rule.times, scope)
}

export function scheduleTimes(world: World, state: HomeState, rule: Rule, times: Times, scope: string): void {
  const row = state.times.get(`${rule.id}|${scope}`)
  const within = amountOf(times.within, paramsOfScope(rule, state.home, scope))
  // While nothing fires, only what is stored has to go at last.
  const at = row?.firing ? row.at[0] : row?.at.at(-1)
  world.timers.set(rowKey.times(rule.id, scope), at === undefined ? undefined : at + within)
}
