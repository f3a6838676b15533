import type { Profile } from '../decode/profile.ts'
import { createTopicIndex } from '../decode/topic-index.ts'
import { Temporal } from 'temporal-polyfill'
import { CONSENT_KINDS } from '../model/consent.ts'
import type { ConsentKind, Consents } from '../model/consent.ts'
import type { AllWell, ConsentNotes, Home, HomePersonal, Params, WayIn } from '../model/home.ts'
import type { ServiceWanted } from '../model/service-state.ts'
import { lacksOf } from '../model/lacks.ts'
import { readParam } from '../rules/rule.ts'
import type { RuleSet } from '../rules/rule.ts'
import { hint, parseYaml } from '../source/parse-yaml.ts'
import type { Parsed, Problem } from '../source/problem.ts'
import { homesSchema, WEEKDAYS } from './homes-schema.ts'
import type { HomeSource } from './homes-schema.ts'
import { createDeviceCheck } from './shared-devices.ts'
import type { DevicePlace } from './shared-devices.ts'

export interface ParsedHome {
  readonly home: Home
  readonly personal: HomePersonal
  /** The state that the file wants; not given: it says nothing of it. */
  readonly state?: ServiceWanted & { readonly why?: string }
}

export type Fail = (path: readonly PropertyKey[], message: string) => void

/**
 * Reads an import file. A file with any error is refused whole, with every error and its place.
 * @param now ms; a day on which somebody consented must have come
 * @param devices those that are registered, also in homes of the file
 */
export function parseHomes(
  file: string,
  text: string,
  profiles: ReadonlyMap<string, Profile>,
  rules: RuleSet,
  now = Infinity,
  devices: readonly DevicePlace[] = [],
): Parsed<readonly ParsedHome[]> {
  const parsed = parseYaml(file, text, homesSchema)
  if (!parsed.ok) return parsed
  const problems: Problem[] = []
  const named = new Set(parsed.value.value.homes.map(({ id }) => id))
  const check = createDeviceCheck(devices.filter(({ home }) => !named.has(home)))
  const homes = parsed.value.value.homes.map((source, index) => {
    const fail: Fail = (path, message) => {
      problems.push(parsed.value.problem(['homes', index, ...path], message))
    }
    const earlier = parsed.value.value.homes.findIndex(({ id }) => id === source.id)
    if (earlier < index) fail(['id'], `Cannot register home "${source.id}" twice in one file`)
    else refuseSharedDevices(source, check, fail)
    return readHome(source, profiles, rules, fail, now)
  })
  return problems.length > 0 ? { ok: false, problems } : { ok: true, value: homes }
}

interface ReadHome {
  readonly id: string
  readonly sensors: readonly { readonly id: string; readonly address?: string | undefined }[]
}

/** At the address, or at the id that is the address. */
export function refuseSharedDevices(
  { id: home, sensors }: ReadHome,
  check: ReturnType<typeof createDeviceCheck>,
  fail: Fail,
): void {
  sensors.forEach(({ id, address }, index) => {
    const why = check(home, id, address ?? id)
    if (why !== undefined) fail(['sensors', index, address === undefined ? 'id' : 'address'], why)
  })
}

