import { randomBytes } from 'node:crypto'
import { isUnansweredTest } from '../alerts/is-unanswered-test.ts'
import type { RunningCore } from '../core/create-core.ts'
import type { Certificates } from '../database/certificates.ts'
import type { JournalReader } from '../database/journal.ts'
import { isAlarmSensor } from '../decode/is-alarm-sensor.ts'
import type { Profile } from '../decode/profile.ts'
import { OfficeError } from '../http/office.ts'
import type { Office } from '../http/office.ts'
import { RegisterError } from '../http/register.ts'
import type { Register } from '../http/register.ts'
import type { FinishOrder, StartOrder, VisitOrder, Visits } from '../http/visits.ts'
import type { Alert } from '../model/alert.ts'
import type { SensorFacts } from '../model/home.ts'
import type { Input } from '../model/input.ts'
import { serviceOf } from '../model/service-state.ts'
import { VISIT_MAINTENANCE } from '../model/visit.ts'
import type { Certificate, Visit, VisitRow } from '../model/visit.ts'
import type { Registered } from '../register/limits.ts'
import { withReason } from '../register/reasons.ts'
import { addMonths } from '../time/add-months.ts'
import { canonicalJson, sealCertificate, sha256 } from './seal-certificate.ts'
import { timeAlarm } from './time-alarm.ts'
import { installersWithPhone, viewVisit } from './view-visit.ts'
import type { InTurn } from './in-turn.ts'

export interface VisitParts {
  readonly core: RunningCore
  readonly journal: Pick<JournalReader, 'alertEvents' | 'notificationsOf'>
  readonly certificates: Certificates
  readonly profiles: ReadonlyMap<string, Profile>
  readonly people: Pick<Office['people'], 'find'>
  readonly register: Register
  readonly registered: (home: string) => Registered
  /** What is read, changed and written back must not cross another change of the register. */
  readonly inTurn: InTurn
  readonly version: string
  /** After so many months a home is to be proven again. */
  readonly checkEvery: number
}

const WHY_MAINTENANCE = 'visit'

