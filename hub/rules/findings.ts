import type { Transition, TransitionDetail } from '../model/alert.ts'
import { amountOf } from './rule.ts'
import { decideArea, gathers, leave } from './gather.ts'
import type { Rule } from './rule.ts'
import { inOrder, paramsOfScope, rowKey } from './state.ts'
import type { FindingRow, HomeState, World } from './state.ts'

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
  isEvent = false,
): void {
  const key = `${rule.id}|${scope}`
  const known = state.findings.get(key)
  const finding: FindingRow = known ?? { holding: [], latched: false, level }
  state.findings.set(key, finding)
  world.changed.set(rowKey.finding(rule.id, scope), finding)
  if (!finding.holding.includes(sensor)) finding.holding.push(sensor)
  const isKept = finding.keepUntil !== undefined
  if (isKept) {
    delete finding.keepUntil
    world.timers.set(rowKey.keep(rule.id, scope), undefined)
  }
  const worst = Math.max(level, finding.level)
  const isWorse = worst > finding.level
  finding.level = worst
  if (!known || known.heldBack) {
    finding.heldBack = detail
    fireIfFree(world, state, rule, scope, finding, at)
  } else {
    finding.latched ||= rule.latched
    // A state that came back while it was kept never went, as far as people know.
    if (!isKept || isEvent) tell(world, state, rule, scope, 'again', at, worst, detail)
    else if (isWorse) tell(world, state, rule, scope, 'level', at, worst, detail)
  }
}

function fireIfFree(
  world: World,
  state: HomeState,
  rule: Rule,
  scope: string,
  finding: FindingRow,
  at: number,
  isAlone = false,
): void {
  const { heldBack } = finding
  if (!heldBack || state.cooldowns.has(`${rule.id}|${scope}`) || isMuted(state, rule)) return
  if (!isAlone && gathers(world, state, rule, at)) return
  delete finding.heldBack
  finding.latched = rule.latched
  world.changed.set(rowKey.finding(rule.id, scope), finding)
  if (rule.cooldown) {
    const row = { until: at + amountOf(rule.cooldown, paramsOfScope(rule, state.home, scope)) }
    state.cooldowns.set(`${rule.id}|${scope}`, row)
    world.changed.set(rowKey.cooldown(rule.id, scope), row)
    world.timers.set(rowKey.cooldown(rule.id, scope), row.until)
  }
  tell(world, state, rule, scope, 'firing', at, finding.level, heldBack)
}

function isMuted(state: HomeState, rule: Rule): boolean {
  if (rule.mutedBy.length === 0) return false
  for (const [key, { heldBack }] of state.findings) {
    const id = key.slice(0, key.indexOf('|'))
    // What the area says for the home is said.
    if ((!heldBack || state.gathered.has(id)) && rule.mutedBy.includes(id)) return true
  }
  return false
}

/** What was held back fires as soon as nothing mutes it any more, if it still holds. */
export function fireHeldBack(world: World, state: HomeState, at: number): void {
  for (const [key, finding] of inOrder(state.findings)) {
    const [id = '', scope = ''] = key.split('|')
    const rule = finding.heldBack && world.rules.rules.get(id)
    if (rule) fireIfFree(world, state, rule, scope, finding, at)
  }
}

/** An area is looked at: homes that are not many, or not any more, fire by themselves. */
export function areaDue(world: World, rule: Rule, area: string, due: number): void {
  for (const state of decideArea(world, rule, area, due)) {
    const finding = state.findings.get(`${rule.id}|${state.home.id}`)
    if (finding) fireIfFree(world, state, rule, state.home.id, finding, due, true)
  }
}

/** The time after a firing is over: what still holds, or holds again, fires. */
export function cooldownDue(world: World, state: HomeState, rule: Rule, scope: string, due: number): void {
  const key = `${rule.id}|${scope}`
  if (!state.cooldowns.delete(key)) return
  world.changed.set(rowKey.cooldown(rule.id, scope), null)
  const finding = state.findings.get(key)
  if (finding) fireIfFree(world, state, rule, scope, finding, due)
}

/** The time for which it went on firing is over. */
export function keepDue(world: World, state: HomeState, rule: Rule, scope: string, due: number): void {
  const finding = state.findings.get(`${rule.id}|${scope}`)
  if (finding?.keepUntil === undefined || finding.keepUntil > due) return
  clear(world, state, rule, scope, finding, due, {})
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
  if (finding.heldBack) finding.heldBack = detail
  else tell(world, state, rule, scope, 'level', at, level, detail)
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
export function forget(world: World, state: HomeState, rule: string, scope: string, at: number): void {
  state.findings.delete(`${rule}|${scope}`)
  leave(world, state, rule, at)
  world.timers.set(rowKey.keep(rule, scope), undefined)
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
  if (finding.heldBack) {
    const wasGathered = state.gathered.has(rule.id)
    forget(world, state, rule.id, scope, at)
    if (wasGathered && world.rules.muting.has(rule.id)) fireHeldBack(world, state, at)
  } else if (rule.keep) {
    finding.keepUntil = at + amountOf(rule.keep, paramsOfScope(rule, state.home, scope))
    world.timers.set(rowKey.keep(rule.id, scope), finding.keepUntil)
  } else {
    clear(world, state, rule, scope, finding, at, detail)
  }
}

function clear(
  world: World,
  state: HomeState,
  rule: Rule,
  scope: string,
  finding: FindingRow,
  at: number,
  detail: TransitionDetail,
): void {
  tell(world, state, rule, scope, 'cleared', at, finding.level, detail)
  forget(world, state, rule.id, scope, at)
  if (world.rules.muting.has(rule.id)) fireHeldBack(world, state, at)
}
