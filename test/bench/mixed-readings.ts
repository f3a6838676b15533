import type { Home, SensorFacts } from '../../hub/model/home.ts'
import type { Reading, Value } from '../../hub/model/reading.ts'

/** 07:00 in UTC. */
export const MORNING = Date.UTC(2026, 10, 3, 7)
const HOUR = 3_600_000

interface Step {
  readonly sensor: string
  readonly kind: string
  /** @param n counts up with each reading of the home; @param chance from 0 to 1 */
  readonly value: (n: number, chance: number) => Value
  /** Instead, while people sleep. */
  readonly night?: Value
}

const says = (sensor: string, kind: string, value: Value, night?: Value): Step => ({
  sensor,
  kind,
  value: () => value,
  ...(night !== undefined && { night }),
})
const measures = (sensor: string, kind: string, value: Step['value']): Step => ({ sensor, kind, value })

const VISIT = [
  says('pir-bath', 'motion', true, false),
  // At night too: who went just before it comes back.
  says('pir-hall', 'motion', true),
  says('pir-bath', 'motion', false),
  says('pir-hall', 'motion', false),
]
const PASSING = [says('pir-hall', 'motion', true, false), says('pir-hall', 'motion', false)]
const ERRAND = [says('front-door', 'door', 'open', 'closed'), says('front-door', 'door', 'closed')]
const REST = [says('bed', 'bed', 'occupied'), says('bed', 'bed', 'empty', 'occupied')]
const PULSE = [measures('pulse', 'heart_rate', (n, chance) => (chance < 0.0005 ? 150 : 60 + (n % 30)))]
const OXYGEN = [measures('oximeter', 'spo2', (n, chance) => (chance < 0.001 ? 86 : 95 + (n % 5)))]
const BREATH = [measures('oximeter', 'respiration_rate', (n) => 13 + (n % 6))]
const ROOM = [measures('climate', 'room_temperature', (n) => 20 + (n % 30) / 10)]
const KETTLE = [measures('kettle', 'power', (n) => (n % 3 === 0 ? 1800 : 2))]
const LEAK = [says('leak', 'water_leak', false)]
const BATTERY = [measures('radar', 'battery', (n) => 90 - (n % 40))]

/**
 * What a home with wearables, motion sensors and a few contacts sends, a hundred readings long. Whoever goes to the
 * bathroom comes back, doors are closed, people sleep at night: nearly all of it is nothing to worry about.
 */
const ROUND: readonly Step[] = (() => {
  const parts: [part: readonly Step[], count: number][] = [
    [PULSE, 25],
    [OXYGEN, 10],
    [BREATH, 5],
    [VISIT, 5],
    [PASSING, 5],
    [ERRAND, 2],
    [REST, 2],
    [ROOM, 10],
    [KETTLE, 7],
    [LEAK, 2],
    [BATTERY, 3],
  ]
  // Each spread evenly over the round.
  return parts
    .flatMap(([part, count], order) =>
      Array.from({ length: count }, (_, index) => ({ part, place: (index + (order + 1) / 12) / count })),
    )
    .toSorted((a, b) => a.place - b.place)
    .flatMap(({ part }) => part)
})()
/** One fall in so many readings. */
const FALL_EVERY = 50_000

export function mixedHome(index: number): Home {
  const id = `h-${String(index + 1).padStart(5, '0')}`
  const sensor = (name: string, room: string, kinds: readonly string[]): SensorFacts => ({
    id: name,
    profile: 'native',
    address: name,
    room,
    ...(name === 'front-door' && { role: 'entrance' }),
    heardEvery: 25 * 3_600_000,
    kinds,
  })
  const names = new Set(ROUND.map((one) => one.sensor))
  return {
    id,
    timezone: 'Europe/Oslo',
    gateways: [{ id: `gw-${index + 1}` }],
    residents: [{ id: 'r1' }],
    sensors: [...names].map((name) => {
      const kinds = [...new Set(ROUND.filter((one) => one.sensor === name).map(({ kind }) => kind))]
      const room = name === 'pir-bath' ? 'bathroom' : 'hall'
      return sensor(name, room, name === 'radar' ? [...kinds, 'fall'] : kinds)
    }),
    contacts: [{ id: 'c1', language: 'nb', order: 1 }],
  }
}

/** The same readings at each call: mixed kinds over many homes, home after home, evenly over the time (ms). */
export function* mixedReadings(
  homes: readonly Pick<Home, 'id'>[],
  count: number,
  span: number,
  from = MORNING,
): Generator<Reading> {
  let chance = 20_261_103
  for (let index = 0; index < count; index++) {
    chance = (Math.imul(chance, 1_664_525) + 1_013_904_223) >>> 0
    const n = Math.floor(index / homes.length)
    const place = index % homes.length
    const { id: home } = homes[place] as Pick<Home, 'id'>
    const at = from + Math.floor((index / count) * span)
    if (index % FALL_EVERY === FALL_EVERY - 1) {
      yield { home, sensor: 'radar', kind: 'fall', value: 'detected', at, receivedAt: at }
      continue
    }
    // Homes are at different places of their round.
    const { sensor, kind, value, night } = ROUND[(n + place * 37) % ROUND.length] as Step
    const hour = (at / HOUR) % 24
    const isNight = hour < 6 || hour >= 20
    const said = isNight && night !== undefined ? night : value(n, (chance >>> 4) / 2 ** 28)
    yield { home, sensor, kind, value: said, at, receivedAt: at }
  }
}
