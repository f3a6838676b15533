import { computeOverview } from '../../hub/threads/compute-overview.ts'
import { computePast } from '../../hub/threads/compute-past.ts'
import type { PastReads } from '../../hub/database/past-reads.ts'
import { NO_POLICIES } from '../../hub/alerts/policy.ts'
import type { PolicySet } from '../../hub/alerts/policy.ts'
import type { Commit, Core, ModeInForce, Outcome } from '../../hub/core/core.ts'
import type { Seen } from '../../hub/core/seen.ts'
import type { AnswerRow, HoldView, Office, RulesStatus } from '../../hub/http/office.ts'
import { OfficeError } from '../../hub/http/office.ts'
import type { Alert, AlertEvent, GatheredHome } from '../../hub/model/alert.ts'
import type { Away } from '../../hub/model/away.ts'
import type { Home, HomePersonal, LimitNote } from '../../hub/model/home.ts'
import type { PastReading } from '../../hub/model/past.ts'
import type { Input, JournalEntry } from '../../hub/model/input.ts'
import type { Protection } from '../../hub/model/protection.ts'
import type { Order } from '../../hub/model/shift.ts'
import type { AlertNotification } from '../../hub/model/notification.ts'
import type { Areas } from '../../hub/model/person.ts'
import type { Certificate, Visit } from '../../hub/model/visit.ts'
import { memoryPeople } from './memory-people.ts'
import { memoryRegister, memoryVisits } from './memory-register.ts'
import type { SystemFacts } from '../../hub/model/system.ts'
import { judgeSystem } from '../../hub/watch/judge-system.ts'
import { ProblemsError } from '../../hub/source/problem.ts'
import { EMPTY_COMMIT } from '../helpers/nothing-new.ts'

const noReads: PastReads = {
  home: () => ({ readings: [], before: [], links: [], alerts: [] }),
  frame: () => ({ before: [], links: [], alerts: [] }),
  *readings() {},
  alertsOf: () => [],
}

export interface MemoryOffice extends Office {
  addHome(home: Home, personal: HomePersonal): void
  setReachable(home: string, reachable: boolean): void
  /** Puts an alert or its messages in, and tells of it as a commit does. */
  put(change: { alerts?: Alert[]; notifications?: AlertNotification[]; events?: AlertEvent[] }): void
  putSeen(home: string, device: Seen): void
  /** Of a home, open or finished. */
  putVisit(visit: Visit): void
  putCertificate(certificate: Certificate): void
  /** Every input that was taken. */
  readonly taken: Input[]
  readonly seriesQueries: unknown[]
  /** What is kept of the past of every home. */
  readonly pastReadings: PastReading[]
  notReadyReason: string | undefined
  wasAway: readonly Away[]
  systemFacts: SystemFacts
  /** Who is told of what. */
  policySet: PolicySet
  refusedRules: RulesStatus['refused']
  rulesInForce: RulesStatus['rules']
  /** How homes are that are otherwise than whether they are reachable says. */
  readonly protections: Map<string, Protection>
  /** Modes and holds that were set or ended, oldest first. */
  orders: readonly Order[]
}

