import type { Core, SensorState } from '../core/core.ts'
import type { Alert } from '../model/alert.ts'
import type { HandoverNote, HandoverNotes } from '../model/handover.ts'
import type { Home, HomePersonal } from '../model/home.ts'
import type { Areas } from '../model/person.ts'
import { areasOf } from './caller.ts'
import type { Caller } from './caller.ts'
import { OfficeError } from './office.ts'
import type { MessagePlace, Office } from './office.ts'
import type { Register } from './register.ts'
import type { Visits } from './visits.ts'
import type { ServiceView } from './register-view.ts'

/** What somebody may see. */
export interface Sight {
  readonly areas: Areas
  /** Names of residents and contacts, and what people wrote; or only what homes are called; or pseudonyms. */
  readonly names: 'all' | 'homes' | 'none'
  /** Names of colleagues. */
  readonly staff: boolean
  /** All alerts, or those that somebody who looks after equipment has to do with. */
  readonly alerts: 'all' | 'equipment'
  /** Vital signs of residents. */
  readonly vitals: boolean
}

/** There are many, and their area is not in the database: so far back is looked for one's own. */
const ROWS_AT_ONCE = 500
const MOST_ROUNDS = 20

/** What is measured of a body; the rest says how a home and its equipment are. */
const VITALS: ReadonlySet<string> = new Set([
  'heart_rate',
  'respiration_rate',
  'spo2',
  'systolic',
  'diastolic',
  'body_temperature',
  'weight',
  'glucose',
  'consciousness',
  'oxygen',
])

export function sightOf(caller: Caller): Sight {
  const areas = areasOf(caller)
  switch (caller.type) {
    case 'socket':
      return { areas, names: 'all', staff: true, alerts: 'all', vitals: true }
    case 'token':
      return {
        areas,
        names: 'none',
        staff: false,
        alerts: 'all',
        vitals: caller.token.scopes.includes('read:history'),
      }
    case 'person': {
      const { roles } = caller.person
      const isOperator = roles.includes('operator')
      return {
        areas,
        // On a screen that nobody watches over only the board stays, and nobody's name on it.
        names: isOperator && !caller.isLocked ? 'all' : 'homes',
        staff: !caller.isLocked,
        alerts: isOperator || roles.includes('admin') ? 'all' : 'equipment',
        vitals: isOperator,
      }
    }
  }
}

/** An alert of a home is of its area; one of a home that is not registered any more, of none. */
export function seesAlert({ areas, alerts }: Sight, alert: Alert, core: Pick<Core, 'home'>): boolean {
  if (alerts === 'equipment' && alert.category !== 'technical' && !alert.test) return false
  if (areas === 'all') return true
  if (alert.home !== undefined) {
    const home = core.home(alert.home)
    return home !== undefined && areas.includes(home.area ?? '')
  }
  // About the hub itself: everybody's concern.
  return alert.area === undefined || areas.includes(alert.area)
}

/**
 * The office as somebody may see it: other areas' homes and alerts are not there, names only as far as they may know
 * them. What it has that is not about one home is as it is: routes declare that (`access.ts`). Everything it has stands
 * here, so that nothing new is seen by everybody because nobody thought of it.
 */
