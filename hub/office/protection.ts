import { tellsStaff, waysOf, whyNotTold } from '../alerts/nobody-left.ts'
import { BATTERY_LIMIT, protectedNow } from '../alerts/protected-now.ts'
import type { ProtectionContact, ProtectionFacts, ProtectionSensor } from '../alerts/protected-now.ts'
import type { PolicySet } from '../alerts/policy.ts'
import type { RunningCore } from '../core/create-core.ts'
import type { ProtectionMonths } from '../database/protection-months.ts'
import { isAlarmSensor } from '../decode/is-alarm-sensor.ts'
import type { Profile } from '../decode/profile.ts'
import { inStretches } from '../http/in-stretches.ts'
import type { Office } from '../http/office.ts'
import type { LastProof } from '../model/visit.ts'
import type { ProtectionOffice } from '../http/protection.ts'
import type { Alert } from '../model/alert.ts'
import type { ContactFacts, Home, SensorFacts } from '../model/home.ts'
import { ALARM_KINDS } from '../model/kind.ts'
import { waysTo } from '../model/lacks.ts'
import type { Way } from '../model/notification.ts'
import type { Protection, ProtectionState } from '../model/protection.ts'
import { alarmOf } from '../rules/alarm-rule.ts'
import { rulesOf } from '../rules/parse-rules.ts'
import { paramsFor } from '../rules/rule.ts'
import type { Rule } from '../rules/rule.ts'
import type { Undelivered } from './undelivered.ts'

export interface ProtectionParts {
  readonly core: Pick<
    RunningCore,
    | 'now'
    | 'homes'
    | 'openAlerts'
    | 'holds'
    | 'modes'
    | 'policies'
    | 'staff'
    | 'watchedAreas'
    | 'alarmsOnlySince'
    | 'isReachable'
    | 'isOnline'
    | 'blind'
    | 'sensorState'
    | 'ruleFiles'
  >
  readonly profiles: ReadonlyMap<string, Profile>
  readonly rules: Office['rules']
  readonly undelivered: Pick<Undelivered, 'of'>
  readonly months: Pick<ProtectionMonths, 'ofHome'>
  /** When each home was proven last. Not given: nobody proves homes here, and none is missed. */
  readonly lastProof?: (home: string) => LastProof | undefined
  /** The hub does not run, and was last alive then, ms: a command looks at its folder. */
  readonly awaySince?: number
}

/** Counts of homes are at most so old, ms. */
const KEPT = 4_000
/** So many times as long as it took to count, the count is kept. */
const MOST_OF_THE_TIME = 20
const MONTHS_SHOWN = 24
/** Quiet for longer is nearly all day, minutes. */
const QUIET_DAY = 20 * 60

/** Puts together what decides whether homes are protected: from memory alone, as there are tens of thousands. */
export function createProtection(parts: ProtectionParts): ProtectionOffice {
  const { core, months } = parts
  let kept:
    | { readonly until: number; readonly states: Promise<ReadonlyMap<string, ProtectionState>> }
    | undefined

  const look = () => lookAtAll(parts)

  async function makeStates(): Promise<ReadonlyMap<string, ProtectionState>> {
    const one = look()
    const made = await inStretches(core.homes(), (home) => [home.id, one(home).state] as const)
    return new Map(made)
  }

  return {
    look,
    states() {
      const now = core.now()
      if (!kept || now >= kept.until) {
        const began = performance.now()
        const one = { until: Infinity, states: makeStates() }
        kept = one
        // With tens of thousands it must not take the thread all the time: a twentieth of it at most.
        const done = (): void => {
          one.until = now + Math.max(KEPT, MOST_OF_THE_TIME * (performance.now() - began))
        }
        one.states.then(done, done)
      }
      return kept.states
    },
    months: (home) => months.ofHome(home, MONTHS_SHOWN),
  }
}

