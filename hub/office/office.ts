import { isDeepStrictEqual } from 'node:util'
import { installersOf } from '../alerts/escalation.ts'
import { alertAsOf } from '../alerts/alert-as-of.ts'
import { timezoneWithoutHome } from '../alerts/timezone-without-home.ts'
import type { RunningCore } from '../core/create-core.ts'
import type { Seen } from '../core/seen.ts'
import type { JournalReader } from '../database/journal.ts'
import type { LinkCodes } from '../database/link-codes.ts'
import type { Certificates } from '../database/certificates.ts'
import type { LinkStore } from '../database/links.ts'
import type { Registry } from '../database/registry.ts'
import type { ShiftReads } from '../database/shift-reads.ts'
import { likelyProfiles } from '../decode/likely-profiles.ts'
import type { Likely } from '../decode/likely-profiles.ts'
import type { Profile } from '../decode/profile.ts'
import { ruleText } from '../rules/rule-text.ts'
import type { PastReads } from '../database/past-reads.ts'
import type { Reader } from '../threads/reader.ts'
import type { HistoryReader } from '../history/history.ts'
import { OfficeError } from '../http/office.ts'
import type {
  AnswerRow,
  ConsentList,
  HoldList,
  HoldOrder,
  HoldView,
  LimitList,
  ModeList,
  ModeOrder,
  Office,
  StatusView,
} from '../http/office.ts'
import type { Gateways } from './gateways.ts'
import type { MessageLinks } from './message-links.ts'
import { createHomeFiles } from './home-files.ts'
import { refuseUnknownResident } from './refuse-unknown-resident.ts'
import { stoppedNumber } from './stopped-numbers.ts'
import { createRegister } from './register.ts'
import { createVisits } from './visits.ts'
import type { StatusLinks } from './status-links.ts'
import type { Alert } from '../model/alert.ts'
import { CONSENT_KINDS, consentTo, mayGet } from '../model/consent.ts'
import type { ConsentOrder, Home, HomePersonal } from '../model/home.ts'
import type { Answerer } from '../model/input.ts'
import { recipientOf } from '../model/notification.ts'
import { ANNOUNCERS } from '../model/seen.ts'
import type { Notification } from '../model/notification.ts'
import { parseAnswer } from '../notify/answer.ts'
import { asksForStatus } from '../notify/asks-for-status.ts'
import { renderLetter } from '../notify/render-letter.ts'
import type { Rendered } from '../notify/outbox-runner.ts'
import { viewStatus } from '../notify/view-status.ts'
import { renderMessage } from '../notify/render-message.ts'
import { noteConsent, whyNotConsent } from '../register/consents.ts'
import { changeLimits, ownLimits } from '../register/limits.ts'
import type { Registered } from '../register/limits.ts'
import { whenEnds, whyOf } from '../register/modes.ts'
import { withReason } from '../register/reasons.ts'
import { parseStaff } from '../register/parse-staff.ts'
import { rulesOf } from '../rules/parse-rules.ts'
import { ProblemsError } from '../source/problem.ts'
import type { ResidentRows } from '../database/resident-rows.ts'
import { copyResident } from './resident-copy.ts'
import { createErasures } from './erasures.ts'
import type { InTurn } from './in-turn.ts'
import type { ErasureParts } from './erasures.ts'

const ANSWERS_KEPT = 500
const HOUR = 3_600_000
const MOST_STATUS_AN_HOUR = 4

/** Whoever looks at an alert from before these is not told its rule. */
const RULE_CHANGES_LOOKED_AT = 20

