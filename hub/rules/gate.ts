import { windowAt } from '../time/daily-window.ts'
import { KINDS } from '../model/kind.ts'
import type { Rule } from './rule.ts'
import { whyShut } from './service-gate.ts'
import type { HomeState } from './state.ts'

/** Whether the rule's condition counts now: its window is open and no mode forbids it (docs/meaning.md, 6). */
export function isOpen(state: HomeState, rule: Rule): boolean {
  if (state.home.state && whyShut(state, rule) !== undefined) return false
  if (rule.during && !state.windows.get(rule.id)?.inside) return false
  return !rule.except.some((mode) => state.modes.has(mode))
}

/** Like `isOpen`, for what comes due at the same moment as the window closes: its end does not belong to it. */
export function isOpenAt(state: HomeState, rule: Rule, due: number): boolean {
  return isOpen(state, rule) && due < (state.windows.get(rule.id)?.until ?? Infinity)
}

/**
 * Lets through what counts. An event counts by the time at which it was observed; a state only while the window is
 * open, at the earliest from its opening.
 * @returns the observation as it counts; undefined when it does not
 */
export function admit<T extends { readonly kind: string; readonly at: number }>(
  state: HomeState,
  rule: Rule,
  observed: T,
): T | undefined {
  const { during, except } = rule
  if (state.home.state && whyShut(state, rule) !== undefined) return undefined
  if (!during && except.length === 0) return observed
  if (KINDS.get(observed.kind)?.sort !== 'event') {
    if (!isOpen(state, rule)) return undefined
    const since = state.windows.get(rule.id)?.since ?? -Infinity
    return observed.at < since ? { ...observed, at: since } : observed
  }
  if (except.some((mode) => observed.at >= (state.modes.get(mode)?.since ?? Infinity))) return undefined
  return !during || isInside(state, rule.id, during, observed.at) ? observed : undefined
}

function isInside(state: HomeState, rule: string, during: NonNullable<Rule['during']>, at: number): boolean {
  const window = state.windows.get(rule)
  if (window && at >= window.since && at < window.until) return window.inside
  return windowAt(during, state.home.timezone, at).inside
}