function lookAtAll(parts: ProtectionParts): (home: Home) => Protection {
  const { core, rules, undelivered, lastProof, awaySince } = parts
  const now = core.now()
  const policies = core.policies()
  const watched = core.watchedAreas()
  const { rules: inForce } = rulesOf(core.ruleFiles)
  const refused = rules().refused?.at
  const alarmsOnly = core.alarmsOnlySince()
  const ofAll = {
    now,
    ...(alarmsOnly !== undefined && { alarmsOnly }),
    ...(awaySince !== undefined && { hubAway: awaySince }),
    tellsStaff: tellsStaff(policies, core.staff()),
    waysDown: [] as Way[],
    ruled: new Set([...inForce.values()].flatMap((rule) => alarmOf(rule) ?? [])),
    ...(refused !== undefined && { rulesRefused: refused }),
  }
  const withoutReceipt = new Set<string>()
  const faults = new Map<string, Alert[]>()
  for (const alert of core.openAlerts()) {
    if (alert.rule === 'hub-qos') withoutReceipt.add(alert.scope)
    else if (alert.rule === 'hub-channel-down' && alert.detail.wayDown) {
      ofAll.waysDown.push(alert.detail.wayDown.way)
    } else if (alert.rule === 'hub-rule-fault' && alert.home !== undefined) {
      faults.set(alert.home, [...(faults.get(alert.home) ?? []), alert])
    }
  }
  ofAll.waysDown = [...new Set(ofAll.waysDown)]
  const holds = Map.groupBy(core.holds(), ({ home }) => home)
  const batteryRule = inForce.get('battery-low')

  // Policies look at roles alone, and there are few.
  const waysOfRole = new Map<string, readonly Way[]>()
  const waysFor = (contact: ContactFacts): readonly Way[] => {
    const role = contact.role ?? 'family'
    const known = waysOfRole.get(role) ?? waysOf(contact, policies)
    waysOfRole.set(role, known)
    return known
  }

  return (home) => {
    const { id, state: service } = home
    const blind = core.blind(id)
    const maintenance = core.modes(id).find(({ mode }) => mode === 'maintenance')
    const due = lastProof?.(id)?.due
    const facts: ProtectionFacts = {
      ...ofAll,
      ...(service && { service }),
      isReachable: core.isReachable(id),
      ...(blind?.what === 'home' && { unreachableSince: blind.from }),
      gateways: home.gateways.map((one) => ({ id: one.id, online: core.isOnline(id, one.id) ?? false })),
      sensors: home.sensors.map((sensor) => ({
        ...sensorFacts(home, sensor, parts),
        batteryLimit: batteryLimit(batteryRule, home, sensor),
        hasNoReceipt: withoutReceipt.has(`${id}/${sensor.id}`),
      })),
      contacts: home.contacts
        .filter(({ role }) => role !== 'installer')
        .map((contact) => contactFacts(contact, policies, waysFor(contact), undelivered.of(id, contact.id))),
      isWatched: watched === 'all' || watched.includes(home.area ?? ''),
      // `home/rule`
      faults: (faults.get(id) ?? []).map(({ scope, openedAt }) => ({
        rule: scope.slice(scope.indexOf('/') + 1),
        since: openedAt,
      })),
      holds: (holds.get(id) ?? []).map(({ rule, until }) => ({ rule, until })),
      ...(maintenance && {
        maintenance: {
          since: maintenance.since,
          ...(maintenance.until !== undefined && { until: maintenance.until }),
        },
      }),
      ...(lastProof && { proof: due === undefined ? {} : { due } }),
    }
    return protectedNow(facts)
  }
}

function sensorFacts(
  home: Home,
  sensor: SensorFacts,
  { core, profiles }: ProtectionParts,
): Omit<ProtectionSensor, 'batteryLimit' | 'hasNoReceipt'> {
  const state = core.sensorState(home.id, sensor.id)
  const profile = profiles.get(sensor.profile)
  const numberOf = (kind: string): number | undefined => {
    const value = state?.last[kind]?.value
    return typeof value === 'number' ? value : undefined
  }
  const [battery, link] = [numberOf('battery'), numberOf('link')]
  return {
    id: sensor.id,
    alarms: isAlarmSensor(sensor, profile)
      ? sensor.kinds.filter((kind) => kind === '*' || ALARM_KINDS.has(kind))
      : [],
    hasProfile: profile !== undefined,
    isAlive: state?.available ?? false,
    ...(state?.heardAt !== undefined && { heardAt: state.heardAt }),
    ...(battery !== undefined && { battery }),
    ...(link !== undefined && { link }),
  }
}

function contactFacts(
  contact: ContactFacts,
  policies: PolicySet,
  ways: readonly Way[],
  failed: ProtectionContact['failed'],
): ProtectionContact {
  const untold = whyNotTold(contact, policies, ways)
  return {
    id: contact.id,
    ...(untold && { untold }),
    ways: waysTo(contact, ways),
    failed,
    isQuietAllDay: contact.quiet !== undefined && minutesOf(contact.quiet) >= QUIET_DAY,
  }
}

/** Minutes; over midnight where it ends before it begins. */
function minutesOf({ from, to }: { readonly from: string; readonly to: string }): number {
  const minute = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
  return (minute(to) - minute(from) + 24 * 60) % (24 * 60)
}

function batteryLimit(rule: Rule | undefined, home: Home, { resident: id }: SensorFacts): number {
  if (!rule) return BATTERY_LIMIT
  const own = id === undefined && home.residents.length === 1 ? home.residents[0]?.id : id
  const resident = home.residents.find((one) => one.id === own)
  return paramsFor(rule, home, resident)['limit'] ?? BATTERY_LIMIT
}
