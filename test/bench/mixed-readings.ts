import type { Home, SensorFacts } from '../../hub/model/home.ts'
import type { Reading, Value } from '../../hub/model/reading.ts'

/** 07:00 in UTC. */
export const MORNING = Date.UTC(2026, 10, 3, 7)

interface Source {
  readonly sensor: string
  readonly kind: string
  /** Readings among a hundred. */
  readonly share: number
  /** @param n counts up with each reading of the home; @param chance from 0 to 1 */
  readonly value: (n: number, chance: number, isNight: boolean) => Value
}

/** What a home with wearables, motion sensors and a few contacts sends; nearly all of it is nothing to worry about. */
const SOURCES: readonly Source[] = [
  {
    sensor: 'pulse',
    kind: 'heart_rate',
    share: 25,
    value: (n, chance) => (chance < 0.0005 ? 150 : 60 + (n % 30)),
  },
  { sensor: 'oximeter', kind: 'spo2', share: 10, value: (n, chance) => (chance < 0.001 ? 86 : 95 + (n % 5)) },
  { sensor: 'oximeter', kind: 'respiration_rate', share: 5, value: (n) => 13 + (n % 6) },
  { sensor: 'pir-bath', kind: 'motion', share: 10, value: (n) => n % 2 === 0 },
  { sensor: 'pir-hall', kind: 'motion', share: 20, value: (n) => n % 2 === 0 },
  {
    sensor: 'front-door',
    kind: 'door',
    share: 4,
    value: (n, _, isNight) => (n % 2 === 0 && !isNight ? 'open' : 'closed'),
  },
  { sensor: 'bed', kind: 'bed', share: 4, value: (n) => (n % 2 === 0 ? 'occupied' : 'empty') },
  { sensor: 'climate', kind: 'room_temperature', share: 10, value: (n) => 20 + (n % 30) / 10 },
  { sensor: 'kettle', kind: 'power', share: 7, value: (n) => (n % 3 === 0 ? 1800 : 2) },
  { sensor: 'leak', kind: 'water_leak', share: 2, value: () => false },
  { sensor: 'radar', kind: 'battery', share: 3, value: (n) => 90 - (n % 40) },
]
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
  const names = new Set(SOURCES.map((one) => one.sensor))
  return {
    id,
    timezone: 'Europe/Oslo',
    gateways: [{ id: `gw-${index + 1}` }],
    residents: [{ id: 'r1' }],
    sensors: [...names].map((name) => {
      const kinds = SOURCES.filter((one) => one.sensor === name).map(({ kind }) => kind)
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
  const wheel = SOURCES.flatMap((one) => Array<Source>(one.share).fill(one))
  let chance = 20_261_103
  for (let index = 0; index < count; index++) {
    chance = (Math.imul(chance, 1_664_525) + 1_013_904_223) >>> 0
    const round = Math.floor(index / homes.length)
    const { id: home } = homes[index % homes.length] as Pick<Home, 'id'>
    const at = from + Math.floor((index / count) * span)
    if (index % FALL_EVERY === FALL_EVERY - 1) {
      yield { home, sensor: 'radar', kind: 'fall', value: 'detected', at, receivedAt: at }
      continue
    }
    const source = wheel[(chance >>> 8) % wheel.length] as Source
    const hour = (at / 3_600_000) % 24
    const isNight = hour < 6 || hour >= 21
    const value = source.value(round, (chance >>> 4) / 2 ** 28, isNight)
    yield { home, sensor: source.sensor, kind: source.kind, value, at, receivedAt: at }
  }
}
