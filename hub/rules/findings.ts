import type { Transition, TransitionDetail } from '../model/alert.ts'
import type { Rule } from './rule.ts'
import { inOrder, rowKey } from './state.ts'
import type { HomeState, World } from './state.ts'

/** The name under which the finding of an absence holds: no one sensor does. */
export const NO_SENSOR = ''

function tell(
  world: World,
  state: HomeState,
  rule: Rule,
  scope: string,
  to: Transition['to'],
  at: number,
  level: number,
  detail: TransitionDetail,
): void {
  const severity = (rule.levels[level] ?? rule.levels[0]).severity
  world.transitions.push({ at, home: state.home.id, rule: rule.id, scope, to, severity, detail })
}

/**
 * A sensor's condition began to hold, or an event happened. The first of a scope fires, every further one says
 * `again`: a second fall looks like the first.
 */
export function hold(
  world: World,
  state: HomeState,
  rule: Rule,
  scope: string,
  sensor: string,
  at: number,
  level: number,
  detail: TransitionDetail,
): void {
  const key = `${rule.id}|${scope}`
  const known = state.findings.get(key)
  const finding = known ?? { holding: [], latched: rule.latched, level }
  if (!finding.holding.includes(sensor)) finding.holding.push(sensor)
  finding.latched ||= rule.latched
  tell(world, state, rule, scope, known ? 'again' : 'firing', at, Math.max(level, finding.level), detail)
  finding.level = Math.max(level, finding.level)
  state.findings.set(key, finding)
  world.changed.set(rowKey.finding(rule.id, scope), finding)
}

/** The condition got worse while it holds: the ladder goes up in place, never down. */
export function raiseLevel(
  world: World,
  state: HomeState,
  rule: Rule,
  scope: string,
  at: number,
  level: number,
  detail: TransitionDetail,
): void {
  const finding = state.findings.get(`${rule.id}|${scope}`)
  if (!finding || level <= finding.level) return
  finding.level = level
  tell(world, state, rule, scope, 'level', at, level, detail)
  world.changed.set(rowKey.finding(rule.id, scope), finding)
}

/** A sensor's condition ended. The finding clears when none holds and nothing latches it. */
export function release(
  world: World,
  state: HomeState,
  rule: Rule,
  scope: string,
  sensor: string,
  at: number,
  detail: TransitionDetail,
): void {
  const finding = state.findings.get(`${rule.id}|${scope}`)
  const index = finding?.holding.indexOf(sensor) ?? -1
  if (!finding || index < 0) return
  finding.holding.splice(index, 1)
  world.changed.set(rowKey.finding(rule.id, scope), finding)
  clearIfOver(world, state, rule, scope, at, detail)
}

/** The rule's condition no longer counts: nothing holds. What is latched stays so. */
export function releaseAll(world: World, state: HomeState, rule: Rule, at: number): void {
  for (const [key, finding] of inOrder(state.findings)) {
    const [id, scope = ''] = key.split('|')
    if (id !== rule.id) continue
    for (const sensor of finding.holding.slice()) release(world, state, rule, scope, sensor, at, {})
  }
}

/** A human resolved the alert: what was held for them is let go. */
export function unlatch(world: World, state: HomeState, rule: Rule, scope: string, at: number): void {
  const finding = state.findings.get(`${rule.id}|${scope}`)
  if (!finding?.latched) return
  finding.latched = false
  world.changed.set(rowKey.finding(rule.id, scope), finding)
  clearIfOver(world, state, rule, scope, at, {})
}

/** Forgets a finding of a rule that no longer means the same; its alert stays as it is. */
export function forget(world: World, state: HomeState, rule: string, scope: string): void {
  state.findings.delete(`${rule}|${scope}`)
  world.changed.set(rowKey.finding(rule, scope), null)
}

function clearIfOver(
  world: World,
  state: HomeState,
  rule: Rule,
  scope: string,
  at: number,
  detail: TransitionDetail,
): void {
  const finding = state.findings.get(`${rule.id}|${scope}`)
  if (!finding || finding.holding.length > 0 || finding.latched) return
  tell(world, state, rule, scope, 'cleared', at, finding.level, detail)
  forget(world, state, rule.id, scope)
}
