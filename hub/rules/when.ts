import { attempt } from './attempt.ts'
import type { TransitionDetail } from '../model/alert.ts'
import { KINDS } from '../model/kind.ts'
import type { Value } from '../model/reading.ts'
import { endWaits } from './confirmation.ts'
import { raiseLevel, release } from './findings.ts'
import { admit, isOpenAt } from './gate.ts'
import { noteWaiting } from './gather.ts'
import { occur } from './occurrence.ts'
import { amountOf } from './rule.ts'
import type { Rule, WhenRule } from './rule.ts'
import { levelOf, sceneOf } from './scene.ts'
import { isAvailable, isHeard, paramsOf, rowKey, scopeOf } from './state.ts'
import type { HomeState, SensorState, WhenRow, World } from './state.ts'
import { dueAt, elapsed, run } from './stopwatch.ts'

/** One value of one sensor, as the conditions see it. Times in ms. */
export interface Observation {
  readonly kind: string
  readonly value: Value
  readonly at: number
  readonly now: number
  readonly late: boolean
  /** Older than the newest of its sensor and kind (events only). */
  readonly outOfOrder?: boolean
  /** Nothing new: the last value, as the rule's condition begins to count. */
  readonly opening?: boolean
  /** Of a score: `value` is its total. */
  readonly score?: { readonly risk: string; readonly single3: boolean; readonly missing: readonly string[] }
}

/** Became true more than this before it was heard of: late (docs/meaning.md, 3). */
const LATE = 60_000

/** Evaluates one rule on one observation; what throws is the rule's fault and leaves its state as it was. */
export function observeWhen(
  world: World,
  state: HomeState,
  sensor: SensorState,
  rule: WhenRule,
  seen: Observation,
): void {
  const observed = admit(state, rule, seen)
  if (!observed) return
  const { score } = observed
  const scene = sceneOf(world, state, rule, sensor, observed)
  if (score) {
    const { risk, single3, missing } = score
    Object.assign(scene, { total: observed.value, risk, single3, missing: missing.length })
  }
  const { clear } = rule.trigger
  const holds = attempt(world, state, rule, () => rule.trigger.when(scene), undefined)
  if (holds === undefined) return
  const isEvent = KINDS.get(observed.kind)?.sort === 'event'
  const row = sensor.when.get(rule.id)
  // Of most readings there is nothing to say: it is not so, and was not.
  if (!holds && (isEvent ? !clear : !row)) return
  const about = score
    ? { score: Number(observed.value), ...(score.missing.length > 0 && { missing: score.missing }) }
    : { sensor: sensor.facts.id }
  const detail: TransitionDetail = {
    ...about,
    ...(sensor.facts.room !== undefined && { room: sensor.facts.room }),
    kind: observed.kind,
    value: observed.value,
    ...(observed.late && { late: true as const }),
  }
  let ends = clear ? attempt(world, state, rule, () => clear.when(scene), false) : !holds
  // A score that fell because a measurement is too old did not get better: no data is neither true nor false.
  const before = row?.detail.missing ?? []
  if (score?.missing.some((kind) => !before.includes(kind))) ends = false
  // A ladder that cannot be read must not hold back what it stands on.
  const level = holds ? attempt(world, state, rule, () => levelOf(rule, scene), 0) : 0
  if (isEvent) {
    happen(world, state, sensor, rule, observed, { holds, ends, level }, detail)
  } else {
    follow(world, state, sensor, rule, observed, { holds, ends, level }, detail)
  }
}

interface Verdict {
  readonly holds: boolean
  readonly ends: boolean
  readonly level: number
}

/** An event: each one counts, and it is over as soon as it happened unless the rule says what ends it. */
function happen(
  world: World,
  state: HomeState,
  sensor: SensorState,
  rule: WhenRule,
  observed: Observation,
  { holds, ends, level }: Verdict,
  detail: TransitionDetail,
): void {
  const scope = scopeOf(rule, state.home, sensor.facts)
  const { at, outOfOrder } = observed
  if (holds) {
    const { now, late } = observed
    occur(world, state, rule, scope, sensor.facts.id, { at, now, late, isEvent: true, level, detail })
  }
  // What came late cannot end what happened after it: an old cancel is not meant for a newer fall.
  if (rule.trigger.clear ? ends && !holds && !outOfOrder : holds) {
    release(world, state, rule, scope, sensor.facts.id, at, detail)
  }
}

