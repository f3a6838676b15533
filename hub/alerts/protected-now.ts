import type { Way } from '../model/notification.ts'
import { PROTECTION_CODES } from '../model/protection.ts'
import type { Protection, ProtectionReason, ProtectionState } from '../model/protection.ts'
import type { ServiceFacts } from '../model/service-state.ts'

/** What decides whether a home is protected. Times in ms. */
export interface ProtectionFacts {
  readonly now: number
  readonly service?: ServiceFacts
  /** The hub itself does not run, since then: this is a look at what it knew. */
  readonly hubAway?: number
  /** Its disk is full: it keeps alarms alone, since then. */
  readonly alarmsOnly?: number
  /** Whether a gateway is connected, or the home has none that could be. */
  readonly isReachable: boolean
  /** Since when none is. */
  readonly unreachableSince?: number
  readonly gateways: readonly { readonly id: string; readonly online: boolean }[]
  readonly sensors: readonly ProtectionSensor[]
  readonly contacts: readonly ProtectionContact[]
  /** Whether a policy tells somebody of the staff, at every time, of whatever somebody must hear. */
  readonly tellsStaff: boolean
  /** Whether somebody who may act has a board open for the home. */
  readonly isWatched: boolean
  /** Ways of which no channel works. */
  readonly waysDown: readonly Way[]
  /** Kinds of alarms that a rule in force looks at. */
  readonly ruled: ReadonlySet<string>
  /** Since when errors in the rule files keep those of before in force. */
  readonly rulesRefused?: number
  readonly faults: readonly { readonly rule: string; readonly since: number }[]
  readonly holds: readonly { readonly rule: string; readonly until: number }[]
  readonly maintenance?: { readonly since: number; readonly until?: number }
  /** Not given: nobody proves homes here. Without `due`: it was never proven. */
  readonly proof?: { readonly due?: number }
}

export interface ProtectionSensor {
  readonly id: string
  /** It calls for help, or warns of smoke, gas or carbon monoxide: of these kinds, `*` any. */
  readonly alarms: readonly string[]
  readonly hasProfile: boolean
  readonly isAlive: boolean
  /** Not given: never. */
  readonly heardAt?: number
  /** % */
  readonly battery?: number
  readonly batteryLimit: number
  /** % */
  readonly link?: number
  /** It sends at QoS 0. */
  readonly hasNoReceipt: boolean
}

export interface ProtectionContact {
  readonly id: string
  /** Why nothing goes to them. */
  readonly untold?: 'stopped' | 'withdrawn' | 'no-address'
  /** By which ways they may be told. */
  readonly ways: readonly Way[]
  /** Ways by which the newest message to them could not be delivered. */
  readonly failed: readonly { readonly way: Way; readonly since: number }[]
  /** Nearly the whole day: told of nothing but alarms that nobody else takes. */
  readonly isQuietAllDay: boolean
}

/** Below that a device is heard, and often lost: our own figure, about 50 of the 255 of Zigbee. */
export const WEAK_LINK = 20
/** Where no rule says it, %. The rule `battery-low` that is shipped has the same. */
export const BATTERY_LIMIT = 15
const ORDER = new Map(PROTECTION_CODES.map((code, index) => [code, index]))

/** How people call for help: where no rule looks at one of these, nobody comes. */
const CALLS: ReadonlySet<string> = new Set(['fall', 'sos'])

/**
 * Whether an alarm from a home can come through to somebody now, and what is missing.
 *
 * Not protected: the hub is away, no gateway is connected, no alarm sensor is heard, nobody is told, or no rule looks at
 * falls or at the button. Everything else that is missing makes it `partly`. A state of service other than active stands
 * above that: then the reasons are what is to be known.
 */
export function protectedNow(facts: ProtectionFacts): Protection {
  const { service } = facts
  if (service?.is === 'closed') return { state: 'closed', reasons: [{ code: 'is-closed', makes: 'nothing' }] }
  const reasons = [
    ...ofService(service),
    ...ofLink(facts),
    ...ofSensors(facts),
    ...ofRules(facts),
    ...ofContacts(facts),
    ...ofWork(facts),
  ].sort((a, b) => (ORDER.get(a.code) ?? 0) - (ORDER.get(b.code) ?? 0))
  return { state: service?.is ?? stateOf(reasons), reasons }
}

function stateOf(reasons: readonly ProtectionReason[]): ProtectionState {
  if (reasons.some(({ makes }) => makes === 'not')) return 'not'
  return reasons.some(({ makes }) => makes === 'partly') ? 'partly' : 'protected'
}

function ofService(service: ServiceFacts | undefined): ProtectionReason[] {
  if (!service) return []
  if (service.is === 'paused') return [{ code: 'is-paused', makes: 'nothing', until: service.until }]
  return [{ code: `is-${service.is}`, makes: 'nothing' }]
}

function ofLink(facts: ProtectionFacts): ProtectionReason[] {
  const { hubAway, alarmsOnly, isReachable, unreachableSince, gateways } = facts
  const away: ProtectionReason[] = [
    ...(hubAway === undefined ? [] : [{ code: 'hub-away', makes: 'not', since: hubAway } as const]),
    ...(alarmsOnly === undefined
      ? []
      : [{ code: 'alarms-only', makes: 'partly', since: alarmsOnly } as const]),
  ]
  if (!isReachable) {
    return [
      ...away,
      {
        code: 'no-link',
        makes: 'not',
        ...(unreachableSince !== undefined && { since: unreachableSince }),
      },
    ]
  }
  const offline = gateways.filter(({ online }) => !online)
  return [
    ...away,
    ...offline.map(({ id }) => ({ code: 'gateway-offline', makes: 'partly', gateway: id }) as const),
  ]
}

