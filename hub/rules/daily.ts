import { attempt } from './attempt.ts'
import { NO_SENSOR, hold, release } from './findings.ts'
import { isOpen } from './gate.ts'
import { nextTimeOfDay } from '../time/local-time.ts'
import { levelOf, sceneOfScope } from './scene.ts'
import type { DailyRule } from './rule.ts'
import { inOrder, rowKey } from './state.ts'
import type { DailyRow, HomeState, World } from './state.ts'

/** What could not be told is asked again after this, as a home out of reach may be back. */
const AGAIN_AFTER = 10 * 60_000
/** Later, the question is no longer the one of that hour. */
const GIVES_UP_AFTER = 6 * 3_600_000

/**
 * Brings the daily looks of a home in line with its rules and its time zone.
 * @param changed rules that mean something else now
 */
export function superviseDaily(
  world: World,
  state: HomeState,
  now: number,
  changed: ReadonlySet<string> = new Set(),
): void {
  for (const [id] of inOrder(state.daily)) {
    if (world.rules.rules.get(id)?.trigger.type === 'daily' && !changed.has(id)) continue
    state.daily.delete(id)
    save(world, state, id)
  }
  for (const rule of world.rules.daily) {
    const row = state.daily.get(rule.id)
    const due = nextTimeOfDay(state.home.timezone, rule.trigger.at, now)
    if (row?.since !== undefined || row?.due === due) continue
    state.daily.set(rule.id, { due })
    save(world, state, rule.id)
  }
}

/** After a start: when each look is due. */
export function scheduleDaily(world: World, state: HomeState): void {
  for (const [id, { due }] of state.daily) world.timers.set(rowKey.daily(id, state.home.id), due)
}

/**
 * The hour of the rule has come: its condition is looked at for each that it is about. What is not known is neither
 * true nor false, so it is asked again while it makes sense.
 */
export function dailyDue(world: World, state: HomeState, rule: DailyRule, due: number): void {
  const row = state.daily.get(rule.id)
  if (!row) return
  const since = row.since ?? due
  const left = isOpen(state, rule)
    ? (row.left ?? scopesOf(rule, state)).filter((scope) => !look(world, state, rule, scope, due))
    : []
  const isOver = left.length === 0 || due + AGAIN_AFTER > since + GIVES_UP_AFTER
  const next: DailyRow = isOver
    ? { due: nextTimeOfDay(state.home.timezone, rule.trigger.at, Math.max(since, due)) }
    : { due: due + AGAIN_AFTER, since, left }
  state.daily.set(rule.id, next)
  save(world, state, rule.id)
}

/** @returns whether it could be told */
function look(world: World, state: HomeState, rule: DailyRule, scope: string, at: number): boolean {
  if (world.isAway || !state.reachable) return false
  const scene = sceneOfScope(world, state, rule, scope, at)
  const holds = attempt(world, state, rule, () => rule.trigger.when(scene), undefined)
  if (holds === undefined) return false
  if (holds) {
    const level = attempt(world, state, rule, () => levelOf(rule, scene), 0)
    // Each day that it is so is one more.
    hold(world, state, rule, scope, NO_SENSOR, at, level, {}, true)
  } else {
    release(world, state, rule, scope, NO_SENSOR, at, {})
  }
  return true
}

function scopesOf(rule: DailyRule, { home }: HomeState): string[] {
  if (rule.scope !== 'resident' || home.residents.length === 0) return [home.id]
  return home.residents.map(({ id }) => `${home.id}/${id}`).toSorted()
}

function save(world: World, state: HomeState, rule: string): void {
  const row = state.daily.get(rule)
  world.changed.set(rowKey.daily(rule, state.home.id), row ?? null)
  world.timers.set(rowKey.daily(rule, state.home.id), row?.due)
}
