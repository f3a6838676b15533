import { Temporal } from 'temporal-polyfill'
import { planDay, wakeTime } from './day-plan.ts'
import type { DayPlan } from './day-plan.ts'
import { encodeRoutine } from './encode-reading.ts'
import type { Encoded } from './encode-reading.ts'
import { habitsOf } from './person.ts'
import type { Habits } from './person.ts'
import { createRandom } from './random.ts'
import type { Random } from './random.ts'
import { AT_REST, hasBattery, payloadOf } from './sensor-model.ts'
import type { Message, Shown, SimulatedSensor } from './sensor-model.ts'
import { neglectedBattery } from './troubles.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE
/** How long a PIR goes on saying "motion" after the last of it. */
const PIR_HOLDS = 90 * SECOND
/** Battery sensors speak by themselves as often as this; the radar is on mains and has more to say. */
const SPEAKS_EVERY = 4 * 60 * MINUTE
const RADAR_SPEAKS_EVERY = 8 * MINUTE

/** One home with one person in it. Everything it does follows from the seed and the date. */
export interface Household {
  readonly seed: string
  readonly timezone: string
  readonly habits: Habits
  readonly sensors: readonly SimulatedSensor[]
  /** Messages with `from` ≤ at < `to`, in order. Times are whole milliseconds since 1970. */
  between(from: number, to: number): Message[]
}

export function createHousehold(
  seed: string,
  sensors: readonly SimulatedSensor[],
  timezone: string,
  { areBatteriesNeglected = false }: { readonly areBatteriesNeglected?: boolean } = {},
): Household {
  const batteryOf = (sensor: string, at: number): number =>
    (areBatteriesNeglected ? neglectedBattery(seed, sensor, at) : undefined) ?? batteryAt(seed, sensor, at)
  const habits = habitsOf(seed)

  function between(from: number, to: number): Message[] {
    const messages: Message[] = []
    // A day goes from getting up to getting up, so the first may have begun yesterday.
    let date = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timezone).toPlainDate()
    if (wakeTime(seed, habits, date, timezone) > from) date = date.subtract({ days: 1 })
    for (; wakeTime(seed, habits, date, timezone) < to; date = date.add({ days: 1 })) {
      const plan = planDay(seed, habits, date, timezone)
      const random = createRandom(`${seed}|${date.toString()}|sensors`)
      for (const message of messagesOf(plan, sensors, habits, seed, random, batteryOf)) {
        if (message.at >= from && message.at < to) messages.push(message)
      }
    }
    return messages
  }

  return { seed, timezone, habits, sensors, between }
}

/** Something changes at a sensor; without `shows` it speaks by itself. */
interface Change {
  readonly at: number
  readonly sensor: SimulatedSensor
  readonly shows?: Shown
}

function messagesOf(
  plan: DayPlan,
  sensors: readonly SimulatedSensor[],
  habits: Habits,
  seed: string,
  random: Random,
  batteryOf: (sensor: string, at: number) => number,
): Message[] {
  const changes = [
    ...stayChanges(plan, sensors, random),
    ...measurements(plan, sensors, habits, random),
    ...routine(plan, sensors, seed),
  ].filter(({ at }) => at >= plan.from && at < plan.to)
  changes.sort((a, b) => a.at - b.at)
  const shown = new Map(sensors.map((sensor) => [sensor.id, AT_REST[sensor.model]]))
  return changes.flatMap(({ at, sensor, shows }) => {
    const state = { ...shown.get(sensor.id), ...shows }
    // A measurement is said once; everything else stays so.
    if (sensor.model !== 'oximeter') shown.set(sensor.id, state)
    const battery = batteryOf(sensor.id, at)
    const said = saidBy(sensor, state, Math.floor(at), battery, random)
    // Empty: it is silent.
    if (battery === 0 && hasBattery(sensor)) return []
    const message = { at: Math.floor(at), sensor: sensor.id, ...said }
    return [shows === undefined ? { ...message, isRoutine: true as const } : message]
  })
}

function saidBy(
  { model, profile, id }: SimulatedSensor,
  state: Shown,
  at: number,
  battery: number,
  random: Random,
): Encoded {
  if (model !== 'other') return { form: 'readings', payload: payloadOf(model, state, battery, random) }
  if (!profile) throw new Error(`the simulated sensor ${id} has no profile`)
  return encodeRoutine(profile, at)
}

