import type { Household } from './household.ts'
import type { Message, Model, SimulatedSensor } from './sensor-model.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

/** What can happen in a simulated home, beside its ordinary days. */
export const INCIDENTS = [
  'fall',
  'sos',
  'low-spo2',
  'gateway-offline',
  'dropout',
  'battery-low',
  'sensor-silent',
  'unreadable',
] as const
export type IncidentName = (typeof INCIDENTS)[number]

export interface Incident {
  readonly name: IncidentName
  /** For people: `somebody falls in the bathroom`. */
  readonly says: string
  readonly from: number
  readonly until: number
  /** In order. */
  readonly messages: readonly Message[]
  readonly effects: readonly Effect[]
}

/** What an incident does to the ordinary messages of its home, from `from` (included) to `until`. */
export type Effect = { readonly from: number; readonly until: number } &
  /** The gateway is gone, and with it what happens meanwhile. */
  (
    | { readonly does: 'cut-link' }
    /** The gateway has no link, and keeps what it has to send. */
    | { readonly does: 'hold-back' }
    /** The person does nothing; sensors go on speaking by themselves. */
    | { readonly does: 'still' }
    | { readonly does: 'silence'; readonly sensor: string }
    | { readonly does: 'drain'; readonly sensor: string; readonly battery: number }
  )

/** How long each takes when nothing else is said, ms. */
const LASTS: Readonly<Record<IncidentName, number>> = {
  fall: 6 * MINUTE,
  sos: 4 * MINUTE,
  'low-spo2': 8 * MINUTE,
  'gateway-offline': 20 * MINUTE,
  dropout: 10 * MINUTE,
  'battery-low': 24 * 60 * MINUTE,
  'sensor-silent': 30 * MINUTE,
  unreadable: MINUTE,
}

/** Lets something happen; undefined when the home has no sensor that could show it. */
export function createIncident(
  name: IncidentName,
  household: Pick<Household, 'sensors' | 'habits'>,
  from: number,
  lasts: number = LASTS[name],
): Incident | undefined {
  const until = from + lasts
  const { sensors, habits } = household
  const first = (...models: Model[]): SimulatedSensor | undefined =>
    models.flatMap((model) => sensors.filter((sensor) => sensor.model === model))[0]
  const made = (says: string, messages: readonly Message[], effects: readonly Effect[]): Incident => ({
    name,
    says,
    from,
    until,
    messages,
    effects,
  })

  switch (name) {
    case 'fall': {
      const sensor = first('fall-radar', 'pendant')
      if (!sensor) return undefined
      const still: Effect = { does: 'still', from, until }
      const helped = helperComes(first('motion'), until - MINUTE)
      if (sensor.model === 'pendant') {
        const payload = { kind: 'fall', value: 'detected', id: `fall-${from.toString(36)}` }
        return made('somebody wearing a pendant falls', [say(sensor, from, payload), ...helped], [still])
      }
      const seen = [...radarFall(sensor, from, until), ...helped].toSorted((a, b) => a.at - b.at)
      return made(`somebody falls in the ${sensor.room}`, seen, [
        still,
        { does: 'silence', sensor: sensor.id, from, until },
      ])
    }
    case 'sos': {
      const sensor = first('sos-button')
      if (!sensor) return undefined
      const press = { action: 'emergency', battery: 91, linkquality: 120 }
      return made(
        'somebody presses the SOS button',
        [say(sensor, from, press)],
        [{ does: 'still', from, until }],
      )
    }
    case 'low-spo2': {
      const sensor = first('oximeter')
      if (!sensor) return undefined
      const messages: Message[] = []
      for (let at = from; at < until; at += 30 * SECOND) {
        messages.push(measure(sensor, at, 85 - (((at - from) / (30 * SECOND)) % 3), habits.heartRate + 24))
      }
      // Back to normal for as long as a careful rule wants to see it.
      for (let at = until; at <= until + 6 * MINUTE; at += MINUTE) {
        messages.push(measure(sensor, at, habits.spo2, habits.heartRate + 4))
      }
      return made('the oxygen saturation falls; the rule waits a little before it calls anybody', messages, [
        { does: 'still', from, until },
        { does: 'silence', sensor: sensor.id, from, until: until + 6 * MINUTE },
      ])
    }
    case 'gateway-offline':
      return made(
        'the link to the home breaks; the rule waits a little, as routers start again',
        [],
        [{ does: 'cut-link', from, until }],
      )
    case 'dropout':
      return made(
        'the gateway has no link for a while, and brings what it kept when it is back',
        [],
        [{ does: 'hold-back', from, until }],
      )
    case 'battery-low': {
      const sensor = first('motion', 'contact', 'pendant')
      if (!sensor) return undefined
      const battery = 9
      const payload =
        sensor.model === 'motion'
          ? { battery, linkquality: 88, occupancy: false }
          : sensor.model === 'contact'
            ? { battery, contact: true, linkquality: 88 }
            : { kind: 'battery', value: battery }
      return made(
        `the battery of ${sensor.id} is nearly empty`,
        [say(sensor, from, payload)],
        [{ does: 'drain', sensor: sensor.id, battery, from, until }],
      )
    }
    case 'sensor-silent': {
      const sensor = first('motion', 'contact')
      if (!sensor) return undefined
      // What Zigbee2MQTT says of a device that does not answer any more.
      return made(
        `${sensor.id} goes silent`,
        [
          { ...say(sensor, from, { state: 'offline' }), form: 'availability' },
          { ...say(sensor, until, { state: 'online' }), form: 'availability' },
        ],
        [{ does: 'silence', sensor: sensor.id, from, until }],
      )
    }
    case 'unreadable': {
      const sensor = first('fall-radar', 'sos-button')
      if (!sensor) return undefined
      const payload =
        sensor.model === 'fall-radar' ? { linkquality: 120, status: 'Unknown (6)' } : '{"action":"emerg'
      return made(`${sensor.id} sends a message that cannot be read`, [say(sensor, from, payload)], [])
    }
  }
}

