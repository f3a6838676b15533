import { Temporal } from 'temporal-polyfill'
import type { SimulatedHome } from '../../devices/simulator/home-plan.ts'
import { writeImportFile } from '../../devices/simulator/home-plan.ts'
import { affect, createIncident } from '../../devices/simulator/incident.ts'
import type { Incident, IncidentName } from '../../devices/simulator/incident.ts'
import { encodePayload, topicOf } from '../../devices/simulator/sensor-model.ts'
import type { Message } from '../../devices/simulator/sensor-model.ts'
import { createPassword, hashPassword } from '../broker/credentials.ts'
import { createIntake } from '../broker/intake.ts'
import type { Arrival } from '../broker/intake.ts'
import { createCore } from '../core/create-core.ts'
import { createSqliteStore } from '../database/core-store.ts'
import { openDatabase } from '../database/open-database.ts'
import { createRegistry } from '../database/registry.ts'
import type { Profile } from '../decode/profile.ts'
import type { Input, RuleFile } from '../model/input.ts'
import { parseHomes } from '../register/parse-homes.ts'
import { parseRules } from '../rules/parse-rules.ts'
import { ProblemsError } from '../source/problem.ts'
import { resolveAs, respondTo } from './demo-responders.ts'
import type { Response } from './demo-responders.ts'

const HOUR = 3_600_000

export interface PastOptions {
  /** An empty data folder. */
  readonly folder: string
  readonly homes: readonly SimulatedHome[]
  /** By gateway. */
  readonly passwords: Readonly<Record<string, string>>
  readonly profiles: ReadonlyMap<string, Profile>
  readonly ruleFiles: readonly RuleFile[]
  /** ms since 1970. */
  readonly from: number
  readonly to: number
  /** From 0 to 1. */
  readonly onProgress: (done: number) => void
}

export interface Past {
  readonly messages: number
  readonly readings: number
  readonly alerts: number
  /** What goes on into the present. */
  readonly incidents: readonly (Incident & { readonly home: string })[]
}

/** A day of the week before, counted back from the last; the home by its index. */
const WEEK: readonly { daysAgo: number; time: string; home: number; name: IncidentName; hours?: number }[] = [
  { daysAgo: 6, time: '13:40', home: 2, name: 'fall' },
  { daysAgo: 6, time: '20:15', home: 6, name: 'sos' },
  { daysAgo: 5, time: '09:30', home: 0, name: 'low-spo2' },
  { daysAgo: 5, time: '17:05', home: 4, name: 'gateway-offline', hours: 1.2 },
  { daysAgo: 4, time: '02:50', home: 8, name: 'fall' },
  { daysAgo: 4, time: '11:20', home: 3, name: 'sos' },
  { daysAgo: 3, time: '15:10', home: 9, name: 'low-spo2' },
  { daysAgo: 3, time: '16:00', home: 5, name: 'sensor-silent', hours: 2 },
  { daysAgo: 2, time: '07:45', home: 10, name: 'fall' },
  { daysAgo: 2, time: '21:30', home: 1, name: 'sos' },
  { daysAgo: 1, time: '04:10', home: 7, name: 'fall' },
  { daysAgo: 1, time: '12:00', home: 11, name: 'gateway-offline', hours: 0.7 },
]

/**
 * Fills an empty data folder with what the homes did until now: every message goes the way of a real one
 * (decoding, rules, alerts, outbox, journal), only the clock is virtual and nothing is sent. In the end every
 * alert about a person is answered and no message waits.
 * @throws ProblemsError
 */
export async function simulatePast(options: PastOptions): Promise<Past> {
  const { homes, profiles, ruleFiles, from, to, onProgress } = options
  const rules = parseRules(ruleFiles)
  if (!rules.ok) throw new ProblemsError('Cannot use the rules', rules.problems)
  const register = parseHomes('homes.yaml', writeImportFile(homes), profiles, rules.value)
  if (!register.ok) throw new ProblemsError('Cannot register the simulated homes', register.problems)

  const database = openDatabase(options.folder)
  // Nobody waits for these to be safe: all of it is made again if the machine stops now.
  database.db.exec('PRAGMA synchronous = OFF')
  let time = from
  let failure: Error | undefined
  const core = createCore({
    store: createSqliteStore(database.db),
    clock: { wall: () => time, steady: () => time },
    onFailure: (error) => (failure = error),
    onFollowerFailure: (error) => (failure = new Error('Cannot simulate the past', { cause: error })),
  })
  try {
    const intake = createIntake(core, profiles)
    let waiting: Response[] = []
    let readings = 0
    const raised = new Set<string>()
    const situation = {
      alert: core.alert,
      contactsOf: (home: string) => core.home(home)?.contacts ?? [],
    }
    core.onCommit((commit) => {
      for (const { input } of commit.entries) if (input.type === 'reading') readings++
      for (const { id } of commit.alerts) raised.add(id)
      waiting.push(...respondTo(commit, time, situation))
    })
    const submit = (inputs: readonly Input[]): Promise<void> =>
      new Promise((fulfil, reject) => {
        core.submit(inputs, (error) => (error ? reject(error) : fulfil()))
      })
    /** Lets the people do what they do until a time, or only the phones. */
    const respond = async (until: number, by?: Response['by']): Promise<void> => {
      for (;;) {
        const next = waiting.reduce<Response | undefined>((first, one) => {
          const isMeant = one.at <= until && (by === undefined || one.by === by)
          return isMeant && (!first || one.at < first.at) ? one : first
        }, undefined)
        if (!next) return
        waiting = waiting.filter((one) => one !== next)
        time = Math.min(Math.max(time, Math.floor(next.at)), to)
        const input = next.input()
        if (input) await submit([input])
      }
    }

    await submit([{ type: 'rules', files: ruleFiles }])
    for (const { home, personal } of register.value) await core.takeHome(home, personal)
    const registry = createRegistry(database.db)
    for (const { id, gateway } of homes) {
      const passwordHash = hashPassword(options.passwords[gateway] ?? createPassword())
      registry.addGateway({ id: gateway, home: id, passwordHash, createdAt: from })
      await submit([{ type: 'gateway', home: id, gateway, to: 'online' }])
    }

    const { events, incidents } = planWeek(homes, from, to)
    for (const [index, event] of events.entries()) {
      await respond(event.at)
      time = event.at
      const { happens } = event
      const inputs =
        happens.type === 'input'
          ? [happens.input]
          : intake.inputsOf({ ...happens.arrival, sent: asFromGateway(happens.arrival.home, index) }, time)
      if (inputs.length > 0) await submit(inputs)
      if (failure) throw failure
      if (index % 500 === 0) onProgress(index / events.length)
    }
    await respond(to)
    time = to
    // Whatever is still under way comes to its end now; a weak battery may wait for a visit.
    for (const alert of core.openAlerts()) {
      if (alert.category !== 'technical' || alert.condition === 'cleared') await submit([resolveAs(alert)])
    }
    await respond(Infinity, 'phone')
    core.stop()
    database.db.exec('PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE)')
    onProgress(1)
    return {
      messages: events.length,
      readings,
      alerts: raised.size,
      incidents: incidents.filter(({ until }) => until > to),
    }
  } finally {
    core.stop()
    database.close()
  }
}

