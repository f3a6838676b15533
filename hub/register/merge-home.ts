import type { Stopped } from '../model/consent.ts'
import type { FormerDevice, Home, HomePersonal, SensorFacts } from '../model/home.ts'
import type { ServiceWanted } from '../model/service-state.ts'
import { keepConsents } from './consents.ts'
import { keepLimits } from './limits.ts'
import type { Registered } from './limits.ts'
import type { ParsedHome } from './parse-homes.ts'
import { keepReasons } from './reasons.ts'

/** Devices before the present one that are kept of a sensor. */
const MOST_FORMER = 20

export interface Merged extends Registered {
  /** Limits that people had set, and that have another value now. */
  readonly replaced: number
  /** The state that it shall be in from now; not given: as it is. */
  readonly state?: ServiceWanted & { readonly why?: string }
}

export interface MergeOptions {
  /** ms */
  readonly now: number
  /** Since when a number wrote STOP, in whatever home. */
  readonly stopped: (phone: string) => Stopped | undefined
  /** What is read is all of the home: what it does not have goes. An older file knows no rooms and tags: those stay. */
  readonly isWhole?: boolean
}

/** What becomes of a home that a file, or a form, says anew: what people said since, and what the file cannot know, stays. */
export function mergeHome(before: Registered | undefined, read: ParsedHome, options: MergeOptions): Merged {
  const { now, stopped, isWhole = false } = options
  const agreed = keepConsents(before, { home: read.home, personal: read.personal }, stopped)
  const { home, replaced, ...kept } = before ? keepLimits(before, agreed, now) : { ...agreed, replaced: 0 }
  const withReasons = keepReasons(before?.personal, kept.personal)
  const { rooms, tags, state: note } = before?.personal ?? {}
  const stops = stopsLeft(before, withReasons)
  const personal = {
    ...withReasons,
    ...(stops && { stops }),
    ...(!isWhole && rooms && !withReasons.rooms && { rooms }),
    ...(!isWhole && tags && !withReasons.tags && { tags }),
    ...(note && { state: note }),
  }
  const merged: Home = {
    ...home,
    ...(before?.home.state && { state: before.home.state }),
    gateways: [...home.gateways, ...gatewaysLeft(before?.home, home)],
    sensors: home.sensors.map((one) => withFormer(before?.home, one, now)),
  }
  const wanted = read.state && isNews(read.state, before?.home, now) ? { state: read.state } : {}
  return { home: merged, personal, replaced, ...wanted }
}

/** A STOP belongs to its number, also while the number stands nowhere. */
function stopsLeft(before: Registered | undefined, now: HomePersonal): HomePersonal['stops'] {
  const phones = new Set(now.contacts.map(({ phone }) => phone))
  const stopped = before?.home.contacts.flatMap((contact) => {
    const phone = before.personal.contacts.find(({ id }) => id === contact.id)?.phone
    return contact.stopped && phone !== undefined ? [[phone, contact.stopped.since] as const] : []
  })
  const left = [...Object.entries(before?.personal.stops ?? {}), ...(stopped ?? [])].filter(
    ([phone]) => !phones.has(phone),
  )
  return left.length > 0 ? Object.fromEntries(left) : undefined
}

/** Credentials that were made stay, whether the file lists their gateway or not. */
function gatewaysLeft(before: Home | undefined, home: Home): Home['gateways'] {
  return before?.gateways.filter(({ id }) => !home.gateways.some((gateway) => gateway.id === id)) ?? []
}

/** A sensor with another address or profile is another device in the same place. */
function withFormer(before: Home | undefined, sensor: SensorFacts, now: number): SensorFacts {
  const known = before?.sensors.find(({ id }) => id === sensor.id)
  if (!known) return sensor
  const { profile, address, before: former = [] } = known
  const isOther = profile !== sensor.profile || address !== sensor.address
  const gone: FormerDevice = { profile, address, until: now }
  const all = isOther ? [...former, gone].slice(-MOST_FORMER) : former
  return all.length > 0 ? { ...sensor, before: all } : sensor
}

/** A pause in an old file that is over says nothing. */
function isNews(wanted: ServiceWanted, before: Home | undefined, now: number): boolean {
  if (wanted.is === 'paused') {
    if (wanted.until <= now) return false
    const known = before?.state?.is === 'paused' ? before.state.until : undefined
    // Files know minutes.
    return known === undefined || Math.floor(known / 60_000) !== Math.floor(wanted.until / 60_000)
  }
  return wanted.is !== (before?.state?.is ?? 'active')
}

/** A new home with the state that it begins in. */
export function withFirstState(
  { home, personal, state }: Merged,
  now: number,
  who: { readonly by: string; readonly via: string } = { by: 'hub', via: 'import' },
): Registered {
  if (!state || state.is === 'active') return { home, personal }
  const facts = state.is === 'paused' ? { is: state.is, until: state.until } : { is: state.is }
  const note = { at: now, ...who, ...(state.why !== undefined && { why: state.why }) }
  return { home: { ...home, state: facts }, personal: { ...personal, state: note } }
}