/** An office that keeps everything in memory, with just enough sense to show pages and answer requests. */
export function memoryOffice(now: () => number = () => Date.now()): MemoryOffice {
  const homes = new Map<string, { home: Home; personal: HomePersonal }>()
  const unreachable = new Set<string>()
  const visits = new Map<string, Visit>()
  const certificates: Certificate[] = []
  const alerts = new Map<string, Alert>()
  const events: AlertEvent[] = []
  const notifications = new Map<string, AlertNotification>()
  const answers: AnswerRow[] = []
  const listeners = new Set<(commit: Commit) => void>()
  const memory = memoryPeople(now)
  const taken: Input[] = []
  const seen: (Seen & { readonly home: string })[] = []
  const modes = new Map<string, ModeInForce[]>()
  let holds: HoldView[] = []
  const limitNotes: LimitNote[] = []
  const seriesQueries: unknown[] = []
  const pastReadings: PastReading[] = []
  let seq = 0
  let watchedAreas: Areas = []

  const tell = (commit: Partial<Commit>) => {
    const whole: Commit = { ...EMPTY_COMMIT, ...commit }
    for (const listener of listeners) listener(whole)
  }

  const take = async (input: Input): Promise<Outcome> => {
    if (input.type === 'boards') {
      watchedAreas = input.areas
      return { taken: true, seq: ++seq }
    }
    taken.push(input)
    if (!('alert' in input)) throw new Error(`no ${input.type} here`)
    const alert = alerts.get(input.alert)
    if (!alert) return { taken: false, why: 'not-found', reason: `There is no alert "${input.alert}".` }
    if (input.type !== 'acknowledge' && input.type !== 'resolve') {
      const { by } = input
      const changed: Alert = {
        ...alert,
        ...(input.type === 'take-over' && { handledBy: by }),
        ...(input.type === 'hand-on' && { handedTo: input.to }),
        ...(input.type === 'attend' && { attendance: { what: input.what, by, at: now() } }),
      }
      alerts.set(changed.id, changed)
      tell({ entries: [{ seq: ++seq, now: now(), input }], alerts: [changed] })
      return { taken: true, seq }
    }
    if (alert.handling === 'resolved') {
      return { taken: false, why: 'not-possible', reason: 'it is resolved already' }
    }
    const { nextStepAt: _, ...rest } = alert
    const changed: Alert = {
      ...rest,
      handling: input.type === 'acknowledge' ? 'acknowledged' : 'resolved',
      handledBy: input.by,
      handledAt: now(),
      ...(input.type === 'resolve' && { cause: input.cause }),
    }
    alerts.set(changed.id, changed)
    const what = input.type === 'acknowledge' ? 'acknowledged' : 'resolved'
    events.push({ alert: alert.id, now: now(), at: now(), what, by: input.by, via: input.via })
    const entry: JournalEntry = { seq: ++seq, now: now(), input }
    tell({ entries: [entry], alerts: [changed] })
    return { taken: true, seq }
  }

  const core: Core = {
    now,
    unwritten: () => 0,
    submit: () => {
      throw new Error('the API takes one input at a time')
    },
    take,
    async takeTogether([first, ...more]) {
      if (first === undefined) throw new Error('nothing is to be taken')
      const outcome = await take(first)
      return outcome.taken && more.length > 0 ? core.takeTogether(more) : outcome
    },
    takeStaff: () => Promise.reject(new Error('staff come by importStaff')),
    staff: () => new Map(),
    policies: () => office.policySet,
    isOverLimit: () => false,
    toldUnder: () => [],
    takeHome: () => Promise.reject(new Error('homes come by importHomes')),
    onCommit(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    home: (id) => homes.get(id)?.home,
    seen: (home) => seen.filter((one) => one.home === home),
    *homes() {
      for (const { home } of homes.values()) yield home
    },
    openAlerts: () => [...alerts.values()].filter((one) => one.handling !== 'resolved'),
    alert: (id) => alerts.get(id),
    watchedAreas: () => watchedAreas,
    alarmsOnlySince: () => undefined,
    day: () => undefined,
    isReachable: (home) => !unreachable.has(home),
    isOnline: (home) => !unreachable.has(home),
    blind: () => undefined,
    silentSensors: () => 0,
    sensorState: () => undefined,
    visit: () => undefined,
    modes: (home) => modes.get(home) ?? [],
    holds: (home) => holds.filter((one) => home === undefined || one.home === home),
  }

  const newestMessages = (before?: { queuedAt: number; id: string }) =>
    [...notifications.values()]
      .sort((a, b) => b.queuedAt - a.queuedAt || (a.id < b.id ? 1 : -1))
      .filter(
        ({ queuedAt, id }) =>
          !before || queuedAt < before.queuedAt || (queuedAt === before.queuedAt && id < before.id),
      )

  const pastFrame = (home: string, from: number) => ({
    before: [],
    links: [],
    alerts: [...alerts.values()].filter((one) => one.home === home && one.raisedAt >= from),
  })

  const look = ({ id, state }: Home): Protection =>
    office.protections.get(id) ??
    (unreachable.has(id)
      ? { state: state?.is ?? 'not', reasons: [{ code: 'no-link', makes: 'not', since: 1 }] }
      : { state: state?.is ?? 'protected', reasons: [] })

  const office: MemoryOffice = {
    core,
    protections: new Map(),
    journal: {
      newest: () => seq,
      seqAt: () => 1,
      timeOf: () => undefined,
      restores: () => [],
      readings: () => ({ items: [], upTo: seq }),
      events: () => ({ items: [], upTo: seq }),
    },
    protection: {
      look: () => look,
      states: async () => new Map([...homes.values()].map(({ home }) => [home.id, look(home).state])),
      months: () => [{ month: '2026-10', minutes: 61, of: 44_640 }],
    },
    history: {
      series: async (query) => {
        seriesQueries.push(query)
        return [{ at: query.from, value: 36.6 }]
      },
    },
    async past(id, from, to) {
      return computePast(
        { home: homes.get(id)!.home, span: { from, to } },
        { home: () => ({ readings: pastReadings, ...pastFrame(id, from) }) },
      )
    },
    async overview(id, from, to) {
      return computeOverview(
        { home: homes.get(id)!.home, span: { from, to } },
        {
          ...noReads,
          frame: () => pastFrame(id, from),
          *readings(_home, kind) {
            yield* pastReadings
              .filter((one) => one.kind === kind && one.at >= from && one.at < to)
              .toSorted((a, b) => b.at - a.at)
          },
        },
      )
    },
    alertsOf: (home, rule) => [...alerts.values()].filter((one) => one.home === home && one.rule === rule),
    alerts: ({ all, limit }) =>
      [...alerts.values()]
        .filter((one) => all || one.handling !== 'resolved')
        .sort((a, b) => b.openedAt - a.openedAt)
        .slice(0, limit),
    resolvedAlerts: ({ limit, before }) =>
      [...alerts.values()]
        .filter(({ handling }) => handling === 'resolved')
        .sort((a, b) => b.openedAt - a.openedAt || (a.id < b.id ? 1 : -1))
        .filter(
          ({ openedAt, id }) =>
            !before || openedAt < before.openedAt || (openedAt === before.openedAt && id < before.id),
        )
        .slice(0, limit),
    alert: (id) => alerts.get(id),
    alertEvents: (alert) => events.filter((one) => one.alert === alert),
    register: memoryRegister(homes, (home, gateway) => core.isOnline(home, gateway) ?? false),
    compareHomes: () => Promise.resolve({ homes: [], others: 0 }),
    exportHomes: () => Promise.resolve(''),
    visits: memoryVisits(visits, certificates),
    requests: { find: () => undefined, keep() {} },
    failedNotifications: (limit, before) =>
      newestMessages(before)
        .filter(({ state }) => state === 'failed')
        .slice(0, limit),
    notification: (id) => notifications.get(id),
    status: () => undefined,
    makeStatusLink: () => Promise.reject(new Error('links are made by the hub')),
    notificationsOf: (alert) => [...notifications.values()].filter((one) => one.alert === alert),
    newestNotifications: (limit, before) => newestMessages(before).slice(0, limit),
    personal: (home) => homes.get(home)?.personal,
    label: (home) => homes.get(home)?.personal.label,
    ruleText: (id) => ({ file: 'falls.yaml', text: `id: ${id}\non: fall\nwhen: value == "detected"` }),
    undecoded: (limit, before = Infinity) =>
      [{ seq: 9, now: 5, home: 'h1', topic: 'homes/h1/x', payload: '{', reason: 'Cannot read this JSON.' }]
        .filter(({ seq }) => seq < before)
        .slice(0, limit),
    seen: (home) => core.seen(home).map((one) => ({ ...one, likely: [] })),
    async ignoreSeen(home, address, { on, by, via }) {
      const index = seen.findIndex((one) => one.home === home && one.address === address)
      const known = seen[index]
      if (!known) throw new OfficeError('not-found', `Cannot find the device "${address}".`)
      const { ignored: _, ...rest } = known
      seen[index] = { ...rest, ...(on && { ignored: { at: now(), by, via } }) }
      tell({ seenOf: [home] })
    },
    putSeen(home, device) {
      seen.push({ ...device, home })
      tell({ seenOf: [home] })
    },
    async importHomes(file, text) {
      if (text.includes('bad')) {
        const at = (line: number) => ({ file, line, column: 3, message: `Cannot take line ${line}.` })
        throw new ProblemsError('Cannot import these homes', [at(2), at(4)])
      }
      return { homes: 1, changed: 1, limitsReplaced: 0, changedHomes: ['h1'], toldChanged: [] }
    },
    async addGateway(home, { id = 'gw-1' }) {
      if (!homes.has(home)) throw new OfficeError('not-found', `Cannot find the home "${home}".`)
      return { home, username: id, password: 'shown-once' }
    },
    gatewayCertificates: () => [
      { fingerprint: 'f', gateway: 'gw-1', home: 'h1', serial: '7f', validTo: 9, madeAt: 1 },
    ],
    gatewayHome: (id) => (id === 'gw-1' ? 'h1' : undefined),
    async renewGateway() {
      return { home: 'h1', certificate: 'C', key: 'K', authority: 'A', serial: '7f', validTo: 9 }
    },
    async revokeGateway() {
      return { home: 'h1', disconnected: 1 }
    },
    limits(home) {
      if (!homes.has(home)) throw new OfficeError('not-found', `Cannot find the home "${home}".`)
      return { limits: [], notes: limitNotes }
    },
    async changeLimits(home, { resident, set = {}, unset = [], by, via, why }) {
      const said = { at: now(), by, via, why, ...(resident !== undefined && { resident }) }
      for (const name of [...Object.keys(set), ...unset]) {
        const [rule = '', param = ''] = name.split('.')
        const to = set[name]
        limitNotes.push({ ...said, rule, param, ...(to !== undefined && { to }) })
      }
      return this.limits(home)
    },
    modes(home) {
      if (!homes.has(home)) throw new OfficeError('not-found', `Cannot find the home "${home}".`)
      return {
        home,
        timezone: 'Europe/Oslo',
        modes: modes.get(home) ?? [],
        installers: [],
        unansweredTests: 0,
      }
    },
    async setMode(home, { mode, on, by, via, until }) {
      if (!homes.has(home)) throw new OfficeError('not-found', `Cannot find the home "${home}".`)
      if (until && 'at' in until && until.at < '2026') {
        throw new OfficeError('invalid', `Cannot set ${mode}: ${until.at} has passed`)
      }
      const others = this.core.modes(home).filter((one) => one.mode !== mode)
      const end = mode === 'maintenance' && { until: now() + 4 * 3_600_000 }
      modes.set(home, on ? [...others, { mode, since: now(), ...end, by, via }] : others)
      tell({ modesOf: [home] })
      return this.modes(home)
    },
    holds(home) {
      if (!homes.has(home)) throw new OfficeError('not-found', `Cannot find the home "${home}".`)
      return { home, timezone: 'Europe/Oslo', holds: holds.filter((one) => one.home === home) }
    },
    allHolds: () => holds,
    consents: (home) => ({ home, timezone: 'Europe/Oslo', contacts: [] }),
    changeConsent: async (home) => ({ home, timezone: 'Europe/Oslo', contacts: [] }),
    async setHold(home, order) {
      const { rule, by, via } = order
      const before = this.holds(home).holds.find((one) => one.rule === rule)
      if (order.on && rule === 'fall') throw new OfficeError('invalid', 'Cannot hold fall: it is an alarm')
      holds = holds.filter((one) => one !== before)
      if (order.on) {
        const until = now() + 2 * 3_600_000
        holds.push({ home, rule, since: now(), until, by, via, why: order.why, unanswered: 0 })
        homes.get(home)!.personal = {
          ...homes.get(home)!.personal,
          holds: { [rule]: { at: now(), why: order.why } },
        }
      }
      tell({ modesOf: [home] })
      return this.holds(home)
    },
    rules() {
      const { refusedRules } = this
      return {
        folder: 'rules',
        since: now(),
        rules: this.rulesInForce,
        policies: [],
        ...(refusedRules && { refused: refusedRules }),
      }
    },
    refusedRules: undefined,
    rulesInForce: [],
    messageText: (one) => {
      const alert = alerts.get(one.alert ?? '')
      if (one.template === 'taken') return 'Siv tar seg av varselet hos Mor.'
      return `VARSEL: ${alert?.title['nb']} hos Mor. Svar 1 ${alert?.code} = jeg tar det, 2 ${alert?.code} = kan ikke. Uten svar varsles neste om 2 min.`
    },
    async takeAnswer(from, text) {
      for (const { home, personal } of homes.values()) {
        const contact = personal.contacts.find((one) => one.phone === from)
        if (!contact) continue
        answers.unshift({ at: now(), home: home.id, contact: contact.id, text })
        const alert = [...alerts.values()].find((one) => text === `1 ${one.code}`)
        if (!alert) {
          const action = 'unclear'
          const input: Input = { type: 'answer', home: home.id, contact: contact.id, action }
          tell({ entries: [{ seq: ++seq, now: now(), input }] })
          return { matched: false, reason: 'Cannot tell which alert this is about.' }
        }
        await take({ type: 'acknowledge', alert: alert.id, by: `contact:${contact.id}`, via: 'sms' })
        tell({
          entries: [
            {
              seq: ++seq,
              now: now(),
              input: {
                type: 'answer',
                home: home.id,
                contact: contact.id,
                action: 'accept',
                code: alert.code,
              },
            },
          ],
        })
        return { matched: true, reason: 'Taken.' }
      }
      return { matched: false, reason: 'Nobody has this number.' }
    },
    answers: (limit) => answers.slice(0, limit),
    staff: () => [],
    staffMember: () => undefined,
    importStaff: () => Promise.reject(new Error('no staff here')),
    links: {
      open: () => undefined,
      requestCode: () => ({ ok: true }),
      signIn: () => 'none',
      isSignedIn: () => false,
    },
    people: memory.people,
    audit: memory.audit,
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: 'aal_up 1\n' }),
    indicators: async (period) => ({
      ...period,
      figures: [{ id: 'answered-60', value: 50, of: 2, startingPoint: { value: 40, of: 10 } }],
    }),
    heartbeat: () => ({ now: now(), writtenAgo: 40, timerLate: 0, outboxAge: 0 }),
    system: async () => ({ facts: office.systemFacts, problems: judgeSystem(office.systemFacts) }),
    systemFacts: {
      heartbeat: { now: now(), writtenAgo: 40, timerLate: 0, outboxAge: 0 },
      broker: { connections: 2, most: 10_000 },
      journal: { entries: 1234, bytes: 5_600_000 },
      disk: { free: 40_000_000_000, total: 64_000_000_000, stage: 'ok' },
      channels: [{ channel: 'kannel', kind: 'sms', ok: true }],
      certificates: [{ use: 'mqtt.tls', validTo: now() + 90 * 86_400_000 }],
      gatewayCertificatesEnding: 0,
      connectors: [],
      backup: { madeAt: now() - 3_600_000, isEncrypted: true },
      deadMan: { toldAt: now() },
      versions: { hub: '0.0.0', node: '24.0.0', sqlite: '3.51.3', schema: 9 },
    },
    away() {
      return this.wasAway
    },
    wasAway: [],
    alertsSince: (from, limit) => {
      const touched = [...alerts.values()].filter((one) =>
        [one.openedAt, one.lastAt, one.handledAt ?? 0].some((at) => at >= from),
      )
      return { alerts: touched.slice(0, limit), more: touched.length > limit }
    },
    ordersSince(from) {
      return this.orders.filter(({ at }) => at >= from)
    },
    orders: [],
    handover: memory.handover,
    copyResident: () => ({ language: 'nb', isWhole: true, async *rows() {} }),
    erasures: {
      plan: async (home) => ({ home, isWhole: true, sensors: [], counts: {}, refused: [], remains: [] }),
      callOff: async () => {},
      erase: async (home, _resident, by) => ({
        id: 1,
        home,
        sensors: [],
        at: now(),
        step: 'register',
        by,
        counts: {},
        upTo: 0,
      }),
      list: () => [],
      find: () => undefined,
      remains: async () => [],
      start: () => {},
      stop: async () => {},
    },
    ruleBook: {
      files: () => [{ name: 'falls.yaml', text: 'rules:\n  - id: fall\n' }],
      writable: async () => ({ ok: true, folder: 'rules' }),
      load: async () => ({
        from: now() - 30 * 86_400_000,
        to: now(),
        homeDays: [...homes.keys()].map((home) => [home, 30]),
        fired: [{ rule: 'fall', home: 'h1', count: 6, open: 1, causes: { false: 3, real: 2 } }],
      }),
      changes: async () => [
        {
          seq: 7,
          at: now(),
          by: 'operator:ada',
          via: 'console',
          why: 'Too many.',
          triedBy: 'operator:siv',
          added: [],
          removed: [],
          changed: ['fall'],
          files: ['falls.yaml'],
        },
      ],
      trials: () => [],
      trial: (id) => {
        throw new OfficeError('not-found', `Cannot find the trial "${id}".`)
      },
      startTrial: () => {
        throw new OfficeError('conflict', 'Cannot try anything here.')
      },
      stopTrial: () => Promise.reject(new OfficeError('not-found', 'no trial here')),
      switchOn: () => Promise.reject(new OfficeError('not-found', 'no trial here')),
    },
    notes: memory.notes,
    notReady() {
      return this.notReadyReason
    },
    notReadyReason: undefined,
    policySet: NO_POLICIES,
    taken,
    seriesQueries,
    pastReadings,
    putVisit: (visit) => void visits.set(visit.home, visit),
    putCertificate: (certificate) => void certificates.unshift(certificate),
    addHome: (home, personal) => void homes.set(home.id, { home, personal }),
    setReachable: (home, reachable) => void (reachable ? unreachable.delete(home) : unreachable.add(home)),
    put({ alerts: some = [], notifications: messages = [], events: more = [] }) {
      events.push(...more)
      for (const one of some) alerts.set(one.id, one)
      for (const one of messages) notifications.set(one.id, one)
      tell({ alerts: some, notifications: messages })
    },
  }
  return office
}