interface Event {
  readonly at: number
  readonly happens:
    | { readonly type: 'arrival'; readonly arrival: Arrival }
    | { readonly type: 'input'; readonly input: Input }
}

/** Everything that comes from the homes, in the order of time. */
function planWeek(
  homes: readonly SimulatedHome[],
  from: number,
  to: number,
): { events: Event[]; incidents: Past['incidents'] } {
  const incidents = planIncidents(homes, to)
  const events = homes.flatMap((home) => {
    const own = incidents.filter((incident) => incident.home === home.id)
    const effects = own.flatMap((incident) => incident.effects)
    const days = [...statesAt(home, from), ...home.household.between(from, to)]
    const ordinary = days.flatMap((message) => affect(message, effects) ?? [])
    const link = effects
      .filter(({ does }) => does === 'cut-link')
      .flatMap((cut): Event[] => [linkEvent(home, cut.from, 'offline'), linkEvent(home, cut.until, 'online')])
    return [
      ...[...ordinary, ...own.flatMap(({ messages }) => messages)].map((message) =>
        arrivalEvent(home, message),
      ),
      ...link,
    ]
  })
  return {
    events: events.filter(({ at }) => at > from && at <= to).toSorted((a, b) => a.at - b.at),
    incidents,
  }
}

/** How things are when the history begins, so that the first change of a bed or a door is one. */
function statesAt({ household }: SimulatedHome, from: number): Message[] {
  const last = new Map(household.between(from - 6 * HOUR, from).map((message) => [message.sensor, message]))
  // A measurement is not said twice.
  for (const { id, model } of household.sensors) if (model === 'oximeter') last.delete(id)
  return [...last.values()].map((message) => ({ ...message, at: from + 1, isRoutine: true as const }))
}

function planIncidents(homes: readonly SimulatedHome[], to: number): Past['incidents'] {
  const planned = WEEK.flatMap(({ daysAgo, time, home: index, name, hours }) => {
    const home = homes[index]
    if (!home) return []
    const today = Temporal.Instant.fromEpochMilliseconds(to)
      .toZonedDateTimeISO(home.household.timezone)
      .toPlainDate()
    const at = today.subtract({ days: daysAgo }).toZonedDateTime({
      timeZone: home.household.timezone,
      plainTime: Temporal.PlainTime.from(time),
    }).epochMilliseconds
    const incident = createIncident(name, home.household, at, hours === undefined ? undefined : hours * HOUR)
    return incident ? [{ ...incident, home: home.id }] : []
  })
  // One thing is left for somebody to see to.
  const weak = homes[5]
  const incident = weak && createIncident('battery-low', weak.household, to - 5 * HOUR)
  return weak && incident ? [...planned, { ...incident, home: weak.id }] : planned
}

/** At QoS 1, as gateways should send. */
function asFromGateway(home: string, index: number): NonNullable<Arrival['sent']> {
  return { client: `${home}-past`, packetId: 1 + (index % 65_535), dup: false }
}

function arrivalEvent(home: SimulatedHome, { at, sensor: id, form, payload }: Message): Event {
  const sensor = home.household.sensors.find((one) => one.id === id)
  if (!sensor) throw new Error(`Cannot send for sensor ${id} of home ${home.id}: it has none of this name`)
  const rest = topicOf(sensor, form)
  const arrival = { home: home.id, topic: `homes/${home.id}/${rest}`, rest, payload: encodePayload(payload) }
  return { at, happens: { type: 'arrival', arrival } }
}

function linkEvent({ id, gateway }: SimulatedHome, at: number, to: 'online' | 'offline'): Event {
  return { at, happens: { type: 'input', input: { type: 'gateway', home: id, gateway, to } } }
}