export function officeFor(office: Office, sight: Sight): Office {
  const { areas, names, staff, alerts, vitals } = sight
  if (areas === 'all' && names === 'all' && alerts === 'all' && vitals) return office
  const { core } = office

  const seesHome = (id: string): boolean => {
    const home = core.home(id)
    return home !== undefined && (areas === 'all' || areas.includes(home.area ?? ''))
  }
  const sees = (alert: Alert): boolean => seesAlert(sight, alert, core)
  const refuse = (id: string): void => {
    if (!seesHome(id)) throw new OfficeError('not-found', noHome(id))
  }
  const gatewayHome = (id: string): string | undefined => {
    const home = office.gatewayHome(id)
    return home !== undefined && seesHome(home) ? home : undefined
  }
  const refuseGateway = (id: string): void => {
    if (gatewayHome(id) === undefined) throw new OfficeError('not-found', `Cannot find the gateway "${id}".`)
  }
  /** Those about no home are for the staff, whose work is not of one area; but for those of another area's alert. */
  const seesMessage = (one: { readonly home?: string; readonly alert?: string }): boolean => {
    if (one.home !== undefined) return seesHome(one.home)
    const alert = one.alert === undefined ? undefined : core.alert(one.alert)
    return alert === undefined || sees(alert)
  }
  const withoutWhy = <T extends { readonly why?: string }>(one: T): T => {
    if (names === 'all') return one
    const { why: _, ...rest } = one
    return rest as T
  }

  const own: Office = {
    people: office.people,
    links: office.links,
    audit: office.audit,
    rules: () => office.rules(),
    ruleText: (id, at) => office.ruleText(id, at),
    // What it says of homes is for those who see all areas, but for the load, whose route keeps to them.
    ruleBook: office.ruleBook,
    metrics: () => office.metrics(),
    indicators: (period) => office.indicators(period),
    heartbeat: () => office.heartbeat(),
    system: () => office.system(),
    away: () => office.away(),
    notReady: () => office.notReady(),
    status: office.status,
    requests: office.requests,
    // As it is: what streams tell of it they look up in the rest of the office.
    journal: office.journal,
    protection: {
      // Homes are found through the core, which has those of their areas alone.
      look: office.protection.look,
      states: office.protection.states,
      months: (home) => (seesHome(home) ? office.protection.months(home) : []),
    },
    // Whose names are in it may be read by whoever works in that home: the routes say who that is.
    register: registerFor(office.register, refuse, seesHome, names),
    // Its routes name the home, or are for those who see all areas.
    erasures: office.erasures,
    copyResident(home, resident) {
      refuse(home)
      return office.copyResident(home, resident)
    },
    visits: visitsFor(office.visits, refuse, seesHome),
    importHomes: office.importHomes,
    compareHomes: office.compareHomes,
    exportHomes: office.exportHomes,
    importStaff: office.importStaff,
    takeAnswer: office.takeAnswer,
    notificationsOf: office.notificationsOf,
    async addGateway(home, order) {
      refuse(home)
      return office.addGateway(home, order)
    },
    gatewayHome,
    gatewayCertificates: () => office.gatewayCertificates().filter(({ home }) => seesHome(home)),
    async renewGateway(id, request) {
      refuseGateway(id)
      return office.renewGateway(id, request)
    },
    async revokeGateway(id, why) {
      refuseGateway(id)
      return office.revokeGateway(id, why)
    },
    core: {
      ...core,
      home: (id) => (seesHome(id) ? core.home(id) : undefined),
      *homes() {
        for (const home of core.homes()) if (seesHome(home.id)) yield home
      },
      openAlerts: () => core.openAlerts().filter(sees),
      alert(id) {
        const alert = core.alert(id)
        return alert && sees(alert) ? alert : undefined
      },
      holds: (home) => core.holds(home).filter((hold) => seesHome(hold.home)),
      modes: (home) => (seesHome(home) ? core.modes(home) : []),
      seen: (home) => (seesHome(home) ? core.seen(home) : []),
      visit: (home) => (seesHome(home) ? core.visit(home) : undefined),
      sensorState: (home, sensor) =>
        seesHome(home) ? withoutVitals(core.sensorState(home, sensor), vitals) : undefined,
    },
    history: {
      series: async (query) => (seesHome(query.home) ? office.history.series(query) : []),
    },
    async past(home, from, to) {
      refuse(home)
      const past = await office.past(home, from, to)
      return { ...past, vitals: vitals ? past.vitals : [], alerts: past.alerts.filter(sees) }
    },
    async overview(home, from, to) {
      refuse(home)
      const overview = await office.overview(home, from, to)
      return {
        ...overview,
        vitals: vitals ? overview.vitals : [],
        alerts: overview.alerts.filter(sees),
      }
    },
    alertsOf: (home, rule, limit) => office.alertsOf(home, rule, limit).filter(sees),
    alerts: (query) => office.alerts(query).filter(sees),
    resolvedAlerts: ({ limit, before }) =>
      seen(
        limit,
        before,
        (many, place) => office.resolvedAlerts({ limit: many, ...(place && { before: place }) }),
        sees,
        ({ openedAt, id }) => ({ openedAt, id }),
      ),
    alert(id) {
      const alert = office.alert(id)
      return alert && sees(alert) ? alert : undefined
    },
    alertEvents: (alert) =>
      names === 'all'
        ? office.alertEvents(alert)
        : office.alertEvents(alert).map((event) => {
            if (event.what !== 'commented' && event.what !== 'resolved') return event
            const { text: _, ...rest } = event
            return rest
          }),
    alertsSince(from, limit) {
      const { alerts: found, more } = office.alertsSince(from, limit)
      return { alerts: found.filter(sees), more }
    },
    ordersSince: (from) => office.ordersSince(from).filter(({ input }) => seesHome(input.home)),
    handover: handoverFor(office.handover, sight),
    notes: {
      list: (home) => (names === 'all' && seesHome(home) ? office.notes.list(home) : []),
      write(note) {
        refuse(note.home)
        office.notes.write(note)
      },
      remove: (home, id) => seesHome(home) && office.notes.remove(home, id),
    },
    failedNotifications: (limit, before) =>
      seen(limit, before, office.failedNotifications, seesMessage, messagePlace),
    notification(id) {
      const one = office.notification(id)
      return one && seesMessage(one) ? one : undefined
    },
    newestNotifications: (limit, before) =>
      seen(limit, before, office.newestNotifications, seesMessage, messagePlace),
    answers: (limit) => office.answers(limit).filter(seesMessage),
    undecoded: (limit, before) =>
      seen(
        limit,
        before,
        office.undecoded,
        ({ home }) => seesHome(home),
        ({ seq }) => seq,
      ),
    label: (id) => (names === 'none' || !seesHome(id) ? undefined : office.label(id)),
    seen: (home) => (seesHome(home) ? office.seen(home) : []),
    async ignoreSeen(home, address, order) {
      refuse(home)
      return office.ignoreSeen(home, address, order)
    },
    personal(id) {
      if (names === 'none' || !seesHome(id)) return undefined
      const personal = office.personal(id)
      return names === 'all' ? personal : personal && labelOnly(personal)
    },
    staff: () => {
      if (names === 'none') return []
      return staff ? office.staff() : office.staff().map(withoutName)
    },
    staffMember: (id) => (names === 'all' ? office.staffMember(id) : undefined),
    messageText: (one) => (names === 'all' ? office.messageText(one) : undefined),
    modes(id) {
      refuse(id)
      const list = office.modes(id)
      return {
        ...list,
        modes: list.modes.map(withoutWhy),
        installers: names === 'all' ? list.installers : [],
      }
    },
    holds(id) {
      refuse(id)
      const list = office.holds(id)
      return { ...list, holds: list.holds.map(withoutWhy) }
    },
    allHolds: () =>
      office
        .allHolds()
        .filter(({ home }) => seesHome(home))
        .map(withoutWhy),
    limits(id) {
      refuse(id)
      const { limits, notes } = office.limits(id)
      return {
        limits: limits.map(({ note, ...limit }) => ({ ...limit, ...(note && { note: withoutWhy(note) }) })),
        notes: notes.map(withoutWhy),
      }
    },
    consents(id) {
      refuse(id)
      const list = office.consents(id)
      return names === 'all' ? list : { ...list, contacts: list.contacts.map(withoutName) }
    },
    async changeLimits(id, order) {
      refuse(id)
      await office.changeLimits(id, order)
      return own.limits(id)
    },
    async changeConsent(id, order) {
      refuse(id)
      await office.changeConsent(id, order)
      return own.consents(id)
    },
    async setMode(id, order) {
      refuse(id)
      await office.setMode(id, order)
      return own.modes(id)
    },
    async setHold(id, order) {
      refuse(id)
      await office.setHold(id, order)
      return own.holds(id)
    },
    makeStatusLink: office.makeStatusLink,
  }
  return own
}