export function exampleHome(id: string, label: string): [Home, HomePersonal] {
  return [
    {
      id,
      timezone: 'Europe/Oslo',
      gateways: [{ id: 'gw-1' }],
      residents: [{ id: 'r1', language: 'nb' }],
      sensors: [
        {
          id: 'fall-1',
          profile: 'native',
          address: 'fall-1',
          room: 'bathroom',
          resident: 'r1',
          heardEvery: 3_600_000,
          kinds: ['fall'],
        },
      ],
      contacts: [
        { id: 'daughter', language: 'nb', order: 1 },
        { id: 'son', language: 'nb', order: 2 },
      ],
    },
    {
      id,
      label,
      residents: [{ id: 'r1', name: 'Kari Nordmann' }],
      contacts: [
        {
          id: 'daughter',
          name: 'Anne',
          phone: `+47900${id.replaceAll(/\D/g, '').padStart(5, '0')}`,
          alias: 'Mor',
        },
        { id: 'son', name: 'Per', phone: `+47910${id.replaceAll(/\D/g, '').padStart(5, '0')}`, alias: 'Mor' },
      ],
    },
  ]
}

export function exampleAlert(change: Partial<Alert> = {}): Alert {
  const raisedAt = change.raisedAt ?? Date.UTC(2026, 10, 21, 2, 12)
  return {
    id: 'a1',
    home: 'h1',
    rule: 'fall',
    scope: 'h1/fall-1',
    code: '4821',
    title: { en: 'Possible fall', nb: 'Mulig fall' },
    advice: { en: 'Call the home.', nb: 'Ring hjem til personen.' },
    category: 'safety',
    resolve: 'manual',
    severity: 'high',
    condition: 'active',
    handling: 'new',
    raisedAt,
    openedAt: raisedAt,
    lastAt: raisedAt,
    count: 1,
    detail: { sensor: 'fall-1', room: 'bathroom', kind: 'fall', value: 'detected' },
    step: 1,
    progress: { round: 0, told: ['contact:daughter'], asked: [] },
    nextStepAt: raisedAt + 120_000,
    ...change,
  }
}

/** Many homes of one area at once; `homes` are in its list. */
export function exampleAreaAlert(homes: readonly GatheredHome[], change: Partial<Alert> = {}): Alert {
  const { home: _home, nextStepAt: _next, ...rest } = exampleAlert()
  return {
    ...rest,
    id: 'area1',
    area: 'Vardø',
    rule: 'gateway-silent',
    scope: 'area/Vardø',
    title: { en: 'No contact with many homes at once', nb: 'Ingen kontakt med mange hjem samtidig' },
    category: 'technical',
    resolve: 'auto',
    severity: 'medium',
    detail: { homes, most: homes.length + 2 },
    step: 0,
    progress: { round: 0, told: [], asked: [] },
    ...change,
  }
}

export function exampleNotification(change: Partial<AlertNotification> = {}): AlertNotification {
  return {
    id: 'a1/1/daughter/sms',
    alert: 'a1',
    home: 'h1',
    contact: 'daughter',
    channel: 'sms',
    template: 'alert',
    step: 1,
    state: 'delivered',
    attempts: 1,
    queuedAt: Date.UTC(2026, 10, 21, 2, 12),
    notBefore: 0,
    ...change,
  }
}
