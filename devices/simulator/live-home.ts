import { isDeepStrictEqual } from 'node:util'
import { hint } from '../../hub/source/parse-yaml.ts'
import { encodeBattery } from './encode-battery.ts'
import type { Gateway } from './gateway.ts'
import type { SimulatedHome } from './home-plan.ts'
import { affect, createIncident } from './incident.ts'
import type { Effect, Incident, IncidentName } from './incident.ts'
import { encodePayload, hasBattery, topicOf } from './sensor-model.ts'
import type { Message, SimulatedSensor } from './sensor-model.ts'
import { stampTime } from './stamp-time.ts'
import { dropoutsOf } from './troubles.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** How much of the day is laid out at once. */
const AHEAD = HOUR
/** No timer is longer, so that a machine that slept is noticed. */
const LONGEST_TIMER = MINUTE

export interface LiveHomeOptions {
  readonly home: SimulatedHome
  readonly gateway: Gateway
  /** ms since 1970. */
  readonly wall: () => number
  /** How many times faster than life the home is lived in. */
  readonly speed: number
  /** What began earlier and goes on. */
  readonly effects?: readonly Effect[]
  /** The gateway loses its link now and then, as the seed has it. */
  readonly hasDropouts?: boolean
  /** How wrong the gateway's clock is at a time, ms. Without it messages say no time. */
  readonly clockError?: (at: number) => number
  /** The gateway lost its link, or has it again. */
  readonly onLink?: (isUp: boolean) => void
}

/** A home that is lived in now. */
export interface LiveHome {
  readonly home: SimulatedHome
  /** Says what its sensors last said, as Zigbee2MQTT does when it starts, then goes on with the day. */
  start(): void
  /**
   * @param lasts ms in the home
   * @returns undefined when the home has no sensor that could show it
   */
  incident(name: IncidentName, lasts?: number): Incident | undefined
  /**
   * From now on the battery of a sensor is at so many %.
   * @returns why not
   */
  drain(sensor: string, battery: number): string | undefined
  /** The gateway's clock goes wrong by so many ms more. */
  shiftClock(by: number): void
  /** Whatever goes on in this home is over: the link is back, the person up again. */
  endIncidents(): void
  readonly isCut: boolean
  stop(): void
}

export function createLiveHome(options: LiveHomeOptions): LiveHome {
  const { home, gateway, speed } = options
  const { household } = home
  const begun = options.wall()
  /** The time in the home: the time of the wall at the beginning, then as fast as wanted. */
  const now = (): number => begun + (options.wall() - begun) * speed
  let effects: Effect[] = [...(options.effects ?? [])]
  /** Sorted by time. */
  let waiting: Message[] = []
  let incidental: Message[] = []
  let laidOutTo = begun
  let timer: NodeJS.Timeout | undefined
  let isCut = false
  let isGone = false
  let clockShift = 0
  const sensors = new Map(household.sensors.map((sensor) => [sensor.id, sensor]))

  function send(message: Message): void {
    const sensor = sensors.get(message.sensor)
    // Nobody keeps what happens while the gateway is gone.
    if (!sensor || isGone) return
    const { form } = message
    const payload = options.clockError ? stamp(sensor, message) : message.payload
    gateway.publish(topicOf(sensor, form), encodePayload(payload))
  }

  function stamp(sensor: SimulatedSensor, { at, form, payload }: Message): unknown {
    // Gateways know nothing of a life that goes faster.
    const wall = Math.floor(begun + (at - begun) / speed)
    return stampTime(sensor, form, payload, wall + (options.clockError?.(wall) ?? 0) + clockShift)
  }

  function announce(): void {
    const last = new Map(
      household.between(begun - 6 * HOUR, begun).map((message) => [message.sensor, message]),
    )
    for (const sensor of household.sensors) {
      const message = last.get(sensor.id)
      // A measurement is not said twice.
      if (!message || sensor.model === 'oximeter') continue
      const affected = affect({ ...message, at: begun, isRoutine: true }, effects)
      if (affected) send(affected)
    }
  }

  function layOut(): void {
    if (waiting.length > 0) return
    // An hour at least; more where a very fast day would be used up at once.
    const to = Math.max(laidOutTo, now()) + AHEAD * Math.max(1, speed / 60)
    waiting = household.between(laidOutTo, to)
    planDropouts(to)
    laidOutTo = to
  }

  function planDropouts(to: number): void {
    if (!options.hasDropouts) return
    const isPlanned = (one: Effect): boolean => effects.some((other) => isDeepStrictEqual(one, other))
    effects.push(...dropoutsOf(household.seed, laidOutTo, to).filter((one) => !isPlanned(one)))
  }

  function superviseLink(): void {
    const at = now()
    const isUnder = (what: Effect['does']): boolean =>
      effects.some(({ does, from, until }) => does === what && at >= from && at < until)
    isGone = isUnder('cut-link')
    const shouldBeCut = isGone || isUnder('hold-back')
    if (shouldBeCut === isCut) return
    isCut = shouldBeCut
    if (isCut) gateway.cut()
    else gateway.mend()
    options.onLink?.(!isCut)
  }

  function run(): void {
    clearTimeout(timer)
    const at = now()
    layOut()
    superviseLink()
    while (waiting[0] && waiting[0].at <= at) {
      const message = waiting.shift()
      const affected = message && affect(message, effects)
      if (affected) send(affected)
      layOut()
    }
    while (incidental[0] && incidental[0].at <= at) {
      const message = incidental.shift()
      if (message) send(message)
    }
    effects = effects.filter(({ until }) => until > at)
    const next = Math.min(
      waiting[0]?.at ?? laidOutTo,
      incidental[0]?.at ?? Infinity,
      ...effects
        .filter(({ does }) => does === 'cut-link' || does === 'hold-back')
        .map(({ from, until }) => (from > at ? from : until)),
    )
    timer = setTimeout(run, Math.min(Math.max((next - now()) / speed, 0), LONGEST_TIMER))
  }

  return {
    home,
    start() {
      planDropouts(begun + 1)
      superviseLink()
      announce()
      run()
    },
    incident(name, lasts) {
      const incident = createIncident(name, household, Math.floor(now()), lasts)
      if (!incident) return undefined
      effects.push(...incident.effects)
      incidental = [...incidental, ...incident.messages].toSorted((a, b) => a.at - b.at)
      run()
      return incident
    },
    drain(id, battery) {
      const sensor = sensors.get(id)
      if (!sensor) return `there is no sensor "${id}"${hint(id, [...sensors.keys()])}`
      if (!hasBattery(sensor)) return `"${id}" is on mains`
      const at = Math.floor(now())
      const said = encodeBattery(sensor, battery, at)
      if (!said) return `"${id}" does not tell its battery`
      const { form, payload } = said
      effects = effects.filter((one) => one.does !== 'drain' || one.sensor !== id)
      effects.push({ does: 'drain', sensor: id, battery, from: at, until: Infinity })
      send({ at, sensor: id, form, payload })
      return undefined
    },
    shiftClock(by) {
      clockShift += by
    },
    endIncidents() {
      effects = []
      clockShift = 0
      // What ends an incident (back online, up again) is said now; what would go on is not.
      const ends = new Map(incidental.map((message) => [`${message.sensor}|${message.form}`, message]))
      incidental = []
      superviseLink()
      for (const message of ends.values()) send(message)
      run()
    },
    get isCut() {
      return isCut
    },
    stop() {
      clearTimeout(timer)
    },
  }
}