/** A page of what they may see, of pages of what there is. */
function seen<T, P>(
  limit: number,
  before: P | undefined,
  read: (limit: number, before?: P) => readonly T[],
  sees: (one: T) => boolean,
  placeOf: (one: T) => P,
): readonly T[] {
  const found: T[] = []
  let place = before
  for (let round = 0; round < MOST_ROUNDS && found.length < limit; round++) {
    const rows = read(ROWS_AT_ONCE, place)
    found.push(...rows.filter(sees))
    const last = rows.at(-1)
    if (!last || rows.length < ROWS_AT_ONCE) break
    place = placeOf(last)
  }
  return found.slice(0, limit)
}

function messagePlace({ queuedAt, id }: MessagePlace): MessagePlace {
  return { queuedAt, id }
}

function withoutName<T extends { readonly name?: string }>(one: T): T {
  const { name: _, ...rest } = one
  return rest as T
}

/** Homes of other areas are not there; what is changed is kept to the areas of who changes it (`Who.areas`). */
function registerFor(
  register: Register,
  refuse: (home: string) => void,
  seesHome: (home: string) => boolean,
  names: Sight['names'],
): Register {
  /** The reason may say something about a person; programs are told none. */
  const withoutWhy = (view: ServiceView): ServiceView => {
    if (names !== 'none' || !view.note) return view
    const { why: _, ...note } = view.note
    return { ...view, note }
  }
  return {
    async find(text, limit) {
      const found = await register.find(text, Infinity)
      return found.filter(({ id }) => seesHome(id)).slice(0, limit)
    },
    profiles: register.profiles,
    create: register.create,
    read(home) {
      refuse(home)
      return register.read(home)
    },
    async edit(home, ...rest) {
      refuse(home)
      return register.edit(home, ...rest)
    },
    async replaceSensor(home, ...rest) {
      refuse(home)
      return register.replaceSensor(home, ...rest)
    },
    async setService(home, ...rest) {
      refuse(home)
      return register.setService(home, ...rest)
    },
    service(home) {
      refuse(home)
      return withoutWhy(register.service(home))
    },
    gateways(home) {
      refuse(home)
      return register.gateways(home)
    },
    async rotateGateway(home, ...rest) {
      refuse(home)
      return register.rotateGateway(home, ...rest)
    },
    async removeGateway(home, ...rest) {
      refuse(home)
      return register.removeGateway(home, ...rest)
    },
  }
}

