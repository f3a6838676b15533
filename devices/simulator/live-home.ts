import type { Gateway } from './gateway.ts'
import type { SimulatedHome } from './home-plan.ts'
import { affect, createIncident } from './incident.ts'
import type { Effect, Incident, IncidentName } from './incident.ts'
import { encodePayload, topicOf } from './sensor-model.ts'
import type { Message } from './sensor-model.ts'

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
}

/** A home that is lived in now. */
export interface LiveHome {
  readonly home: SimulatedHome
  /** Says what its sensors last said, as Zigbee2MQTT does when it starts, then goes on with the day. */
  start(): void
  /** @returns undefined when the home has no sensor that could show it */
  incident(name: IncidentName, lasts?: number): Incident | undefined
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

  function send(message: Message): void {
    const sensor = household.sensors.find(({ id }) => id === message.sensor)
    if (sensor) gateway.publish(topicOf(sensor, message.form), encodePayload(message.payload))
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
    laidOutTo = to
  }

  function superviseLink(): void {
    const at = now()
    const shouldBeCut = effects.some(
      ({ does, from, until }) => does === 'cut-link' && at >= from && at < until,
    )
    if (shouldBeCut === isCut) return
    isCut = shouldBeCut
    if (isCut) gateway.cut()
    else gateway.mend()
  }

  function run(): void {
    clearTimeout(timer)
    const at = now()
    superviseLink()
    layOut()
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
      ...effects.filter(({ does }) => does === 'cut-link').map(({ until }) => until),
    )
    timer = setTimeout(run, Math.min(Math.max((next - now()) / speed, 0), LONGEST_TIMER))
  }

  return {
    home,
    start() {
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
    endIncidents() {
      effects = []
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