/** A state: followed from when it began to hold until it ended. */
function follow(
  world: World,
  state: HomeState,
  sensor: SensorState,
  rule: WhenRule,
  observed: Observation,
  { holds, ends, level }: Verdict,
  detail: TransitionDetail,
): void {
  const row = sensor.when.get(rule.id)
  switch (row?.phase) {
    case undefined:
      if (holds) enter(world, state, sensor, rule, 'pending', observed, level, detail)
      return
    case 'pending':
      if (!holds) {
        drop(world, state, sensor, rule)
        return
      }
      row.level = level
      row.detail = detail
      proceed(world, state, sensor, rule, row, observed)
      return
    case 'firing':
      if (ends) {
        enter(world, state, sensor, rule, 'clearing', observed, row.level, detail)
      } else if (level > row.level) {
        row.level = level
        row.detail = detail
        save(world, state, sensor, rule, row)
        raiseLevel(world, state, rule, scopeOf(rule, state.home, sensor.facts), observed.at, level, detail)
      }
      return
    case 'clearing':
      if (ends) {
        row.detail = detail
        proceed(world, state, sensor, rule, row, observed)
      } else {
        const worst = Math.max(level, row.level)
        row.phase = 'firing'
        row.level = worst
        row.detail = detail
        world.timers.set(rowKey.when(rule.id, state.home.id, sensor.facts.id), undefined)
        save(world, state, sensor, rule, row)
        raiseLevel(world, state, rule, scopeOf(rule, state.home, sensor.facts), observed.at, worst, detail)
      }
  }
}

/** Starts to count towards `for` or `clear.for`, and goes on at once where there is nothing to wait for. */
function enter(
  world: World,
  state: HomeState,
  sensor: SensorState,
  rule: WhenRule,
  phase: 'pending' | 'clearing',
  observed: Observation,
  level: number,
  detail: TransitionDetail,
): void {
  const counts = counting(world, state, sensor, rule)
  // From backlog, only later readings prove that it held meanwhile; live time counts from now.
  const from = counts ? (observed.late ? observed.now : observed.at) : null
  const row: WhenRow = { phase, since: observed.at, watch: { held: 0, from }, level, detail }
  sensor.when.set(rule.id, row)
  if (rule.gather) noteWaiting(world, state, rule)
  const isOver =
    waitOf(rule, row, state, sensor) === 0 || (phase === 'pending' && isKept(state, sensor, rule))
  // A last value of a sensor that is gone may hold no more: the rule waits until it is back.
  if (isOver && (counts || !observed.opening)) {
    finish(world, state, sensor, rule, row, observed.at, observed.now)
    return
  }
  schedule(world, state, sensor, rule, row)
  save(world, state, sensor, rule, row)
}

/** It still fires from before: a condition that comes back goes on with it, as with Prometheus' `keep_firing_for`. */
function isKept(state: HomeState, sensor: SensorState, rule: WhenRule): boolean {
  if (!rule.keep || rule.times || rule.confirmation) return false
  const scope = scopeOf(rule, state.home, sensor.facts)
  return state.findings.get(`${rule.id}|${scope}`)?.keepUntil !== undefined
}

/** The condition was seen to hold still: backlog proves the time between its readings. */
function proceed(
  world: World,
  state: HomeState,
  sensor: SensorState,
  rule: WhenRule,
  row: WhenRow,
  observed: Observation,
): void {
  const wait = waitOf(rule, row, state, sensor)
  if (observed.late) {
    row.watch.held = Math.max(elapsed(row.watch, observed.now), observed.at - row.since)
    if (row.watch.from !== null) row.watch.from = observed.now
  }
  if (elapsed(row.watch, observed.at) >= wait) {
    finish(world, state, sensor, rule, row, observed.late ? row.since + wait : observed.at, observed.now)
    return
  }
  schedule(world, state, sensor, rule, row)
  save(world, state, sensor, rule, row)
}