/** An ordinary message as it is under these effects; undefined when it is not sent. */
export function affect(message: Message, effects: readonly Effect[]): Message | undefined {
  let affected = message
  for (const effect of effects) {
    if (message.at < effect.from || message.at >= effect.until) continue
    switch (effect.does) {
      case 'cut-link':
        return undefined
      case 'still':
        if (!message.isRoutine) return undefined
        break
      case 'silence':
        if (message.sensor === effect.sensor) return undefined
        break
      case 'drain':
        if (message.sensor === effect.sensor)
          affected = { ...message, payload: drain(message.payload, effect.battery) }
        break
      case 'hold-back':
        break
    }
  }
  return affected
}

function drain(payload: unknown, battery: number): unknown {
  if (Array.isArray(payload)) return payload.map((part) => drain(part, battery))
  if (typeof payload !== 'object' || payload === null) return payload
  if ('battery' in payload) return { ...payload, battery }
  if ('kind' in payload && payload.kind === 'battery') return { ...payload, value: battery }
  return payload
}

/** Whoever helps is seen on the way in. */
function helperComes(hall: SimulatedSensor | undefined, at: number): Message[] {
  if (!hall) return []
  const seen = (when: number, occupancy: boolean): Message =>
    say(hall, when, { battery: 90, linkquality: 104, occupancy })
  return [seen(at, true), seen(at + 45 * SECOND, false)]
}

/** The radar sees the fall, then somebody low, again and again, until somebody is up again. */
function radarFall(sensor: SimulatedSensor, from: number, until: number): Message[] {
  const seen = (at: number, status: string, breathing_rate: number): Message =>
    say(sensor, at, { breathing_rate, linkquality: 131, status })
  const messages = [seen(from, 'falling', 22)]
  for (let at = from + 20 * SECOND; at < until - MINUTE; at += 90 * SECOND) {
    messages.push(seen(at, 'low_posture', 21))
  }
  messages.push(seen(until - MINUTE, 'occupied', 18), seen(until, 'unoccupied', 0))
  return messages
}

function measure(sensor: SimulatedSensor, at: number, spo2: number, heartRate: number): Message {
  return say(sensor, at, [
    { kind: 'spo2', value: spo2 },
    { kind: 'heart_rate', value: heartRate },
  ])
}

function say({ id }: SimulatedSensor, at: number, payload: unknown): Message {
  return { at, sensor: id, form: 'readings', payload }
}