/** What one home of the file says; `fail` is told of what is wrong beyond its shape. */
export function readHome(
  source: HomeSource,
  profiles: ReadonlyMap<string, Profile>,
  rules: RuleSet,
  fail: Fail,
  now = Infinity,
): ParsedHome {
  refuseRepeats(source, fail)
  checkConsents(source, now, fail)
  checkParams(source.params, rules, ['params'], fail)
  source.residents.forEach((resident, index) =>
    checkParams(resident.params, rules, ['residents', index, 'params'], fail),
  )
  const known = source.residents.map(({ id }) => id)
  source.sensors.forEach(({ id, profile, resident }, index) => {
    if (!profiles.has(profile)) {
      fail(
        ['sensors', index, 'profile'],
        `Cannot register sensor "${id}": there is no profile "${profile}"${hint(profile, [...profiles.keys()])}`,
      )
    }
    if (resident !== undefined && !known.includes(resident)) {
      fail(
        ['sensors', index, 'resident'],
        `Cannot register sensor "${id}": there is no resident "${resident}" in this home${hint(resident, known)}`,
      )
    }
  })
  const home: Home = {
    id: source.id,
    timezone: source.timezone,
    ...(source.area !== undefined && { area: source.area }),
    ...(source.risk !== undefined && { risk: source.risk }),
    ...(source.params && { params: source.params }),
    ...(source.messages?.health !== undefined && { messages: { health: source.messages.health } }),
    gateways: source.gateways,
    residents: source.residents.map(({ id, language, spo2Scale, params }) => ({
      id,
      ...(language !== undefined && { language }),
      ...(spo2Scale !== undefined && { spo2Scale }),
      ...(params && { params }),
    })),
    sensors: source.sensors.map(({ id, profile, address = id, connector, room, role, resident }) => ({
      id,
      profile,
      address,
      ...(connector !== undefined && { connector }),
      ...(room !== undefined && { room }),
      ...(role !== undefined && { role }),
      ...(resident !== undefined && { resident }),
      heardEvery: profiles.get(profile)?.heardEvery ?? 0,
      kinds: profiles.get(profile)?.kinds ?? [],
    })),
    contacts: source.contacts.map(({ id, language, order, role, consent, quiet, allWell, phone, email }) => ({
      id,
      language,
      ...lacksOf({ phone, email }),
      order,
      ...(role !== undefined && { role }),
      ...(quiet && { quiet }),
      ...(consent && { consent: consentsOf(consent, source.timezone) }),
      ...(allWell !== undefined && { allWell: allWellOf(allWell) }),
    })),
  }
  if (home.sensors.every(({ profile }) => profiles.has(profile))) {
    for (const problem of createTopicIndex(home, profiles).problems) fail(['sensors'], problem)
  }
  const state = stateOf(source)
  return { home, personal: personalOf(source), ...(state && { state }) }
}

function stateOf({ state, timezone }: HomeSource): ParsedHome['state'] {
  if (state === undefined) return undefined
  if (typeof state === 'string') return { is: state }
  const { until, why } = state.paused
  const end = Temporal.PlainDateTime.from(until.replace(' ', 'T')).toZonedDateTime(timezone)
  return { is: 'paused', until: end.epochMilliseconds, why }
}

function allWellOf(source: NonNullable<HomeSource['contacts'][number]['allWell']>): AllWell {
  if (typeof source === 'string') return { at: source }
  const { at, days } = source
  return days ? { at, days: days.map((day) => WEEKDAYS.indexOf(day) + 1) } : { at }
}

function personalOf(source: HomeSource): HomePersonal {
  return {
    id: source.id,
    ...(source.label !== undefined && { label: source.label }),
    ...wayOf(source),
    ...(source.tags && { tags: source.tags }),
    ...roomsOf(source),
    residents: source.residents.map(({ id, name }) => ({ id, ...(name !== undefined && { name }) })),
    contacts: source.contacts.map(({ id, name, phone, email, alias, consent }) => ({
      id,
      ...(name !== undefined && { name }),
      ...(phone !== undefined && { phone }),
      ...(email !== undefined && { email }),
      ...(alias !== undefined && { alias }),
      ...(consent && { consents: consentNotesOf(consent, source.timezone) }),
    })),
  }
}

function roomsOf({ rooms }: HomeSource): Pick<HomePersonal, 'rooms'> {
  if (!rooms) return {}
  return { rooms: rooms.map(({ id, name }) => ({ id, ...(name !== undefined && { name }) })) }
}