export interface OfficeParts {
  readonly core: RunningCore
  readonly journal: JournalReader
  readonly registry: Registry
  readonly gateways: Gateways
  readonly profiles: ReadonlyMap<string, Profile>
  readonly rules: Office['rules']
  readonly ruleBook: Office['ruleBook']
  readonly history: HistoryReader
  readonly past: Pick<PastReads, 'alertsOf'>
  readonly followed: Office['journal']
  readonly drawn: Reader['past']
  readonly overview: Reader['overview']
  readonly parseImport: Reader['parseImport']
  /** Of the device profiles. */
  readonly profileFolder: string
  readonly links: LinkStore & LinkCodes
  readonly messageLinks: MessageLinks
  readonly people: Office['people']
  readonly audit: Office['audit']
  readonly statusLinks: Pick<StatusLinks, 'make'>
  /** Whom families can call. */
  readonly familyNumbers: StatusView['numbers']
  readonly metrics: Office['metrics']
  readonly indicators: Office['indicators']
  readonly heartbeat: Office['heartbeat']
  readonly system: Office['system']
  readonly away: Office['away']
  readonly shift: ShiftReads
  readonly handover: Office['handover']
  readonly notes: Office['notes']
  readonly residentRows: ResidentRows
  readonly erasing: Omit<ErasureParts, 'core' | 'registry' | 'gateways' | 'audit' | 'inTurn' | 'newest'>
  readonly requests: Office['requests']
  readonly certificates: Certificates
  /** What changes the register beside the office takes its turn too. */
  readonly inTurn: InTurn
  readonly version: string
  /** After so many months a home is to be proven again. */
  readonly checkEvery: number
  readonly protection: Office['protection']
  readonly notReady: Office['notReady']
}

/** To whom a notification goes and what it says when it is sent now, with the names from the registry. */
export function renderNotification(
  { core, registry, messageLinks }: Pick<OfficeParts, 'core' | 'registry' | 'messageLinks'>,
  notification: Notification,
  now = core.now(),
  alertOf: (id: string) => Alert | undefined = core.alert,
): Rendered {
  const { home, letter } = notification
  const facts = {
    home: home === undefined ? undefined : core.home(home),
    personal: home === undefined ? undefined : registry.personal(home),
    ...staffOf({ core, registry }, notification),
  }
  const link = messageLinks.linkFor(notification)
  if (!letter) {
    const alert = alertOf(notification.alert)
    return renderMessage({
      notification,
      alert,
      ...facts,
      ...(alert &&
        alert.home === undefined && {
          timezone: timezoneWithoutHome(alert.area, core.homes(), core.policies()),
        }),
      ...(link && { link }),
      now,
    })
  }
  const signInCode = messageLinks.codeFor(notification)
  const statusLink = messageLinks.statusFor(notification)
  return renderLetter({
    notification,
    ...facts,
    ...(signInCode && { signInCode }),
    ...(statusLink && { statusLink }),
    now,
    ...(letter.is === 'digest' && {
      alerts: letter.alerts.map(alertOf),
      board: messageLinks.boardFor(notification),
    }),
  })
}

/** Whom of the staff a notification is for, and what they call one another. */
function staffOf(
  { core, registry }: Pick<OfficeParts, 'core' | 'registry'>,
  { staff: id }: Notification,
): Pick<Parameters<typeof renderMessage>[0], 'staff' | 'colleague'> {
  const facts = id === undefined ? undefined : core.staff().get(id)
  const personal = id === undefined ? undefined : registry.staffMember(id)
  if (!facts || !personal) return {}
  return { staff: { ...personal, ...facts }, colleague: (other) => registry.staffMember(other)?.name }
}

