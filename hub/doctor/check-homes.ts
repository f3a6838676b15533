import { checkOncall } from '../alerts/check-oncall.ts'
import { policiesOf } from '../alerts/parse-policies.ts'
import { tellsStaff, whyNotTold } from '../alerts/nobody-left.ts'
import type { Saved } from '../core/store.ts'
import { isServed } from '../model/service-state.ts'
import { findingsOf } from './finding.ts'
import type { Finding } from './finding.ts'

const AHEAD = 14 * 86_400_000
const NAMED = 5

/** What a register gives to be checked. */
export interface Register {
  readonly homes: Saved['homes']
  readonly rules: Saved['rules']
  /** With their numbers. */
  readonly staff: readonly (Saved['staff'][number] & { readonly phone?: string })[]
}

/** Homes of which nobody is told, sensors that cannot be read, and rotas with holes. */
export function checkHomes(
  { homes: all, rules, staff }: Register,
  profiles: ReadonlySet<string> | undefined,
  now: number,
): readonly Finding[] {
  const homes = all.filter(isServed)
  const policies = policiesOf(rules)
  const known = new Map(staff.map((one) => [one.id, one]))
  const register = findingsOf('homes')
  const unreached = tellsStaff(policies, known)
    ? []
    : homes.filter(({ contacts }) =>
        contacts
          .filter(({ role }) => role !== 'installer')
          .every((contact) => whyNotTold(contact, policies) !== undefined),
      )
  const unread = profiles
    ? homes.flatMap(({ id, sensors }) =>
        sensors
          .filter(({ profile }) => !profiles.has(profile))
          .map((sensor) => `${id}/${sensor.id} (${sensor.profile})`),
      )
    : []
  const oncall = checkOncall(policies, staff, now, now + AHEAD)
  const gaps = oncall.filter(({ type }) => type === 'gap' || type === 'empty').length
  return [
    unreached.length === 0
      ? register.ok(`${homes.length} are watched, and somebody is told of each.`)
      : register.fail(
          `Nobody is told of alerts from ${unreached.length} of ${homes.length}: ${some(unreached.map(({ id }) => id))}.`,
          'Register a contact (aal import), or a policy that tells the staff (docs/policies.md).',
        ),
    ...(unread.length === 0
      ? []
      : [
          findingsOf('sensors').fail(
            `${unread.length} cannot be read, their profile is not there: ${some(unread)}.`,
            'Put the profile back, or import the home with another.',
          ),
        ]),
    oncall.length === 0
      ? findingsOf('on call').ok('No rota has a hole in the next 14 days.')
      : // Before a home is watched, a hole leaves nobody alone.
        findingsOf('on call')[gaps > 0 && homes.length > 0 ? 'fail' : 'warn'](
          gaps > 0
            ? `Nobody is on call at ${gaps} ${gaps === 1 ? 'time' : 'times'} in the next 14 days.`
            : `${oncall.length} ${oncall.length === 1 ? 'thing is' : 'things are'} wrong with the rotas.`,
          'aal oncall check says when, and where.',
        ),
  ]
}

function some(names: readonly string[]): string {
  const rest = names.length - NAMED
  return [...names.slice(0, NAMED), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ')
}