/** What being somewhere, and going there, does to the sensors of the rooms. */
function stayChanges(plan: DayPlan, sensors: readonly SimulatedSensor[], random: Random): Change[] {
  const changes: Change[] = []
  const set = (at: number, sensor: SimulatedSensor | undefined, shows: Shown): void => {
    if (sensor) changes.push({ at, sensor, shows })
  }
  const of = (model: string, where: string): SimulatedSensor | undefined =>
    sensors.find((sensor) => sensor.model === model && (sensor.role ?? sensor.room) === where)
  const moves = (where: string, from: number, to: number): void => {
    set(from, of('motion', where), { motion: true })
    set(to + PIR_HOLDS, of('motion', where), { motion: false })
  }
  const opens = (role: string, at: number): void => {
    set(at, of('contact', role), { isOpen: true })
    set(at + random.between(8, 35) * SECOND, of('contact', role), { isOpen: false })
  }
  const bed = sensors.find(({ model }) => model === 'bed')

  for (const { where, from, to } of plan.stays) {
    switch (where) {
      case 'bed':
        set(from, bed, { bed: 'occupied' })
        set(to, bed, { bed: 'empty' })
        break
      case 'out':
        moves('hall', from, from + MINUTE)
        opens('entrance', from + MINUTE)
        opens('entrance', to - MINUTE)
        moves('hall', to - MINUTE, to)
        break
      case 'bathroom': {
        moves('bathroom', from + 20 * SECOND, to)
        const radar = of('fall-radar', 'bathroom')
        set(from + 25 * SECOND, radar, { status: 'occupied' })
        if (to - from > 4 * MINUTE) set(from + 90 * SECOND, radar, { status: 'sitting' })
        set(to, radar, { status: 'unoccupied' })
        break
      }
      case 'kitchen':
        moves('kitchen', from + 10 * SECOND, to)
        for (let at = from + 2 * MINUTE; at < to - MINUTE; at += random.between(6, 25) * MINUTE) {
          opens('fridge', at)
        }
        break
      case 'living-room':
        // In the chair one is mostly still: the PIR sees somebody now and then.
        for (let at = from + 15 * SECOND; at < to; at += random.between(10, 30) * MINUTE) {
          moves('living-room', at, Math.min(at + random.between(1, 4) * MINUTE, to))
        }
        break
    }
  }
  // The first day begins with getting up.
  set(plan.from, bed, { bed: 'empty' })
  return changes
}

function measurements(
  plan: DayPlan,
  sensors: readonly SimulatedSensor[],
  habits: Habits,
  random: Random,
): Change[] {
  const oximeter = sensors.find(({ model }) => model === 'oximeter')
  if (!oximeter) return []
  return plan.measures.map((at) => ({
    at,
    sensor: oximeter,
    shows: { spo2: habits.spo2 + random.whole(-1, 1), heartRate: habits.heartRate + random.whole(-6, 8) },
  }))
}

/** Each sensor speaks by itself now and then, at times of its own. */
function routine(plan: DayPlan, sensors: readonly SimulatedSensor[], seed: string): Change[] {
  return sensors.flatMap((sensor) => {
    const every = speaksEvery(sensor)
    const offset = createRandom(`${seed}|${sensor.id}|speaks`).between(0, every)
    const changes: Change[] = []
    for (let at = Math.ceil((plan.from - offset) / every) * every + offset; at < plan.to; at += every) {
      changes.push({ at, sensor })
    }
    return changes
  })
}

function speaksEvery({ model, profile }: SimulatedSensor): number {
  // Twice in the time in which it must be heard once.
  if (profile) return profile.heardEvery * 0.45
  return model === 'fall-radar' ? RADAR_SPEAKS_EVERY : SPEAKS_EVERY
}

/** A battery lasts one to two years, and is changed in good time. */
function batteryAt(seed: string, sensor: string, at: number): number {
  const random = createRandom(`${seed}|${sensor}|battery`)
  const lasts = random.between(400, 800) * DAY
  const used = ((at + random.between(0, lasts)) % lasts) / lasts
  return Math.round(100 - 65 * used)
}
