import type { Home } from '../model/home.ts'
import { KINDS } from '../model/kind.ts'
import type { Value } from '../model/reading.ts'
import { hasOwnLimits, paramsFor } from './rule.ts'
import type { Rule, RuleSet, WhenRule } from './rule.ts'
import { NEWS2, scoreNow } from './score.ts'
import { everySensor, inOrder, isAvailable, residentOf } from './state.ts'
import type { HomeState, SensorState, World } from './state.ts'
import { observeWhen } from './when.ts'

/**
 * A rule judges states as they stand now, with no new reading: it begins to count, it is new, or a limit changed.
 * Events are over: nothing is said of them again.
 */
export function reconsider(world: World, state: HomeState, rule: WhenRule, now: number): void {
  const kind = rule.trigger.on
  if (kind === NEWS2) {
    scoreNow(world, state, rule, now)
    return
  }
  if (KINDS.get(kind)?.sort === 'event') return
  for (const sensor of everySensor(state)) reconsiderSensor(world, state, sensor, rule, now)
}

/** Rules that are new or mean something else learn how things are. */
export function reconsiderChanged(world: World, state: HomeState, before: RuleSet, now: number): void {
  for (const rule of world.rules.rules.values()) {
    if (rule.trigger.type !== 'when' || before.rules.get(rule.id)?.meaning === rule.meaning) continue
    reconsider(world, state, rule as WhenRule, now)
  }
}

/** A limit that a person changed is in force at once, for what is known already. */
export function reconsiderLimits(world: World, state: HomeState, before: Home, now: number): void {
  for (const rule of world.rules.rules.values()) {
    if (rule.trigger.type !== 'when') continue
    const known = rule as WhenRule
    const mayDiffer = hasOwnLimits(rule, before) || hasOwnLimits(rule, state.home)
    if (known.trigger.on === NEWS2) {
      const isOther = state.home.residents.some((resident) => {
        const earlier = before.residents.find(({ id }) => id === resident.id)
        return (
          earlier &&
          (earlier.spo2Scale !== resident.spo2Scale || !isSame(rule, before, state.home, resident.id))
        )
      })
      if (isOther) scoreNow(world, state, known, now)
    } else if (mayDiffer && KINDS.get(known.trigger.on)?.sort === 'state') {
      for (const [, sensor] of inOrder(state.sensors)) {
        // What a sensor said before it was gone is no reason to end or to begin anything.
        if (!isAvailable(state, sensor)) continue
        if (isSame(rule, before, state.home, residentOf(state.home, sensor.facts)?.id)) continue
        reconsiderSensor(world, state, sensor, known, now)
      }
    }
  }
}

function reconsiderSensor(
  world: World,
  state: HomeState,
  sensor: SensorState,
  rule: WhenRule,
  now: number,
): void {
  const kind = rule.trigger.on
  const value = kind === 'availability' ? offlineWord(state, sensor) : sensor.row.last[kind]?.value
  if (value === undefined) return
  observeWhen(world, state, sensor, rule, { kind, value, at: now, now, late: false, opening: true })
}

/** What is gone says nothing by itself. */
function offlineWord(state: HomeState, { facts, row }: SensorState): Value | undefined {
  const gateway = state.gateways.get(facts.id)
  const isGone = facts.role === 'gateway' && gateway ? !gateway.row.online : row.silent || row.offline
  return isGone ? 'offline' : undefined
}

function isSame(rule: Rule, before: Home, now: Home, resident: string | undefined): boolean {
  const of = (home: Home): string =>
    JSON.stringify(
      paramsFor(
        rule,
        home,
        home.residents.find(({ id }) => id === resident),
      ),
    )
  return of(before) === of(now)
}
