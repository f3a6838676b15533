import { createPassword, hashPassword } from '../../hub/broker/credentials.ts'
import { systemClock } from '../../hub/core/clock.ts'
import type { Clock } from '../../hub/core/clock.ts'
import { createSqliteStore } from '../../hub/database/core-store.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import { createRegistry } from '../../hub/database/registry.ts'
import type { Home, SensorFacts } from '../../hub/model/home.ts'
import type { Client, Message } from './generator-protocol.ts'
import { startBenchCore } from './bench-core.ts'

/** What a gateway of these homes publishes, over and over; rules find nothing in it. */
export const MESSAGES: readonly Message[] = Array.from({ length: 20 }, (_, index): Message => {
  const say = (sensor: string, kind: string, value: number | boolean): Message => ({
    sensor,
    payload: JSON.stringify({ kind, value }),
  })
  const turn = Math.floor(index / 5)
  return (
    [
      say('pulse', 'heart_rate', 64 + 3 * turn),
      say('pir', 'motion', turn % 2 === 0),
      say('pulse', 'spo2', 95 + turn),
      say('pulse', 'heart_rate', 66 + 3 * turn),
      say('pir', 'room_temperature', 20.5 + turn / 10),
    ] as const
  )[index % 5] as Message
})

export function homeId(index: number): string {
  return `h-${String(index + 1).padStart(5, '0')}`
}

export function phoneOf(index: number): string {
  return `+4790${String(index).padStart(6, '0')}`
}

/** A resident with a pulse sensor, a motion sensor in the hall and a fall sensor, and one contact. */
function benchHome(index: number, timezone: string): Home {
  const sensor = (id: string, more: Partial<SensorFacts>): SensorFacts => ({
    id,
    profile: 'native',
    address: id,
    heardEvery: 25 * 3_600_000,
    kinds: ['*'],
    ...more,
  })
  return {
    id: homeId(index),
    timezone,
    gateways: [{ id: gatewayOf(index) }],
    residents: [{ id: 'r1' }],
    sensors: [
      sensor('pulse', { resident: 'r1' }),
      sensor('pir', { room: 'hall' }),
      sensor('fall', { room: 'bathroom', resident: 'r1' }),
    ],
    contacts: [{ id: 'c1', language: 'nb', order: 1 }],
  }
}

const gatewayOf = (index: number): string => `gw-${String(index + 1).padStart(5, '0')}`

/** Where it is about noon: rules of the night must not say another thing when the bench runs late. */
export function middayZone(now: number): string {
  const ahead = 12 - new Date(now).getUTCHours()
  // In these names the sign is the other way round (POSIX).
  return ahead === 0 ? 'Etc/GMT' : ahead > 0 ? `Etc/GMT-${ahead}` : `Etc/GMT+${-ahead}`
}

/**
 * Registers homes in a data folder that no hub uses now, as a hub does it, each with a gateway.
 * @returns the gateways in the order of the homes
 */
export async function seedHomes(
  data: string,
  homes: number,
  clock: Clock = systemClock,
): Promise<Required<Client>[]> {
  const { db, close } = openDatabase(data)
  const { core } = startBenchCore(createSqliteStore(db), clock)
  const registry = createRegistry(db)
  const password = createPassword()
  const passwordHash = hashPassword(password)
  const timezone = middayZone(Date.now())
  const gateways: Required<Client>[] = []
  for (let first = 0; first < homes; first += 500) {
    const indexes = Array.from({ length: Math.min(500, homes - first) }, (_, index) => first + index)
    db.exec('BEGIN')
    for (const index of indexes) {
      const [home, id] = [homeId(index), gatewayOf(index)]
      registry.addGateway({ id, home, passwordHash, createdAt: Date.now() })
      gateways.push({ id, home, username: id, password })
    }
    db.exec('COMMIT')
    await Promise.all(
      indexes.map((index) => {
        const home = benchHome(index, timezone)
        const contacts = [{ id: 'c1', phone: phoneOf(index), alias: 'Mor' }]
        return core.takeHome(home, { id: home.id, residents: [{ id: 'r1' }], contacts })
      }),
    )
  }
  core.stop()
  close()
  return gateways
}

/** Readings in the journal of a data folder. */
export function countReadings(data: string): number {
  const { db, close } = openDatabase(data)
  try {
    const { count } = db.prepare("SELECT count(*) AS count FROM journal WHERE type = 'reading'").get() as {
      count: number
    }
    return count
  } finally {
    close()
  }
}
