import { dropAbsence, superviseAbsence } from './absence.ts'
import { windowAt } from '../time/daily-window.ts'
import { releaseAll } from './findings.ts'
import { isOpen } from './gate.ts'
import { forgetOccurrences } from './occurrence.ts'
import { LONGEST_MAINTENANCE } from '../model/input.ts'
import type { Mode } from '../model/input.ts'
import type { ServiceFacts } from '../model/service-state.ts'
import type { AbsentRule, Rule, WhenRule } from './rule.ts'
import { reconsider } from './reconsider.ts'
import { restartSilence } from './silence.ts'
import { everySensor, inOrder, rowKey } from './state.ts'
import type { HomeState, World } from './state.ts'
import { superviseTracks } from './tracks.ts'
import { drop } from './when.ts'

/**
 * Brings the windows of a home in line with its rules and its time zone.
 * @param changed rules whose window is to be looked at anew
 */
export function superviseGates(
  world: World,
  state: HomeState,
  now: number,
  changed: ReadonlySet<string> = new Set(),
): void {
  for (const [id, row] of inOrder(state.windows)) {
    const rule = world.rules.rules.get(id)
    if (rule?.during && !changed.has(id)) {
      const next = windowAt(rule.during, state.home.timezone, now)
      if (next.inside === row.inside && next.until === row.until) continue
      pass(world, state, rule, now, () => state.windows.set(id, next))
      save(world, state, id)
      continue
    }
    state.windows.delete(id)
    world.changed.set(rowKey.window(id, state.home.id), null)
    world.timers.set(rowKey.window(id, state.home.id), undefined)
  }
  for (const rule of world.rules.gated) {
    const isNew = changed.has(rule.id) || (rule.during !== undefined && !state.windows.has(rule.id))
    if (rule.during && isNew) {
      state.windows.set(rule.id, windowAt(rule.during, state.home.timezone, now))
      save(world, state, rule.id)
    }
  }
}

/** The window of a rule opens or closes. */
export function windowDue(world: World, state: HomeState, rule: Rule, due: number): void {
  const { during } = rule
  if (!during || !state.windows.has(rule.id)) return
  pass(world, state, rule, due, () => state.windows.set(rule.id, windowAt(during, state.home.timezone, due)))
  save(world, state, rule.id)
}

/**
 * @param until ms; maintenance ends 4 h after it began at the latest, however often it is said again: what was found
 * meanwhile is told as real then (docs/decisions/0009-maintenance.md)
 */
export function setMode(
  world: World,
  state: HomeState,
  mode: Mode,
  on: boolean,
  now: number,
  until?: number,
  who?: { readonly by: string; readonly via: string },
): void {
  const key = rowKey.mode(state.home.id, mode)
  const known = state.modes.get(mode)
  if (!on && !known) return
  const since = known?.since ?? now
  const end = mode === 'maintenance' ? Math.min(until ?? Infinity, since + LONGEST_MAINTENANCE) : until
  const row = { since, ...(end !== undefined && { until: end }), ...(who && { by: who.by, via: who.via }) }
  world.changed.set(key, on ? row : null)
  world.timers.set(key, on ? end : undefined)
  const touched = world.rules.gated.filter(({ except }) => except.includes(mode))
  const before = new Map(touched.map((rule) => [rule, isOpen(state, rule)]))
  if (on) state.modes.set(mode, row)
  else state.modes.delete(mode)
  if (mode === 'away') superviseTracks(world, state, now)
  for (const [rule, wasOpen] of before) change(world, state, rule, wasOpen, now)
}

/**
 * The service of a home begins, is paused or ends. What does not count any more is dropped and clears; what counts
 * again counts from now, and so does the silence of its sensors.
 */
export function setService(
  world: World,
  state: HomeState,
  service: ServiceFacts | undefined,
  now: number,
): void {
  const before = new Map([...world.rules.rules.values()].map((rule) => [rule, isOpen(state, rule)]))
  const { state: _, ...home } = state.home
  state.home = service ? { ...home, state: service } : home
  scheduleService(world, state)
  restartSilence(world, state, now)
  for (const [rule, wasOpen] of before) change(world, state, rule, wasOpen, now)
}

function scheduleService(world: World, { home }: HomeState): void {
  world.timers.set(rowKey.service(home.id), home.state?.is === 'paused' ? home.state.until : undefined)
}

/** After a start, or when limits changed: when each gate is due. */
export function scheduleGates(world: World, state: HomeState): void {
  for (const [id, { until }] of state.windows) world.timers.set(rowKey.window(id, state.home.id), until)
  for (const [key, { until }] of state.cooldowns) world.timers.set(`cooldown|${key}`, until)
  for (const [key, { keepUntil }] of state.findings) world.timers.set(`keep|${key}`, keepUntil)
  scheduleService(world, state)
  for (const [mode, { until }] of state.modes) world.timers.set(rowKey.mode(state.home.id, mode), until)
}

function pass(world: World, state: HomeState, rule: Rule, now: number, move: () => void): void {
  const wasOpen = isOpen(state, rule)
  move()
  change(world, state, rule, wasOpen, now)
}

function change(world: World, state: HomeState, rule: Rule, wasOpen: boolean, now: number): void {
  const opens = isOpen(state, rule)
  if (opens === wasOpen) return
  if (opens) open(world, state, rule, now)
  else close(world, state, rule, now)
}

/** What is half counted is dropped, and what fires clears. */
function close(world: World, state: HomeState, rule: Rule, now: number): void {
  if (rule.trigger.type === 'absent') dropAbsence(world, state, rule as AbsentRule)
  else {
    for (const sensor of everySensor(state)) if (sensor.when.has(rule.id)) drop(world, state, sensor, rule)
  }
  forgetOccurrences(world, state, rule.id)
  releaseAll(world, state, rule, now)
}

/** States that hold begin to hold now; an absence counts from now. */
function open(world: World, state: HomeState, rule: Rule, now: number): void {
  if (rule.trigger.type === 'absent') {
    superviseAbsence(world, state, now)
    return
  }
  if (rule.trigger.type === 'when') reconsider(world, state, rule as WhenRule, now)
}

function save(world: World, state: HomeState, rule: string): void {
  const row = state.windows.get(rule)
  if (!row) return
  world.changed.set(rowKey.window(rule, state.home.id), row)
  world.timers.set(rowKey.window(rule, state.home.id), row.until)
}
