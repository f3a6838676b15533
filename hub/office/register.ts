import { createHash, randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { createPassword, hashPassword } from '../broker/credentials.ts'
import type { RunningCore } from '../core/create-core.ts'
import type { Registry } from '../database/registry.ts'
import type { Profile } from '../decode/profile.ts'
import type { Gateways } from './gateways.ts'
import { inStretches } from '../http/in-stretches.ts'
import { OfficeError } from '../http/office.ts'
import { RegisterError } from '../http/register.ts'
import type { CreateOrder, Register, ServiceOrder, Who } from '../http/register.ts'
import type { Changed, RegisteredHome, ServiceView } from '../http/register-view.ts'
import type { Stopped } from '../model/consent.ts'
import type { Home } from '../model/home.ts'
import type { Edit, FieldProblem, Part } from '../model/register.ts'
import { serviceOf } from '../model/service-state.ts'
import type { ServiceWanted } from '../model/service-state.ts'
import { editHome, readNewHome } from '../register/edit-home.ts'
import { sourceOf } from '../register/home-source.ts'
import type { HomeText } from '../register/homes-schema.ts'
import type { Registered } from '../register/limits.ts'
import { mergeHome, withFirstState } from '../register/merge-home.ts'
import { whenEnds } from '../register/modes.ts'
import { revisionOf } from '../register/revision.ts'
import { createDeviceCheck, devicePlaces } from '../register/shared-devices.ts'
import type { ParsedHome } from '../register/parse-homes.ts'
import { rulesOf } from '../rules/parse-rules.ts'
import type { InTurn } from './in-turn.ts'

/** Why nothing can be made of what is left of a home. */
export const ERASED = 'a home of that id was erased, and it is given to no other. Choose another'

export interface RegisterParts {
  readonly core: RunningCore
  readonly registry: Registry
  readonly gateways: Pick<Gateways, 'shared' | 'withdraw' | 'disconnect' | 'reconnects'>
  readonly profiles: ReadonlyMap<string, Profile>
  /** What is read, changed and written back must not cross another change of the register. */
  readonly inTurn: InTurn
  readonly registered: (home: string) => Registered
  readonly stopped: (phone: string) => Stopped | undefined
}

/** The register, one change at a time; each goes through the stream. */
export function createRegister(parts: RegisterParts): Register {
  const { core, registry, gateways, profiles, inTurn, registered } = parts

  function refuse(code: RegisterError['code'], pointer: string, message: string): never {
    throw new RegisterError(code, [{ pointer, message }])
  }

  function textOf(id: string): HomeText {
    const { state: _, ...source } = sourceOf(registered(id))
    return source
  }

  async function edit(id: string, change: Edit, seen: string | undefined, who: Who): Promise<Changed> {
    const source = textOf(id)
    refuseErased(registered(id).home)
    if (change.type === 'add') {
      const known = entryOf(source, change.part, change.entry.id)
      // Said twice, as after a lost link: it is done.
      if (known && isDeepStrictEqual(known, without(change.entry))) {
        return { home: id, id: change.entry.id, revision: revisionOf(known), changed: [] }
      }
    }
    refuseStale(source, change, seen)
    const edited = editHome(source, change, profiles, rulesOf(core.ruleFiles), core.now())
    if (!edited.ok) throw new RegisterError(edited.why, edited.problems)
    if (change.type === 'fields' && 'area' in change.fields) refuseArea(edited.source.area, who)
    if ('part' in change && change.part === 'sensors' && change.type !== 'remove') {
      refuseSharedDevice(edited.source, change.type === 'add' ? change.entry.id : change.id, who)
    }
    await take(id, edited.parsed, edited.changed, who)
    const now = textOf(id)
    const entry = change.type === 'add' ? change.entry.id : 'part' in change ? change.id : undefined
    const part = 'part' in change && entry !== undefined ? entryOf(now, change.part, entry) : fieldsOf(now)
    return {
      home: id,
      ...(entry !== undefined && { id: entry }),
      ...(part && { revision: revisionOf(part) }),
      changed: edited.changed,
    }
  }

  async function take(id: string, parsed: ParsedHome, changed: readonly string[], who: Who): Promise<void> {
    const before = core.home(id) && registered(id)
    const options = { now: core.now(), stopped: parts.stopped, isWhole: true }
    const { home, personal } = mergeHome(before, parsed, options)
    if (before && isDeepStrictEqual(home, before.home) && isDeepStrictEqual(personal, before.personal)) return
    await core.takeHome(home, personal, { by: who.by, via: who.via, limits: [], register: changed })
  }

  /** Two who change the same thing: the second is told, and loses nothing. */
  function refuseStale(source: HomeText, change: Edit, seen: string | undefined): void {
    if (seen === undefined || change.type === 'add') return
    const part = change.type === 'fields' ? fieldsOf(source) : entryOf(source, change.part, change.id)
    // One that is gone is not found, which says more.
    if (!part || seen === revisionOf(part) || seen === revisionOf(source)) return
    refuse(
      'stale',
      '',
      'Cannot save this: somebody has changed it since you opened it. See what it is now, and say again what you want',
    )
  }

  function refuseErased({ id, erased }: Home): void {
    if (erased !== undefined) refuse('conflict', '/id', `Cannot use the id "${id}": ${ERASED}`)
  }

  function refuseArea(area: string | undefined, { areas }: Who): void {
    if (areas === 'all' || areas.includes(area ?? '')) return
    refuse(
      'invalid',
      '/area',
      `Cannot put a home into "${area ?? ''}": expected one of your areas, ${areas.join(', ')}`,
    )
  }

  /** A code that a device has from its maker is in the world once. */
  function refuseSharedDevice({ id, sensors = [] }: HomeText, sensor: string, { areas }: Who): void {
    const address = sensors.find((one) => one.id === sensor)?.address
    if (address === undefined) return
    const known = devicePlaces(core.homes()).filter((one) => one.home !== id || one.sensor !== sensor)
    const why = createDeviceCheck(known, ({ home }) => {
      const isSeen = areas === 'all' || areas.includes(core.home(home)?.area ?? '')
      return home === id || isSeen
    })(id, sensor, address)
    if (why !== undefined) refuse('conflict', '/address', why)
  }

  async function create({ fields, seed, by, via, areas }: CreateOrder): Promise<Changed> {
    const random =
      seed === undefined
        ? randomBytes(4).toString('hex')
        : createHash('sha256').update(seed).digest('hex').slice(0, 8)
    const id = typeof fields['id'] === 'string' && fields['id'] !== '' ? fields['id'] : `h-${random}`
    const read = readNewHome(
      { state: 'planned', ...fields, id },
      profiles,
      rulesOf(core.ruleFiles),
      core.now(),
    )
    if (!read.ok) throw new RegisterError('invalid', read.problems)
    const { parsed, source } = read
    refuseArea(parsed.home.area, { by, via, areas })
    const known = core.home(id)
    if (known) {
      refuseErased(known)
      if (isDeepStrictEqual(sourceOf(parsed), textOf(id))) {
        return { home: id, revision: revisionOf(fieldsOf(textOf(id))), changed: [] }
      }
      const isSeen = areas === 'all' || areas.includes(known.area ?? '')
      refuse(
        'conflict',
        '/id',
        `Cannot create home "${id}": ${isSeen ? 'there is one with this id' : 'this id is taken'}. Choose another`,
      )
    }
    refuseTakenGateways(parsed.home)
    for (const sensor of parsed.home.sensors) refuseSharedDevice(source, sensor.id, { by, via, areas })
    const merged = mergeHome(undefined, parsed, { now: core.now(), stopped: parts.stopped, isWhole: true })
    const { home, personal } = withFirstState(merged, core.now(), { by, via })
    await core.takeHome(home, personal, { by, via, limits: [], register: ['home'] })
    return { home: id, revision: revisionOf(fieldsOf(textOf(id))), changed: ['home'] }
  }

  function refuseTakenGateways(home: Home): void {
    const taken = gateways.shared()(home)
    if (!taken) return
    refuse(
      'conflict',
      '/gateways',
      `Cannot register gateway "${taken.gateway}": it belongs to another home. Choose another id`,
    )
  }

  function serviceView(id: string): ServiceView {
    const { home, personal } = registered(id)
    const { state: note } = personal
    return {
      home: id,
      timezone: home.timezone,
      state: serviceOf(home),
      ...(home.state?.is === 'paused' && { until: home.state.until }),
      // What a pause was for is over with it.
      ...(note && { note: home.state ? note : { at: note.at, by: note.by, via: note.via } }),
    }
  }

  async function setService(id: string, order: ServiceOrder, { by, via }: Who): Promise<ServiceView> {
    const { home, personal } = registered(id)
    const now = core.now()
    const to = wantedOf(order, home, now)
    if (to.is !== 'paused' && to.is === serviceOf(home)) return serviceView(id)
    const note = { at: now, by, via, ...(order.why !== undefined && { why: order.why }) }
    const outcome = await core.take({ type: 'service', home: id, to, by, via }, { ...personal, state: note })
    if (!outcome.taken) refuse('conflict', '/state', `Cannot set home "${id}" to ${to.is}: ${outcome.reason}`)
    return serviceView(id)
  }

  function wantedOf({ to, until, why }: ServiceOrder, home: Home, now: number): ServiceWanted {
    if (to !== 'paused') return { is: to }
    const problems: FieldProblem[] = []
    if (why === undefined)
      problems.push({ pointer: '/why', message: 'Cannot pause a home without a reason: say why' })
    const end = until && whenEnds(until, home.timezone, now)
    if (end === undefined)
      problems.push({ pointer: '/until', message: 'Cannot pause a home without an end: say until when' })
    else if (typeof end !== 'number') {
      problems.push({
        pointer: until && 'in' in until ? '/for' : '/until',
        message: `Cannot pause: ${end.cannot}`,
      })
    }
    if (problems.length > 0 || typeof end !== 'number') throw new RegisterError('invalid', problems)
    return { is: 'paused', until: end }
  }

  function gatewaysOf(id: string) {
    return registered(id).home.gateways.map((gateway) => {
      const reconnects = gateways.reconnects(gateway.id)
      return {
        id: gateway.id,
        online: core.isOnline(id, gateway.id) ?? false,
        credentials: registry.gateway(gateway.id) !== undefined,
        ...(reconnects !== undefined && { reconnects }),
        ...registry.gatewayTimes(gateway.id),
      }
    })
  }

  function knownGateway(home: string, gateway: string): Home {
    const facts = registered(home).home
    if (!facts.gateways.some(({ id }) => id === gateway)) {
      throw new OfficeError('not-found', `Cannot find gateway "${gateway}" in home ${home}`)
    }
    return facts
  }

  function read(id: string): RegisteredHome {
    const source = textOf(id)
    const { home } = registered(id)
    const { keySafe, ...fields } = fieldsOf(source)
    const { where } = keySafe ?? {}
    const rooms = [
      ...(source.rooms ?? []),
      ...[...new Set(home.sensors.flatMap(({ room }) => room ?? []))]
        .filter((room) => !source.rooms?.some((known) => known.id === room))
        .toSorted()
        .map((room) => ({ id: room })),
    ]
    return {
      home: id,
      revision: revisionOf(source),
      fields: {
        ...fields,
        ...(keySafe && { keySafe: where === undefined ? {} : { where } }),
        revision: revisionOf(fieldsOf(source)),
      },
      service: serviceView(id),
      residents: revised(source.residents),
      contacts: revised(source.contacts),
      rooms: revised(rooms).map((room) => ({
        ...room,
        sensors: home.sensors.filter((one) => one.room === room.id).map((one) => one.id),
      })),
      sensors: revised(source.sensors).map((one) => {
        const before = home.sensors.find(({ id: known }) => known === one.id)?.before
        return before ? { ...one, before: [...before] } : one
      }),
      gateways: gatewaysOf(id),
    }
  }

  return {
    async find(text, limit) {
      const wanted = text.trim().toLocaleLowerCase('nb')
      const found = await inStretches(core.homes(), (home) => {
        const { label, way, tags } = registry.personal(home.id) ?? {}
        const devices = [...home.gateways.map(({ id }) => id), ...home.sensors.map(({ address }) => address)]
        const words = [home.id, label, home.area, way?.address, ...(tags ?? []), ...devices]
        if (!words.some((word) => word?.toLocaleLowerCase('nb').includes(wanted))) return []
        return [
          {
            id: home.id,
            ...(label !== undefined && { label }),
            ...(home.area !== undefined && { area: home.area }),
            ...(tags && tags.length > 0 && { tags }),
            state: serviceOf(home),
            gateways: home.gateways.length,
            sensors: home.sensors.length,
            reachable: core.isReachable(home.id),
          },
        ]
      })
      return found
        .flat()
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit)
    },
    profiles: () =>
      [...profiles.values()]
        .map(({ id, title, maker, model, power, alarm, kinds, heardEvery, topics, prove, examples }) => ({
          id,
          title,
          maker,
          model,
          power,
          alarm,
          kinds,
          heardEvery,
          hasAddress: topics.some(({ template }) => template.includes('{address}')),
          examples: examples.length,
          ...(prove && { prove }),
        }))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    read,
    create: (order) => inTurn(() => create(order)),
    edit: (id, change, seen, who) => inTurn(() => edit(id, change, seen, who)),
    replaceSensor: (home, sensor, { profile, address }, seen, who) =>
      inTurn(async () => {
        const fields = {
          ...(profile !== undefined && { profile }),
          ...(address !== undefined && { address }),
        }
        const known = entryOf(textOf(home), 'sensors', sensor) as
          | { profile: string; address?: string }
          | undefined
        if (
          known &&
          (profile ?? known.profile) === known.profile &&
          (address ?? known.address) === known.address
        ) {
          refuse(
            'conflict',
            '/address',
            `Cannot replace sensor "${sensor}": the new device has the address and profile of the old one`,
          )
        }
        return edit(home, { type: 'change', part: 'sensors', id: sensor, fields }, seen, who)
      }),
    setService: (id, order, who) => inTurn(() => setService(id, order, who)),
    service: serviceView,
    gateways: gatewaysOf,
    rotateGateway: (home, gateway, old) =>
      inTurn(async () => {
        knownGateway(home, gateway)
        if (!registry.gateway(gateway)) {
          throw new OfficeError(
            'conflict',
            `Cannot give gateway "${gateway}" another password: it has none. Make its credentials`,
          )
        }
        const password = createPassword()
        registry.rotateGateway(gateway, hashPassword(password), core.now(), old === 'after-connect')
        if (old === 'at-once') gateways.disconnect(gateway, 'it was given another password')
        return { home, username: gateway, password }
      }),
    removeGateway: (home, gateway, { by, via }) =>
      inTurn(async () => {
        const facts = knownGateway(home, gateway)
        gateways.withdraw(gateway, 'it was taken out of its home')
        const left = facts.gateways.filter(({ id }) => id !== gateway)
        const change = { by, via, limits: [], register: [`gateways/${gateway}`] }
        await core.take({ type: 'home', home: { ...facts, gateways: left }, change })
      }),
  }
}

function fieldsOf({
  gateways: _g,
  residents: _r,
  sensors: _s,
  contacts: _c,
  rooms: _o,
  params: _p,
  state: _t,
  ...fields
}: HomeText) {
  return fields
}

function entryOf(source: HomeText, part: Part, id: string): object | undefined {
  const entry = source[part]?.find((one) => one.id === id)
  return entry && shown(entry)
}

/** Limits and consents have ways of their own: whoever changes a name has not seen them, and does not cross them. */
function shown<T extends object>(entry: T): Omit<T, 'params' | 'consent'> {
  const { params: _p, consent: _c, ...rest } = entry as T & { params?: unknown; consent?: unknown }
  return rest
}

function without(entry: object): object {
  return Object.fromEntries(
    Object.entries(entry).filter(([, value]) => value !== null && value !== '' && value !== undefined),
  )
}

function revised<T extends { readonly id: string }>(
  list: readonly T[] = [],
): (Omit<T, 'params' | 'consent'> & { id: string; revision: string })[] {
  return list.map((one) => ({ ...shown(one), id: one.id, revision: revisionOf(shown(one)) }))
}
