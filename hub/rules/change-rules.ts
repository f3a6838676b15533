import { superviseAbsence } from './absence.ts'
import { superviseDaily } from './daily.ts'
import { fireHeldBack, forget } from './findings.ts'
import { forgetAreas } from './gather.ts'
import { forgetOccurrences } from './occurrence.ts'
import { forgetFacts } from './register-home.ts'
import type { RuleSet } from './rule.ts'
import { reconsiderChanged } from './reconsider.ts'
import { everySensor, inOrder, rowKey } from './state.ts'
import type { World } from './state.ts'
import { superviseGates } from './supervise-gates.ts'
import { drop } from './when.ts'

/** Other rules are in force: what was counted for those whose meaning changed is dropped. */
export function useRules(world: World, next: RuleSet, now: number): void {
  const before = world.rules
  const changed = new Set(
    [...before.rules.values()]
      .filter((rule) => next.rules.get(rule.id)?.meaning !== rule.meaning)
      .map((rule) => rule.id),
  )
  for (const state of world.homes.values()) {
    for (const sensor of everySensor(state)) {
      forgetFacts(sensor)
      for (const id of sensor.when.keys()) if (changed.has(id)) drop(world, state, sensor, { id })
    }
    for (const key of [...state.absent.keys(), ...state.findings.keys()]) {
      const [rule = '', scope = ''] = key.split('|')
      if (!changed.has(rule)) continue
      if (state.absent.delete(key)) {
        world.changed.set(rowKey.absent(rule, scope), null)
        world.timers.set(rowKey.absent(rule, scope), undefined)
      }
      forget(world, state, rule, scope, now)
    }
    for (const id of changed) forgetOccurrences(world, state, id)
    for (const key of state.cooldowns.keys()) {
      const [rule = '', scope = ''] = key.split('|')
      if (!changed.has(rule)) continue
      state.cooldowns.delete(key)
      world.changed.set(rowKey.cooldown(rule, scope), null)
      world.timers.set(rowKey.cooldown(rule, scope), undefined)
    }
  }
  forgetAreas(world, changed)
  world.rules = next
  for (const [, state] of inOrder(world.homes)) {
    superviseGates(world, state, now, changed)
    superviseDaily(world, state, now, changed)
    superviseAbsence(world, state, now)
    reconsiderChanged(world, state, before, now)
    fireHeldBack(world, state, now)
  }
}