function finish(
  world: World,
  state: HomeState,
  sensor: SensorState,
  rule: WhenRule,
  row: WhenRow,
  at: number,
  now: number,
): void {
  const scope = scopeOf(rule, state.home, sensor.facts)
  if (row.phase === 'clearing') {
    drop(world, state, sensor, rule)
    if (rule.confirmation?.type === 'unless') endWaits(world, state, rule, sensor.facts.id)
    release(world, state, rule, scope, sensor.facts.id, at, row.detail)
    return
  }
  row.phase = 'firing'
  row.watch = { held: 0, from: null }
  if (rule.gather) noteWaiting(world, state, rule)
  world.timers.set(rowKey.when(rule.id, state.home.id, sensor.facts.id), undefined)
  save(world, state, sensor, rule, row)
  const { level, detail } = row
  occur(world, state, rule, scope, sensor.facts.id, {
    at,
    now,
    late: now - at > LATE,
    isEvent: false,
    level,
    detail,
  })
}

/** The timer of a row came up. */
export function whenDue(
  world: World,
  state: HomeState,
  sensor: SensorState,
  rule: WhenRule,
  due: number,
): void {
  const row = sensor.when.get(rule.id)
  if (!row || row.phase === 'firing' || !isOpenAt(state, rule, due)) return
  if (elapsed(row.watch, due) >= waitOf(rule, row, state, sensor))
    finish(world, state, sensor, rule, row, due, due)
  else schedule(world, state, sensor, rule, row)
}

/** No data is neither true nor false: what is half counted stands still while the sensor cannot speak. */
export function suspendWhen(world: World, state: HomeState, sensor: SensorState, now: number): void {
  for (const [id, row] of sensor.when) {
    const rule = world.rules.rules.get(id)
    if (row.phase === 'firing' || rule?.trigger.type !== 'when') continue
    if (!run(row.watch, counting(world, state, sensor, rule as WhenRule), now)) continue
    schedule(world, state, sensor, rule as WhenRule, row)
    save(world, state, sensor, rule as WhenRule, row)
  }
}

/** Ends what a rule held on a sensor that is gone, or forgets it with a rule that changed. */
export function drop(
  world: World,
  state: HomeState,
  sensor: SensorState,
  rule: { readonly id: string },
): void {
  sensor.when.delete(rule.id)
  const known = world.rules.rules.get(rule.id)
  if (known?.gather) noteWaiting(world, state, known)
  const key = rowKey.when(rule.id, state.home.id, sensor.facts.id)
  world.changed.set(key, null)
  world.timers.set(key, undefined)
}

export function schedule(
  world: World,
  state: HomeState,
  sensor: SensorState,
  rule: WhenRule,
  row: WhenRow,
): void {
  const due = row.phase === 'firing' ? undefined : dueAt(row.watch, waitOf(rule, row, state, sensor))
  world.timers.set(rowKey.when(rule.id, state.home.id, sensor.facts.id), due)
}

function save(world: World, state: HomeState, sensor: SensorState, rule: Rule, row: WhenRow): void {
  world.changed.set(rowKey.when(rule.id, state.home.id, sensor.facts.id), row)
}

/** Whether time counts now. A rule on availability itself goes on when the sensor is gone: that is its matter. */
function counting(world: World, state: HomeState, sensor: SensorState, rule: WhenRule): boolean {
  if (!isHeard(world, rule.trigger.on, sensor)) return false
  return rule.trigger.on === 'availability' || isAvailable(state, sensor)
}

function waitOf(rule: WhenRule, row: WhenRow, state: HomeState, sensor: SensorState): number {
  const amount = row.phase === 'clearing' ? rule.trigger.clear?.for : rule.trigger.for
  return amount ? amountOf(amount, paramsOf(rule, state.home, sensor)) : 0
}
