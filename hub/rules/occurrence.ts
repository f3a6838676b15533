import { awaitConfirmation, forgetWaits, scheduleWaits } from './confirmation.ts'
import { hold } from './findings.ts'
import type { TransitionDetail } from '../model/alert.ts'
import type { Rule } from './rule.ts'
import { rowKey } from './state.ts'
import type { HomeState, World } from './state.ts'
import { countOccurrence, scheduleTimes } from './times.ts'

/** A rule's condition came true: an event happened, or a state began to hold and has held for its time. */
export interface Occurrence {
  readonly at: number
  readonly now: number
  readonly late: boolean
  readonly isEvent: boolean
  readonly level: number
  readonly detail: TransitionDetail
}

/** What becomes of it: a finding at once, or after others (`times`), or after a wait (`unless`, `then`). */
export function occur(
  world: World,
  state: HomeState,
  rule: Rule,
  scope: string,
  sensor: string,
  occurrence: Occurrence,
): void {
  const { at, level, detail, isEvent } = occurrence
  if (rule.times) countOccurrence(world, state, rule, rule.times, scope, occurrence)
  else if (rule.confirmation) {
    awaitConfirmation(world, state, { ...rule, confirmation: rule.confirmation }, scope, sensor, occurrence)
  } else hold(world, state, rule, scope, sensor, at, level, detail, isEvent)
}

/** What is half counted is dropped: the rule changed, or its condition no longer counts. */
export function forgetOccurrences(world: World, state: HomeState, rule: string): void {
  forgetWaits(world, state, rule)
  for (const key of state.times.keys()) {
    const [id, scope = ''] = key.split('|')
    if (id !== rule) continue
    state.times.delete(key)
    world.changed.set(rowKey.times(rule, scope), null)
    world.timers.set(rowKey.times(rule, scope), undefined)
  }
}

/** After a start, or when limits changed. */
export function scheduleOccurrences(world: World, state: HomeState): void {
  for (const key of [...state.times.keys(), ...state.confirms.keys()]) {
    const [id = '', scope = ''] = key.split('|')
    const rule = world.rules.rules.get(id)
    if (rule?.times) scheduleTimes(world, state, rule, rule.times, scope)
    if (rule?.confirmation) scheduleWaits(world, state, { ...rule, confirmation: rule.confirmation }, scope)
  }
}
