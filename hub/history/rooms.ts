import type { Home } from '../model/home.ts'
import type { RoomOf } from './points.ts'

/** Which sensor was in which room when, as the journal says it: the same entry gives the same points for ever. */
export interface Rooms {
  readonly roomOf: RoomOf
  /** A home was registered or changed with the entry `seq`; in their order, and twice is once. */
  add(seq: number, home: Home): void
}

interface Version {
  readonly seq: number
  readonly rooms: ReadonlyMap<string, string>
}

export function createRooms(): Rooms {
  /** Oldest first. */
  const versions = new Map<string, Version[]>()
  return {
    add(seq, { id, sensors }) {
      const before = versions.get(id)
      const last = before?.at(-1)
      if (last !== undefined && seq <= last.seq) return
      const rooms = new Map(sensors.flatMap((one) => (one.room === undefined ? [] : [[one.id, one.room]])))
      // Most changes of a home are about people.
      if (last !== undefined && isSame(last.rooms, rooms)) return
      if (before === undefined) versions.set(id, [{ seq, rooms }])
      else before.push({ seq, rooms })
    },
    roomOf: (home, sensor, seq) =>
      versions
        .get(home)
        ?.findLast((version) => version.seq <= seq)
        ?.rooms.get(sensor),
  }
}

function isSame(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): boolean {
  return one.size === other.size && [...one].every(([sensor, room]) => other.get(sensor) === room)
}
