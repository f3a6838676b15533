import type { Value } from '../model/reading.ts'
import { Local, Past } from './past.ts'
import type { Rule, Scene } from './rule.ts'
import { paramsOf, paramsOfScope, residentOf, scopeOf } from './state.ts'
import type { HomeState, SensorState, World } from './state.ts'

/** What a condition sees of a reading. */
export function sceneOf(
  world: World,
  state: HomeState,
  rule: Rule,
  sensor: SensorState,
  { kind, value, at }: { readonly kind: string; readonly value: Value; readonly at: number },
): Scene {
  const { home } = state
  const { facts } = sensor
  return {
    value,
    kind,
    role: facts.role ?? '',
    room: facts.room ?? '',
    sensor: facts.id,
    home: home.id,
    resident: residentOf(home, facts)?.id ?? '',
    params: paramsOf(rule, home, sensor),
    past: new Past(world, state, rule, scopeOf(rule, home, facts), at),
    local: new Local(home.timezone, at),
  }
}

/** What a condition sees that is about no reading. */
export function sceneOfScope(world: World, state: HomeState, rule: Rule, scope: string, at: number): Scene {
  const { home } = state
  return {
    home: home.id,
    resident: scope.slice(home.id.length + 1),
    params: paramsOfScope(rule, home, scope),
    past: new Past(world, state, rule, scope, at),
    local: new Local(home.timezone, at),
  }
}

/** How far up the rule's ladder it is. */
export function levelOf(rule: Rule, scene: Scene): number {
  for (let index = rule.levels.length - 1; index > 0; index--) {
    if (rule.levels[index]?.when?.(scene)) return index
  }
  return 0
}