/** The installer's visit, put together from the stream and what is kept of alerts. */
export function createVisits(parts: VisitParts): Visits {
  const { core, journal, certificates, profiles, register, registered, inTurn } = parts

  function nameOf(by: string): string | undefined {
    return by.startsWith('operator:') ? parts.people.find(by.slice('operator:'.length))?.name : undefined
  }

  function opened(id: string): VisitRow {
    registered(id)
    const row = core.visit(id)
    if (!row)
      throw new OfficeError('conflict', `Cannot go on with the visit: none is open in ${id}. Start it`)
    return row
  }

  function view(id: string, row: VisitRow): Visit {
    const { home, personal } = registered(id)
    const installers = new Set([row.by, ...installersWithPhone(home), ...(row.alarm ? [row.alarm.by] : [])])
    const alert = row.alarm?.alert?.id
    const byName = nameOf(row.by)
    return viewVisit({
      row,
      home,
      personal,
      profiles,
      stateOf: (sensor) => core.sensorState(id, sensor),
      gateways: register.gateways(id).map(({ id: gateway, online, credentials, reconnects }) => ({
        id: gateway,
        online,
        credentials,
        ...(reconnects !== undefined && { reconnects }),
      })),
      maintenanceUntil: core.modes(id).find(({ mode }) => mode === 'maintenance')?.until,
      unansweredTests: unanswered(id).length,
      alarm:
        row.alarm &&
        timeAlarm(
          row.alarm,
          {
            alert: alert === undefined ? undefined : core.alert(alert),
            events: alert === undefined ? [] : journal.alertEvents(alert),
            notifications: alert === undefined ? [] : journal.notificationsOf(alert),
          },
          (who) => installers.has(who),
          core.now(),
        ),
      byName,
    })
  }

  function read(id: string): Visit | undefined {
    registered(id)
    const row = core.visit(id)
    if (row) return view(id, row)
    const last = certificates.list(id)[0]
    return last && finishedVisit(last)
  }

  function testsOf(id: string): Alert[] {
    return core.openAlerts().filter((alert) => alert.home === id && alert.test === true)
  }

  function unanswered(id: string): Alert[] {
    return testsOf(id).filter(isUnansweredTest)
  }

  /** What was answered was tried: the next alarm is an alert of its own, and nobody need tidy up. */
  async function resolveAnswered(id: string, { by, via }: VisitOrder): Promise<void> {
    const answered = testsOf(id).filter(({ handling }) => handling === 'acknowledged')
    await Promise.all(
      answered.map((alert) => core.take({ type: 'resolve', alert: alert.id, by, via, cause: 'test' })),
    )
  }

  /** All of them, or those before the first that is not possible. @throws OfficeError */
  async function take(inputs: readonly Input[], what: string): Promise<void> {
    const outcome = await core.takeTogether(inputs)
    if (!outcome.taken) throw new OfficeError('conflict', `Cannot ${what}: ${outcome.reason}`)
  }

  /** Where less than so much of it is left. It is never longer than any maintenance: the stream sees to that. */
  function longer(id: string, { by, via }: VisitOrder, atLeast: number): Input[] {
    const now = core.now()
    const until = core.modes(id).find(({ mode }) => mode === 'maintenance')?.until
    if (until !== undefined && until - now >= atLeast) return []
    return [
      { type: 'mode', home: id, mode: 'maintenance', on: true, until: now + VISIT_MAINTENANCE, by, via },
    ]
  }

  async function start(id: string, order: StartOrder): Promise<Visit> {
    const { by, via } = order
    if (serviceOf(registered(id).home) === 'closed') {
      throw new OfficeError(
        'conflict',
        `Cannot start a visit: home ${id} is closed. Set it to commissioning first`,
      )
    }
    if (order.phone !== undefined) await registerInstaller(id, order, order.phone)
    await inTurn(async () => {
      const { home, personal } = registered(id)
      const now = core.now()
      const noted = withReason(personal, 'modes', 'maintenance', WHY_MAINTENANCE, now)
      const isPlanned = serviceOf(home) === 'planned'
      const to = { is: 'commissioning' } as const
      const outcome = await core.takeTogether(
        [
          ...(isPlanned ? [{ type: 'service', home: id, to, by, via } as const] : []),
          ...longer(id, order, VISIT_MAINTENANCE),
          { type: 'visit', what: 'start', home: id, by, via },
        ],
        isPlanned ? { ...noted, state: { at: now, by, via, why: WHY_MAINTENANCE } } : noted,
      )
      if (!outcome.taken) throw new OfficeError('conflict', `Cannot start a visit: ${outcome.reason}`)
    })
    return view(id, opened(id))
  }

  /** Whoever does the visit gets the SMS of its tests as an installer of the home. */
  async function registerInstaller(id: string, order: StartOrder, phone: string): Promise<void> {
    const { home, personal } = registered(id)
    const own = `installer-${order.by.replace(/^[a-z]+:/, '').replaceAll(/[^\w-]/g, '-')}`
    const isThere = home.contacts.some(
      (one) =>
        one.role === 'installer' &&
        personal.contacts.find(({ id: known }) => known === one.id)?.phone === phone,
    )
    if (isThere) return
    const { by, via, areas, language } = order
    const name = nameOf(by)
    const fields = { phone, ...(language !== undefined && { language }) }
    const edit = home.contacts.some((one) => one.id === own)
      ? ({ type: 'change', part: 'contacts', id: own, fields } as const)
      : ({
          type: 'add',
          part: 'contacts',
          entry: { id: own, role: 'installer', ...fields, ...(name !== undefined && { name }) },
        } as const)
    await register.edit(id, edit, undefined, { by, via, areas }).catch((cause: unknown) => {
      // What was sent has one phone number: the place of the error in the contact says nothing to its reader.
      if (!(cause instanceof RegisterError)) throw cause
      throw new RegisterError(
        cause.code,
        cause.problems.map((problem) => ({ ...problem, pointer: '/phone' })),
      )
    })
  }

  async function ask(id: string, order: Parameters<Visits['ask']>[1]): Promise<Visit> {
    opened(id)
    const { sensor: wanted, step, by, via } = order
    const sensor = knownSensor(id, wanted)
    const known = profiles.get(sensor.profile)?.prove?.steps[step]
    if (!known) {
      throw new OfficeError(
        'invalid',
        `Cannot prove step ${step} of "${wanted}": its profile has no such step`,
      )
    }
    const { expect } = known
    const asked: Input = { type: 'visit', what: 'ask', home: id, sensor: wanted, step, expect, by, via }
    await take([asked, ...longer(id, order, VISIT_MAINTENANCE / 2)], `wait for "${wanted}"`)
    return view(id, opened(id))
  }

  function knownSensor(id: string, sensor: string): SensorFacts {
    const facts = registered(id).home.sensors.find((one) => one.id === sensor)
    if (!facts) throw new OfficeError('not-found', `Cannot find the sensor "${sensor}" in home ${id}`)
    return facts
  }

  async function alarm(id: string, order: Parameters<Visits['alarm']>[1]): Promise<Visit> {
    opened(id)
    const { how, sensor: wanted, by, via } = order
    const waiting = unanswered(id).length
    if (waiting > 0) {
      throw new OfficeError(
        'conflict',
        `Cannot begin the timed alarm: ${countOf(waiting, 'test')} unanswered. Answer first, or its message is lost among them`,
      )
    }
    // It would count as happening again, and call those whom a real one calls.
    const real = core
      .openAlerts()
      .find((one) => one.home === id && one.alarm && !one.test && one.handling === 'new')
    if (real) {
      throw new OfficeError(
        'conflict',
        `Cannot begin the timed alarm: a real alert of this home is unanswered, "${real.title.en}". It comes first`,
      )
    }
    if (installersWithPhone(registered(id).home).length === 0) {
      throw new OfficeError(
        'conflict',
        'Cannot begin the timed alarm: no installer of this home has a phone number, so nobody would get the SMS. Give yours',
      )
    }
    const sensor = how === 'hub' ? (wanted ?? likeliest(id)) : wanted
    if (sensor !== undefined) knownSensor(id, sensor)
    const begin: Input = {
      type: 'visit',
      what: 'alarm',
      home: id,
      how,
      by,
      via,
      ...(sensor !== undefined && { sensor }),
    }
    if (how === 'sensor') {
      await resolveAnswered(id, order)
      await take([begin, ...longer(id, order, VISIT_MAINTENANCE / 2)], 'begin the timed alarm')
      return view(id, opened(id))
    }
    if (sensor === undefined) {
      throw new OfficeError('conflict', 'Cannot begin the timed alarm: the home has no sensor to say it for')
    }
    const now = core.now()
    const reading = { home: id, sensor, kind: 'fall', value: 'detected', at: now, receivedAt: now }
    const said: Input = { type: 'reading', reading, test: true }
    await resolveAnswered(id, order)
    await take([begin, ...longer(id, order, VISIT_MAINTENANCE / 2), said], 'begin the timed alarm')
    return view(id, opened(id))
  }

  /** The sensor in whose name the hub says that somebody fell. */
  function likeliest(id: string): string | undefined {
    const { sensors } = registered(id).home
    const says = (kind: string): SensorFacts | undefined => sensors.find(({ kinds }) => kinds.includes(kind))
    const alarming = sensors.find((one) => isAlarmSensor(one, profiles.get(one.profile)))
    return (says('fall') ?? says('sos') ?? alarming ?? sensors[0])?.id
  }

  async function finish(id: string, order: FinishOrder): Promise<Visit> {
    const { by, via, note, force } = order
    const row = opened(id)
    const visit = view(id, row)
    const waiting = unanswered(id).length
    if (waiting > 0) {
      throw new OfficeError(
        'conflict',
        `Cannot finish: ${countOf(waiting, 'test')} unanswered, and would count as real. Answer first`,
      )
    }
    if (visit.missing.length > 0 && force === undefined) {
      throw new OfficeError(
        'conflict',
        `Cannot finish: ${visit.missing.map(({ en }) => en).join('; ')}. Prove it, or give the reason to finish without`,
      )
    }
    const { home, personal } = registered(id)
    const at = core.now()
    const byName = nameOf(by)
    const certificate = sealCertificate({
      format: 1,
      id: `c-${randomBytes(5).toString('hex')}`,
      home: id,
      ...(personal.label !== undefined && { label: personal.label }),
      ...(home.area !== undefined && { area: home.area }),
      timezone: home.timezone,
      at,
      by,
      ...(byName !== undefined && { byName }),
      ...(note !== undefined && { note }),
      ...(force !== undefined &&
        visit.missing.length > 0 && { forced: { reason: force, missing: visit.missing } }),
      visit,
      due: addMonths(at, parts.checkEvery, home.timezone),
      hub: { version: parts.version },
      rules: { sha256: sha256(canonicalJson(core.ruleFiles ?? [])) },
    })
    const said = { home: id, visit: row.id, certificate: certificate.id, sha256: certificate.sha256, by, via }
    const isCommissioned = serviceOf(home) === 'commissioning'
    const outcome = await core.takeTogether(
      [
        { type: 'visit', what: 'finish', ...said },
        ...(isCommissioned ? [{ type: 'service', home: id, to: { is: 'active' }, by, via } as const] : []),
        { type: 'mode', home: id, mode: 'maintenance', on: false, by, via },
      ],
      isCommissioned ? { ...personal, state: { at, by, via } } : personal,
      certificate,
    )
    if (!outcome.taken) throw new OfficeError('conflict', `Cannot finish: ${outcome.reason}`)
    await resolveAnswered(id, order)
    return finishedVisit(certificate)
  }

  return {
    read,
    start,
    ask,
    alarm,
    finish: (id, order) => inTurn(() => finish(id, order)),
    certificates: certificates.list,
    certificate: certificates.find,
    async print(certificate, language) {
      // Once in a while, and it brings a library of its own: no start of a hub waits for it.
      const { printCertificate } = await import('./print-certificate.ts')
      return printCertificate(certificate, language)
    },
    lastProof: certificates.last,
  }
}

function finishedVisit({ visit, at, id }: Certificate): Visit {
  return { ...visit, finished: { at, certificate: id } }
}

function countOf(count: number, what: string): string {
  return count === 1 ? `1 ${what} is` : `${count} ${what}s are`
}