function wayOf({ address, keySafe, access }: HomeSource): Pick<HomePersonal, 'way'> {
  const way: WayIn = {
    ...(address !== undefined && { address }),
    ...(keySafe && {
      keySafe: { code: keySafe.code, ...(keySafe.where !== undefined && { where: keySafe.where }) },
    }),
    ...(access !== undefined && { access }),
  }
  return Object.keys(way).length > 0 ? { way } : {}
}

type ConsentSource = NonNullable<HomeSource['contacts'][number]['consent']>

function consentsOf(source: ConsentSource, timezone: string): Consents {
  return mapConsents(source, (one) => ({
    is: one.withdrawn === undefined ? 'given' : 'withdrawn',
    since: sinceOf(one, timezone),
  }))
}

function consentNotesOf(source: ConsentSource, timezone: string): ConsentNotes {
  return mapConsents(source, (one) => ({
    at: sinceOf(one, timezone),
    by: 'hub',
    via: 'import',
    source: one.source,
  }))
}

function mapConsents<T>(
  source: ConsentSource,
  map: (one: NonNullable<ConsentSource[ConsentKind]>) => T,
): Partial<Record<ConsentKind, T>> {
  return Object.fromEntries(
    CONSENT_KINDS.flatMap((kind) => {
      const one = source[kind]
      return one ? [[kind, map(one)]] : []
    }),
  )
}

/** A day begins at its midnight in the home: what people say on that day is newer. */
function sinceOf(
  {
    given,
    withdrawn = given,
  }: { readonly given?: string | undefined; readonly withdrawn?: string | undefined },
  timezone: string,
): number {
  return Temporal.PlainDate.from(withdrawn ?? '').toZonedDateTime(timezone).epochMilliseconds
}

function checkConsents({ contacts, timezone }: HomeSource, now: number, fail: Fail): void {
  contacts.forEach(({ consent = {} }, index) => {
    for (const kind of CONSENT_KINDS) {
      const one = consent[kind]
      if (!one || sinceOf(one, timezone) <= now) continue
      const what = one.withdrawn === undefined ? 'given' : 'withdrawn'
      fail(
        ['contacts', index, 'consent', kind, what],
        `Cannot record the consent to ${kind}: ${one[what]} has not come yet`,
      )
    }
  })
}

/** Gateways and sensors share one space of names: both may be silent. */
function refuseRepeats(source: HomeSource, fail: Fail): void {
  const lists: readonly (readonly [string, readonly { id: string }[]])[] = [
    ['gateways', source.gateways],
    ['sensors', source.sensors],
    ['residents', source.residents],
    ['contacts', source.contacts],
    ['rooms', source.rooms ?? []],
  ]
  const devices = new Set<string>()
  for (const [name, list] of lists) {
    const seen = name === 'gateways' || name === 'sensors' ? devices : new Set<string>()
    list.forEach(({ id }, index) => {
      if (seen.has(id)) fail([name, index, 'id'], `Cannot use the id "${id}" twice in home "${source.id}"`)
      seen.add(id)
    })
  }
}

function checkParams(
  params: Params | undefined,
  rules: RuleSet,
  path: readonly PropertyKey[],
  fail: Fail,
): void {
  for (const [ruleId, values] of Object.entries(params ?? {})) {
    const rule = rules.rules.get(ruleId)
    if (!rule) {
      fail(
        [...path, ruleId],
        `Cannot set a limit: there is no rule "${ruleId}"${hint(ruleId, [...rules.rules.keys()])}`,
      )
      continue
    }
    for (const [name, value] of Object.entries(values)) {
      const param = rule.params[name]
      if (!param) {
        fail(
          [...path, ruleId, name],
          `Cannot set a limit: rule "${ruleId}" has no parameter "${name}"${hint(name, Object.keys(rule.params))}`,
        )
        continue
      }
      const read = readParam(param, value)
      if (typeof read === 'object') {
        fail([...path, ruleId, name], `Cannot set ${ruleId}.${name}: it ${read.why}`)
      }
    }
  }
}
