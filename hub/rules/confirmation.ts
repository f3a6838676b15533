import { attempt } from './attempt.ts'
import { hold, release } from './findings.ts'
import type { Occurrence } from './occurrence.ts'
import { amountOf } from './rule.ts'
import type { ConfirmedRule, Rule, SignOfLife } from './rule.ts'
import { isWatched, showsLife } from './sign-of-life.ts'
import type { Sign } from './sign-of-life.ts'
import { sceneOf } from './scene.ts'
import { inOrder, paramsOfScope, rowKey, scopeOf } from './state.ts'
import type { ConfirmRow, HomeState, SensorState, Waiting, World } from './state.ts'
import { dueAt, elapsed, run } from './stopwatch.ts'

/** A trigger begins to wait for what cancels it (`unless`) or must follow it (`then`). */
export function awaitConfirmation(
  world: World,
  state: HomeState,
  rule: ConfirmedRule,
  scope: string,
  sensor: string,
  { at, now, late, isEvent, level, detail }: Occurrence,
): void {
  const row: ConfirmRow = state.confirms.get(`${rule.id}|${scope}`) ?? { waiting: [] }
  // A state that comes back while it waits is the same matter; every event is one of its own.
  if (!isEvent && row.waiting.some((one) => one.sensor === sensor)) return
  const isOver = at + limitOf(rule, state, scope).within <= now
  const counts = rule.confirmation.type !== 'absent' || canCount(world, state, rule, scope)
  row.waiting.push({
    sensor,
    at,
    ...((late || isOver) && { late: true as const }),
    ...(isEvent && { isEvent: true as const }),
    // What cancels it may follow in the same backlog: from then on it is waited for anew.
    watch: { held: 0, from: counts ? (late || isOver ? now : at) : null },
    level,
    detail,
  })
  state.confirms.set(`${rule.id}|${scope}`, row)
  save(world, state, rule, scope, row)
}

/** A reading came that may be what is waited for. */
export function observeConfirmations(world: World, state: HomeState, sensor: SensorState, seen: Sign): void {
  if (state.confirms.size === 0) return
  if (waitsLate(state, sensor)) fireProven(world, state, sensor, seen)
  for (const rule of world.rules.confirmedByKind.get(seen.kind) ?? []) {
    const scope = scopeOf(rule, state.home, sensor.facts)
    const row = state.confirms.get(`${rule.id}|${scope}`)
    if (!row) continue
    const sort = sortOf(world, state, sensor, rule, seen)
    if (!sort) continue
    const { within, after } = limitOf(rule, state, scope)
    const isAbsent = rule.confirmation.type === 'absent'
    const from = sort === 'also' ? 0 : after
    const meant = row.waiting.filter(({ at }) => seen.at >= at + from && (isAbsent || seen.at < at + within))
    if (meant.length === 0) continue
    row.waiting = row.waiting.filter((one) => !meant.includes(one))
    save(world, state, rule, scope, row)
    if (rule.confirmation.type !== 'then') continue
    const detail = { ...whereOf(sensor), kind: seen.kind, value: seen.value }
    for (const one of meant) fire(world, state, rule, scope, { ...one, detail }, seen.at)
  }
}

function waitsLate({ confirms }: HomeState, { facts }: SensorState): boolean {
  for (const { waiting } of confirms.values()) {
    if (waiting.some(({ late, sensor }) => late && sensor === facts.id)) return true
  }
  return false
}

/** In backlog, a later reading of the same sensor proves that nothing cancelled it in time. */
function fireProven(world: World, state: HomeState, sensor: SensorState, seen: Sign): void {
  for (const [key, row] of inOrder(state.confirms)) {
    const [id = '', scope = ''] = key.split('|')
    const rule = world.rules.rules.get(id)
    if (rule?.confirmation?.type !== 'unless') continue
    const known: ConfirmedRule = { ...rule, confirmation: rule.confirmation }
    const { within } = limitOf(known, state, scope)
    const proven = row.waiting.filter(
      (one) => one.late && one.sensor === sensor.facts.id && seen.at >= one.at + within,
    )
    if (proven.length === 0) continue
    row.waiting = row.waiting.filter((one) => !proven.includes(one))
    save(world, state, known, scope, row)
    for (const one of proven) fire(world, state, known, scope, one, one.at + within)
  }
}

/** The time to wait is over. */
export function confirmationDue(
  world: World,
  state: HomeState,
  rule: Rule,
  scope: string,
  due: number,
): void {
  const row = state.confirms.get(`${rule.id}|${scope}`)
  if (!row || !rule.confirmation) return
  const known: ConfirmedRule = { ...rule, confirmation: rule.confirmation }
  const { within } = limitOf(known, state, scope)
  const over = row.waiting.filter(({ watch }) => elapsed(watch, due) >= within)
  row.waiting = row.waiting.filter((one) => !over.includes(one))
  save(world, state, known, scope, row)
  if (rule.confirmation.type === 'then') return
  const isUnless = rule.confirmation.type === 'unless'
  for (const one of over) fire(world, state, known, scope, one, isUnless ? one.at + within : due)
}