/** What the API can do, put together from the stream, the registry and what is kept. */
export function createOffice(parts: OfficeParts): Office {
  const { core, journal, registry, profiles, gateways, inTurn } = parts
  const answers: AnswerRow[] = []
  /** When a phone asked how things are, lately. */
  const statusAsked = new Map<string, number[]>()

  /** A home that changes is another object. */
  const labels = new WeakMap<Home, string | undefined>()

  function labelOf(id: string): string | undefined {
    const home = core.home(id)
    if (!home) return undefined
    if (!labels.has(home)) labels.set(home, registry.personal(id)?.label)
    return labels.get(home)
  }

  function registered(id: string): Registered {
    const home = core.home(id)
    if (!home) throw new OfficeError('not-found', `Cannot find the home "${id}": it is not registered`)
    return { home, personal: registry.personal(id) ?? { id, residents: [], contacts: [] } }
  }

  function limitsOf(id: string): LimitList {
    const one = registered(id)
    return { limits: ownLimits(one, rulesOf(core.ruleFiles)), notes: one.personal.limits ?? [] }
  }

  function modesOf(id: string): ModeList {
    const { home, personal } = registered(id)
    const modes = core.modes(id).map((mode) => ({ ...mode, ...whyOf(personal, mode.mode) }))
    return {
      home: id,
      timezone: home.timezone,
      modes,
      installers: installersOf(home.contacts).map((one) => nameOf(one.id, personal)),
      unansweredTests: core
        .openAlerts()
        .filter((alert) => alert.home === id && alert.test && alert.handling === 'new').length,
    }
  }

  async function setMode(id: string, { mode, on, until: end, why, by, via }: ModeOrder): Promise<ModeList> {
    const { home, personal } = registered(id)
    const now = core.now()
    const until = end && whenEnds(end, home.timezone, now)
    if (until !== undefined && typeof until !== 'number') {
      throw new OfficeError('invalid', `Cannot set ${mode}: ${until.cannot}`)
    }
    // What is not in force need not be ended: nothing happens, so nothing is journalled.
    if (!on && !core.modes(id).some((known) => known.mode === mode)) return modesOf(id)
    await core.take(
      { type: 'mode', home: id, mode, on, by, via, ...(until !== undefined && { until }) },
      withReason(personal, 'modes', mode, on ? why : undefined, now),
    )
    return modesOf(id)
  }

  function viewHolds(home?: string): HoldView[] {
    const { rules } = rulesOf(core.ruleFiles)
    const open = core.openAlerts().filter((alert) => alert.held && alert.handling === 'new')
    return core.holds(home).map((hold) => {
      const title = rules.get(hold.rule)?.title
      const why = registry.personal(hold.home)?.holds?.[hold.rule]?.why
      return {
        ...hold,
        ...(why !== undefined && { why }),
        ...(title && { title }),
        unanswered: open.filter((alert) => alert.home === hold.home && alert.rule === hold.rule).length,
      }
    })
  }

  function holdsOf(id: string): HoldList {
    const { timezone } = registered(id).home
    return { home: id, timezone, holds: viewHolds(id) }
  }

  async function setHold(id: string, order: HoldOrder): Promise<HoldList> {
    const { home, personal } = registered(id)
    const { rule, by, via } = order
    const now = core.now()
    const base = { type: 'hold', home: id, rule, by, via } as const
    if (!order.on) {
      // As with modes: nothing happens, so nothing is journalled.
      if (core.holds(id).some((known) => known.rule === rule)) {
        await core.take({ ...base, on: false }, withReason(personal, 'holds', rule, undefined, now))
      }
      return holdsOf(id)
    }
    const until = whenEnds(order.until, home.timezone, now)
    if (typeof until !== 'number') throw new OfficeError('invalid', `Cannot hold ${rule}: ${until.cannot}`)
    const noted = withReason(personal, 'holds', rule, order.why, now)
    const outcome = await core.take({ ...base, on: true, until }, noted)
    if (!outcome.taken) throw new OfficeError('invalid', `Cannot hold ${rule}: ${outcome.reason}`)
    return holdsOf(id)
  }

  const register = createRegister({
    core,
    registry,
    gateways,
    profiles,
    inTurn,
    registered,
    stopped: (phone) => stoppedNumber(core, registry, phone),
  })
  const homeFiles = createHomeFiles({ ...parts, registered })
  const visits = createVisits({ ...parts, register, registered, inTurn })
  const { audit } = parts
  const erasures = createErasures({
    ...parts.erasing,
    core,
    registry,
    gateways,
    audit,
    inTurn,
    newest: journal.newest,
  })

  function consentsOf(id: string): ConsentList {
    const { home, personal } = registered(id)
    const told = home.contacts.toSorted((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
    return {
      home: id,
      timezone: home.timezone,
      contacts: told.map((contact) => {
        const { consents, name } = personal.contacts.find((one) => one.id === contact.id) ?? {}
        return {
          contact: contact.id,
          ...(name !== undefined && { name }),
          ...(contact.stopped && { stoppedAt: contact.stopped.since }),
          kinds: CONSENT_KINDS.map((kind) => {
            const note = consents?.[kind]
            return { kind, ...consentTo(kind, contact), may: mayGet(kind, contact), ...(note && { note }) }
          }),
        }
      }),
    }
  }

  async function changeConsent(id: string, order: ConsentOrder): Promise<ConsentList> {
    const before = registered(id)
    const why = whyNotConsent(before, order)
    if (why !== undefined) throw new OfficeError('invalid', `Cannot record consent: ${why}`)
    const { contact, give, withdraw, by, via } = order
    const personal = noteConsent(before.personal, order, core.now())
    await core.take({ type: 'consent', home: id, contact, give, withdraw, by, via }, personal)
    return consentsOf(id)
  }

  async function importStaff(file: string, text: string) {
    const parsed = parseStaff(file, text)
    if (!parsed.ok) throw new ProblemsError(`Cannot import ${file}`, parsed.problems)
    const { facts, personal } = parsed.value
    const before = new Map(staff().map((one) => [one.id, one]))
    const after = facts.map((one, index) => ({ ...one, ...personal[index] }))
    const changed = after.filter((one) => !isDeepStrictEqual(one, before.get(one.id))).length
    const removed = [...before.keys()].filter((id) => !facts.some((one) => one.id === id)).length
    if (changed + removed > 0) await core.takeStaff(facts, personal)
    return { staff: facts.length, changed, removed }
  }

  function staff() {
    const personal = new Map(registry.staff().map((one) => [one.id, one]))
    return [...core.staff().values()].map((facts) => ({ ...personal.get(facts.id), ...facts }))
  }

  return {
    core,
    history: parts.history,
    journal: parts.followed,
    async past(id, from, to) {
      const { sensors } = registered(id).home
      return parts.drawn({ home: { id, sensors }, span: { from, to } })
    },
    async overview(id, from, to) {
      const { timezone, sensors } = registered(id).home
      return parts.overview({ home: { id, timezone, sensors }, span: { from, to } })
    },
    alertsOf: (home, rule, limit) => parts.past.alertsOf(home, rule, limit),
    rules: parts.rules,
    ruleBook: parts.ruleBook,
    people: parts.people,
    links: parts.links,
    audit: parts.audit,
    metrics: parts.metrics,
    indicators: parts.indicators,
    heartbeat: parts.heartbeat,
    system: parts.system,
    away: parts.away,
    alertsSince: parts.shift.alertsSince,
    ordersSince: parts.shift.ordersSince,
    handover: parts.handover,
    notes: parts.notes,
    notReady: parts.notReady,
    alerts({ all, limit }) {
      // However many are open, none is left out.
      const open = core.openAlerts().toSorted((a, b) => b.openedAt - a.openedAt)
      if (!all) return open
      const newest = journal.alerts({ all, limit })
      return [...open, ...newest.filter(({ handling }) => handling === 'resolved')]
    },
    resolvedAlerts: (query) => journal.resolvedAlerts(query),
    alert: (id) => core.alert(id),
    alertEvents: (alert) => journal.alertEvents(alert),
    notificationsOf: (alert) => journal.notificationsOf(alert),
    newestNotifications: journal.newestNotifications,
    failedNotifications: journal.failedNotifications,
    notification: (id) => journal.notification(id),
    personal: (home) => registry.personal(home),
    label: labelOf,
    staff,
    staffMember: (id) => registry.staffMember(id),
    undecoded: journal.undecoded,
    seen: (home) => core.seen(home).map((one) => ({ ...one, likely: likelyOf(one, parts.profiles) })),
    async ignoreSeen(home, address, order) {
      const outcome = await core.take({ type: 'ignore', home, address, ...order })
      if (!outcome.taken) throw new OfficeError('not-found', `Cannot find this device: ${outcome.reason}`)
    },
    ruleText(id, at) {
      const inForce = journal.ruleChanges(RULE_CHANGES_LOOKED_AT).find(({ now }) => now <= at)
      return inForce && ruleText(inForce.files, id)
    },
    answers: (limit) => answers.slice(-limit).toReversed(),

    register,
    erasures,
    copyResident(id, resident) {
      const known = registered(id)
      if (resident !== undefined) refuseUnknownResident(known.home, resident)
      const { audit: log, notes, residentRows, erasing } = parts
      return copyResident(
        { rows: residentRows, audit: log, notes, sensorsOf: erasing.eraser.sensorsOf },
        known,
        resident,
      )
    },
    visits,
    requests: parts.requests,
    protection: parts.protection,
    compareHomes: homeFiles.compareHomes,
    exportHomes: homeFiles.exportHomes,
    importHomes: (file, text) => inTurn(() => homeFiles.importHomes(file, text)),
    importStaff: (file, text) => inTurn(() => importStaff(file, text)),
    addGateway: (home, order) => inTurn(() => gateways.add(home, order)),
    renewGateway: (id, request) => inTurn(() => gateways.renew(id, request)),
    revokeGateway: (id, why) => inTurn(async () => gateways.revoke(id, why)),
    gatewayCertificates: gateways.certificates,
    gatewayHome: (id) => registry.gateway(id)?.home,
    limits: limitsOf,
    changeLimits: (id, order) =>
      inTurn(async () => {
        const changed = changeLimits(registered(id), rulesOf(core.ruleFiles), order, core.now())
        if ('reasons' in changed) throw new OfficeError('invalid', changed.reasons.join('. '))
        const { home, personal, steps } = changed
        if (steps.length > 0) {
          await core.takeHome(home, personal, { by: order.by, via: order.via, limits: steps })
        }
        return limitsOf(id)
      }),

    consents: consentsOf,
    changeConsent: (id, order) => inTurn(() => changeConsent(id, order)),
    modes: modesOf,
    setMode: (id, order) => inTurn(() => setMode(id, order)),
    holds: holdsOf,
    allHolds: () => viewHolds(),
    setHold: (id, order) => inTurn(() => setHold(id, order)),

    messageText(notification) {
      const then = notification.queuedAt
      const rendered = renderNotification(parts, notification, then, (id) => {
        const alert = core.alert(id)
        return alert && alertAsOf(alert, journal.alertEvents(id), then)
      })
      return 'text' in rendered ? rendered.text : undefined
    },

    status({ home: id, recipient }) {
      const [home, personal, day] = [core.home(id), registry.personal(id), core.day(id)]
      const contact = home?.contacts.find((one) => recipientOf({ contact: one.id }) === recipient)
      if (!home || !contact || !day || !mayGet('status', contact)) return undefined
      const alias = personal?.contacts.find((one) => one.id === contact.id)?.alias
      const of = { ...(alias !== undefined && { alias }), ...(contact.role === 'installer' && { home: id }) }
      const text = viewStatus(day, recipient, contact.language, home, personal, of)
      return { ...text, numbers: parts.familyNumbers }
    },
    async makeStatusLink(home, contact, who) {
      const link = parts.statusLinks.make(home, contact)
      if ('why' in link) throw new OfficeError('conflict', `Cannot make a link: ${link.why}.`)
      await core.take({ type: 'status', what: 'link-made', home, contact, ...who })
      return link
    },

    async takeAnswer(from, text) {
      if (asksForStatus(text)) {
        const asking = registry.contactsWithPhone(from)
        if (asking.length > 0) return sendStatusLinks(from, asking)
      }
      const { action, codes } = parseAnswer(text)
      const known: Answerer[] = [
        ...registry.contactsWithPhone(from),
        ...registry.staffWithPhone(from).map((id) => ({ staff: id })),
      ]
      // A year or a price beside the code of an alert is a word. Without a code no alert is taken: they are asked which.
      const named = codes.filter(isOpenCode)
      const all = named.length > 0 ? named : codes
      const meant = (all.length === 0 ? [undefined] : all).map((code) => ({
        code,
        by: whoAnswers(known, code),
      }))
      const [first] = meant
      if (!first?.by) {
        return { matched: false, reason: 'the number belongs to no contact and to nobody of the staff' }
      }
      answers.push({ at: core.now(), ...first.by, text: text.slice(0, 500) })
      if (answers.length > ANSWERS_KEPT) answers.shift()
      if (action === 'stop' || action === 'start') {
        // Not while an import reads what it will write back.
        await inTurn(() =>
          core.take({
            type: 'stop',
            on: action === 'stop',
            contacts: registry.contactsWithPhone(from),
            staff: registry.staffWithPhone(from),
            via: 'sms',
          }),
        )
        return { matched: true, reason: action }
      }
      for (const { code, by } of meant) {
        if (by) await core.take({ type: 'answer', ...by, action, ...(code !== undefined && { code }) })
      }
      return { matched: true, reason: `${action}${codes.length === 0 ? ' without a code' : ''}` }
    },
  }

  /** Answers whoever asks how things are; a phone that asks and asks is answered so often an hour. */
  async function sendStatusLinks(
    from: string,
    asking: readonly { readonly home: string; readonly contact: string }[],
  ): Promise<{ matched: boolean; reason: string }> {
    const now = core.now()
    const lately = (statusAsked.get(from) ?? []).filter((at) => at > now - HOUR)
    if (lately.length >= MOST_STATUS_AN_HOUR)
      return { matched: true, reason: 'asked for the status too often' }
    for (const [phone, asked] of statusAsked) if ((asked.at(-1) ?? 0) < now - HOUR) statusAsked.delete(phone)
    statusAsked.set(from, [...lately, now])
    for (const { home, contact } of asking) {
      const letter = { is: 'status-link' } as const
      const by = recipientOf({ contact })
      await core.take({ type: 'letter', home, contact, channel: 'sms', letter, by, via: 'sms' })
    }
    return { matched: true, reason: 'asked for the status' }
  }

  function isOpenCode(code: string): boolean {
    return core.openAlerts().some((alert) => alert.code === code) || core.toldUnder(code).length > 0
  }

  /**
   * One number may stand in several homes, for several contacts of one, and for somebody of the staff: the code says
   * which alert is meant, and whoever was told of it is the one who answers.
   */
  function whoAnswers(known: readonly Answerer[], code: string | undefined): Answerer | undefined {
    const open = core.openAlerts()
    const named = open.filter((alert) => alert.code === code)
    const isOf = (alert: Alert, { home }: Answerer): boolean => home === undefined || alert.home === home
    const wasTold = (alerts: readonly Alert[], one: Answerer): boolean =>
      alerts.some(
        (alert) =>
          isOf(alert, one) &&
          journal.notificationsOf(alert.id).some((told) => recipientOf(told) === recipientOf(one)),
      )
    const together = code === undefined ? [] : core.toldUnder(code)
    return (
      known.find((one) => wasTold(named, one)) ??
      known.find((one) =>
        together.some(
          (told) =>
            recipientOf(told) === recipientOf(one) && (one.home === undefined || told.home === one.home),
        ),
      ) ??
      known.find((one) => one.home !== undefined && named.some((alert) => isOf(alert, one))) ??
      known.find((one) => wasTold(open, one)) ??
      known[0]
    )
  }
}

/** Where several tell of it, its bridge knows its model best. */
function likelyOf(
  { topics, payload, announced }: Seen,
  profiles: ReadonlyMap<string, Profile>,
): readonly Likely[] {
  const told = ANNOUNCERS.flatMap((by) => announced?.[by] ?? [])
  const first = <T>(values: readonly (T | undefined)[]): T | undefined =>
    values.find((one) => one !== undefined)
  const model = first(told.map((facts) => facts.model))
  const maker = first(told.map((facts) => facts.maker))
  return likelyProfiles(
    {
      topics: [...topics, ...told.flatMap((facts) => facts.topics ?? [])],
      keys: told.flatMap((facts) => facts.keys ?? []),
      ...(payload !== undefined && { payload }),
      ...(model !== undefined && { model }),
      ...(maker !== undefined && { maker }),
    },
    profiles,
  )
}

function nameOf(contact: string, personal: HomePersonal): string {
  return personal.contacts.find(({ id }) => id === contact)?.name ?? contact
}