/** Those of other areas' homes are not there. */
function visitsFor(
  visits: Visits,
  refuse: (home: string) => void,
  seesHome: (home: string) => boolean,
): Visits {
  return {
    read(home) {
      refuse(home)
      return visits.read(home)
    },
    async start(home, order) {
      refuse(home)
      return visits.start(home, order)
    },
    async ask(home, order) {
      refuse(home)
      return visits.ask(home, order)
    },
    async alarm(home, order) {
      refuse(home)
      return visits.alarm(home, order)
    },
    async finish(home, order) {
      refuse(home)
      return visits.finish(home, order)
    },
    certificates: (home) => (seesHome(home) ? visits.certificates(home) : []),
    certificate: (home, id) => (seesHome(home) ? visits.certificate(home, id) : undefined),
    print: visits.print,
    lastProof: (home) => (seesHome(home) ? visits.lastProof(home) : undefined),
  }
}

/** A note may speak of any home that its writer sees: it is for who sees as many. */
function handoverFor(notes: HandoverNotes, { areas, names }: Sight): HandoverNotes {
  const sees = (note: HandoverNote): boolean =>
    names === 'all' &&
    (areas === 'all' || (note.areas !== 'all' && note.areas.every((area) => areas.includes(area))))
  const find = (id: number): HandoverNote | undefined => {
    const note = notes.find(id)
    return note && sees(note) ? note : undefined
  }
  return {
    list: (limit) => notes.list(limit).filter(sees),
    find,
    write: notes.write,
    markRead: (id, person) => find(id) && notes.markRead(id, person),
  }
}

/** The same words for a home that is not there and for one that is none of theirs. */
export function noHome(id: string): string {
  return `Cannot find the home "${id}": it is not registered`
}

/** @throws OfficeError for a home that is not there, or is none of theirs */
export function knownHome({ core }: Pick<Office, 'core'>, id: string): Home {
  const home = core.home(id)
  if (!home) throw new OfficeError('not-found', noHome(id))
  return home
}

function labelOnly({ id, label }: HomePersonal): HomePersonal {
  return { id, residents: [], contacts: [], ...(label !== undefined && { label }) }
}

function withoutVitals(state: SensorState | undefined, vitals: boolean): SensorState | undefined {
  if (!state || vitals) return state
  const last = Object.entries(state.last).filter(([kind]) => !VITALS.has(kind))
  return { ...state, last: Object.fromEntries(last) }
}