/** An absence counts only time that counts (docs/meaning.md, 7). */
export function superviseConfirmations(world: World, state: HomeState, now: number): void {
  for (const [key, row] of state.confirms) {
    const [id = '', scope = ''] = key.split('|')
    const rule = world.rules.rules.get(id)
    if (rule?.confirmation?.type !== 'absent') continue
    const known: ConfirmedRule = { ...rule, confirmation: rule.confirmation }
    const counts = canCount(world, state, known, scope)
    let isChanged = false
    for (const { watch } of row.waiting) isChanged = run(watch, counts, now) || isChanged
    if (isChanged) save(world, state, known, scope, row)
  }
}

/** What a sensor triggered is no longer waited for: its state ended, or it is gone. */
export function endWaits(world: World, state: HomeState, rule: Rule, sensor: string): void {
  for (const [key, row] of inOrder(state.confirms)) {
    const [id, scope = ''] = key.split('|')
    if (id !== rule.id || !rule.confirmation) continue
    if (!row.waiting.some((one) => one.sensor === sensor)) continue
    row.waiting = row.waiting.filter((one) => one.sensor !== sensor)
    save(world, state, { ...rule, confirmation: rule.confirmation }, scope, row)
  }
}

export function forgetWaits(world: World, state: HomeState, rule: string): void {
  for (const key of state.confirms.keys()) {
    const [id, scope = ''] = key.split('|')
    if (id !== rule) continue
    state.confirms.delete(key)
    world.changed.set(rowKey.confirm(rule, scope), null)
    world.timers.set(rowKey.confirm(rule, scope), undefined)
  }
}

/** What was triggered since then is no longer waited for, of any rule. */
export function forgetWaitsSince(world: World, state: HomeState, since: number): void {
  for (const [key, row] of inOrder(state.confirms)) {
    const [id = '', scope = ''] = key.split('|')
    const rule = world.rules.rules.get(id)
    if (!rule?.confirmation || row.waiting.every(({ at }) => at < since)) continue
    row.waiting = row.waiting.filter(({ at }) => at < since)
    save(world, state, { ...rule, confirmation: rule.confirmation }, scope, row)
  }
}

export function scheduleWaits(world: World, state: HomeState, rule: ConfirmedRule, scope: string): void {
  const { within } = limitOf(rule, state, scope)
  const waiting = state.confirms.get(`${rule.id}|${scope}`)?.waiting ?? []
  const dues = waiting.flatMap(({ watch }) => dueAt(watch, within) ?? [])
  world.timers.set(rowKey.confirm(rule.id, scope), dues.length === 0 ? undefined : Math.min(...dues))
}

function fire(
  world: World,
  state: HomeState,
  rule: ConfirmedRule,
  scope: string,
  { sensor, isEvent: ofEvent, level, detail }: Waiting,
  at: number,
): void {
  const isEvent = ofEvent === true
  const now = state.sensors.get(sensor)?.when.get(rule.id)
  hold(world, state, rule, scope, sensor, at, Math.max(level, now?.level ?? 0), detail, isEvent)
  const goesOn = isEvent
    ? rule.trigger.type === 'when' && rule.trigger.clear !== undefined
    : now?.phase === 'firing' || now?.phase === 'clearing'
  if (!goesOn) release(world, state, rule, scope, sensor, at, detail)
}

/** Whether a reading is what is waited for, or one of the signs that end the wait too. */
function sortOf(
  world: World,
  state: HomeState,
  sensor: SensorState,
  rule: ConfirmedRule,
  seen: Sign,
): 'meant' | 'also' | undefined {
  const { confirmation } = rule
  if (confirmation.type === 'absent') {
    const isOne = (signs: readonly SignOfLife[]): boolean =>
      signs.some((sign) => sign.kind === seen.kind && showsLife(world, state, sensor, rule, sign, seen))
    if (isOne(confirmation.of)) return 'meant'
    return isOne(confirmation.also) ? 'also' : undefined
  }
  const { when } = confirmation
  const isMeant = attempt(world, state, rule, () => when(sceneOf(world, state, rule, sensor, seen)), false)
  return isMeant ? 'meant' : undefined
}

function canCount(world: World, state: HomeState, rule: ConfirmedRule, scope: string): boolean {
  const { confirmation } = rule
  return confirmation.type !== 'absent' || isWatched(world, state, rule, confirmation.of, scope)
}

function limitOf(rule: ConfirmedRule, state: HomeState, scope: string): { within: number; after: number } {
  const params = paramsOfScope(rule, state.home, scope)
  const { confirmation } = rule
  const after = 'after' in confirmation && confirmation.after ? amountOf(confirmation.after, params) : 0
  return { within: amountOf(confirmation.within, params), after }
}

function save(world: World, state: HomeState, rule: ConfirmedRule, scope: string, row: ConfirmRow): void {
  const isOver = row.waiting.length === 0
  if (isOver) state.confirms.delete(`${rule.id}|${scope}`)
  world.changed.set(rowKey.confirm(rule.id, scope), isOver ? null : row)
  scheduleWaits(world, state, rule, scope)
}

function whereOf({ facts }: SensorState): { sensor: string; room?: string } {
  return { sensor: facts.id, ...(facts.room !== undefined && { room: facts.room }) }
}
