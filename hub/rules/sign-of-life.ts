import { attempt } from './attempt.ts'
import { KINDS } from '../model/kind.ts'
import type { Value } from '../model/reading.ts'
import type { Rule, SignOfLife } from './rule.ts'
import { sceneOf } from './scene.ts'
import { scopeOf } from './state.ts'
import type { HomeState, SensorState, World } from './state.ts'

/** A reading as far as it can be a sign of life. Times in ms. */
export interface Sign {
  readonly kind: string
  readonly value: Value
  /** The value of the same sensor and kind before this one. */
  readonly previous: Value | undefined
  readonly at: number
  readonly now: number
}

/**
 * Whether this reading shows life for the rule: an event always, `true` of a yes-or-no kind, a changed word,
 * and of a number what the rule's own condition says (RULES.md, Meaning 7).
 */
export function showsLife(
  world: World,
  state: HomeState,
  sensor: SensorState,
  rule: Rule,
  sign: SignOfLife,
  seen: Sign,
): boolean {
  const { when } = sign
  const scene = () => sceneOf(world, state, rule, sensor, seen)
  if (when && !attempt(world, state, rule, () => when(scene()), false)) return false
  const kind = KINDS.get(seen.kind)
  if (kind?.sort === 'event' || kind?.value === 'number') return true
  if (kind?.value === 'boolean') return seen.value === true
  return seen.previous !== undefined && seen.previous !== seen.value
}

export function sensorsOf(state: HomeState, rule: Rule, scope: string): SensorState[] {
  return [...state.sensors.values()].filter((sensor) => scopeOf(rule, state.home, sensor.facts) === scope)
}

/** Whether a sensor could show a sign of life: its profile says so, or it has spoken of the kind. */
export function canShow(of: readonly SignOfLife[], sensor: SensorState): boolean {
  return of.some(({ kind }) => sensor.facts.kinds.includes(kind) || sensor.row.last[kind] !== undefined)
}
