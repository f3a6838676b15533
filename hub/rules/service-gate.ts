import { serviceOf } from '../model/service-state.ts'
import { alarmOf } from './alarm-rule.ts'
import type { Rule } from './rule.ts'
import type { HomeState, SensorState } from './state.ts'

/** What people do in a home: who has none there, or is away for long, shows none. */
const ACTIVITY: ReadonlySet<string> = new Set(['motion', 'presence', 'door', 'bed', 'chair', 'medication'])

/**
 * Why a rule does not count in a home because of the state that its service is in; undefined: it counts
 * (docs/decisions/0021-service-states.md). A fall, SOS, smoke, gas and CO count in every state but closed.
 */
export function whyShut(
  { home, sensors }: Pick<HomeState, 'home' | 'sensors'>,
  rule: Rule,
): string | undefined {
  const state = serviceOf(home)
  switch (state) {
    case 'active':
      return undefined
    case 'closed':
      return 'the home is closed'
    case 'commissioning':
      // A rule on what is missing has nothing to go by while sensors are still being put up.
      if (rule.trigger.type !== 'when') return 'the home is being set up'
      if (rule.trigger.on !== 'availability') return undefined
      return [...sensors.values()].some(({ row }) => row.heardAt !== null)
        ? undefined
        : 'nothing was heard yet'
    case 'planned':
    case 'paused':
      if (alarmOf(rule) !== undefined) return undefined
      return isOfSilence(rule) || isOfActivity(rule) ? `the home is ${state}` : undefined
  }
}

/** Whether it is known when a sensor should speak: not in a home where nothing is expected. */
export function isExpected({ home }: Pick<HomeState, 'home'>, { row }: Pick<SensorState, 'row'>): boolean {
  const state = serviceOf(home)
  return state === 'active' || (state === 'commissioning' && row.heardAt !== null)
}

function isOfSilence({ trigger, category }: Rule): boolean {
  return category === 'technical' || (trigger.type === 'when' && trigger.on === 'availability')
}

function isOfActivity({ trigger, category }: Rule): boolean {
  if (trigger.type !== 'when' || category === 'routine') return true
  return ACTIVITY.has(trigger.on)
}