function ofSensors({ sensors, isReachable }: ProtectionFacts): ProtectionReason[] {
  const alarms = sensors.filter((one) => one.alarms.length > 0)
  const reasons = sensors.flatMap((sensor) => ofSensor(sensor, isReachable))
  if (alarms.length === 0) return [{ code: 'no-alarm-sensor', makes: 'not' }, ...reasons]
  // Without a link none is heard: that is one reason, not one for each.
  if (!isReachable || alarms.some(({ isAlive, hasProfile }) => isAlive && hasProfile)) return reasons
  return [{ code: 'no-alarm-heard', makes: 'not' }, ...reasons]
}

function ofSensor(sensor: ProtectionSensor, isReachable: boolean): ProtectionReason[] {
  const { id, alarms, hasProfile, isAlive, heardAt, battery, batteryLimit, link, hasNoReceipt } = sensor
  const reasons: ProtectionReason[] = []
  /** What may fail soon matters for a sensor that calls; of another one it is to be known. */
  const soon = alarms.length > 0 ? 'partly' : 'nothing'
  if (!hasProfile) reasons.push({ code: 'profile-missing', makes: 'partly', sensor: id })
  if (heardAt === undefined) reasons.push({ code: 'sensor-never-heard', makes: 'partly', sensor: id })
  else if (isReachable && !isAlive) {
    reasons.push({ code: 'sensor-silent', makes: 'partly', sensor: id, since: heardAt })
  }
  if (hasNoReceipt) reasons.push({ code: 'no-receipt', makes: soon, sensor: id })
  if (battery !== undefined && battery <= batteryLimit) {
    reasons.push({ code: 'battery-low', makes: soon, sensor: id, value: battery, limit: batteryLimit })
  }
  if (link !== undefined && link < WEAK_LINK) {
    reasons.push({ code: 'weak-link', makes: soon, sensor: id, value: link, limit: WEAK_LINK })
  }
  return reasons
}

function ofRules({ sensors, ruled, rulesRefused, faults, holds }: ProtectionFacts): ProtectionReason[] {
  const kinds = new Set(sensors.flatMap(({ alarms }) => alarms))
  // One that speaks for itself may call for help.
  const wanted = kinds.delete('*') ? new Set([...kinds, ...CALLS]) : kinds
  return [
    ...[...wanted]
      .filter((kind) => !ruled.has(kind))
      .toSorted()
      .map((kind) => ({ code: 'no-rule', makes: CALLS.has(kind) ? 'not' : 'partly', kind }) as const),
    ...faults.map(({ rule, since }) => ({ code: 'rule-fault', makes: 'partly', rule, since }) as const),
    ...holds.map(({ rule, until }) => ({ code: 'rule-held', makes: 'partly', rule, until }) as const),
    ...(rulesRefused === undefined
      ? []
      : [{ code: 'rules-refused', makes: 'nothing', since: rulesRefused } as const]),
  ]
}

function ofContacts({ contacts, tellsStaff, isWatched, waysDown }: ProtectionFacts): ProtectionReason[] {
  const told = contacts.filter(({ untold }) => !untold)
  const down = waysDown.filter((way) => told.some(({ ways }) => ways.includes(way)))
  const reasons: ProtectionReason[] = [
    ...contacts.flatMap(ofContact),
    ...down.map((way) => ({ code: 'way-down', makes: 'partly', way }) as const),
  ]
  const isTold = told.some(({ ways, failed }) =>
    ways.some((way) => !waysDown.includes(way) && !failed.some((one) => one.way === way)),
  )
  if (isTold) return reasons
  if (!tellsStaff) return [{ code: 'nobody-told', makes: isWatched ? 'partly' : 'not' }, ...reasons]
  return contacts.length === 0 ? [{ code: 'no-contact', makes: 'nothing' }] : reasons
}

function ofContact({ id, untold, failed, isQuietAllDay }: ProtectionContact): ProtectionReason[] {
  if (untold) return [{ code: `contact-${untold}`, makes: 'nothing', contact: id }]
  return [
    ...failed.map(
      ({ way, since }) => ({ code: 'contact-failed', makes: 'partly', contact: id, way, since }) as const,
    ),
    ...(isQuietAllDay ? [{ code: 'contact-quiet', makes: 'nothing', contact: id } as const] : []),
  ]
}

function ofWork({ maintenance, proof, now }: ProtectionFacts): ProtectionReason[] {
  const reasons: ProtectionReason[] = []
  // What is found is a test, and its contacts are not told.
  if (maintenance) reasons.push({ code: 'maintenance', makes: 'partly', ...maintenance })
  // Homes that were registered before anybody proved homes work as they did.
  if (proof && proof.due === undefined) reasons.push({ code: 'never-proven', makes: 'nothing' })
  if (proof?.due !== undefined && proof.due <= now) {
    reasons.push({ code: 'proof-overdue', makes: 'partly', since: proof.due })
  }
  return reasons
}
