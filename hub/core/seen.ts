import type { Home } from '../model/home.ts'
import type { AnnouncedInput, IgnoreInput, UndecodedInput } from '../model/input.ts'
import type { DeviceFacts, SeenRow, Unknown } from '../model/seen.ts'
import { homeOfSeen, rowKey } from '../rules/state.ts'
import type { Row } from '../rules/state.ts'

/** Of one home: a bridge with more devices that are no sensors of the hub is not looked through by anybody. */
export const MOST_SEEN = 100
/** What was neither heard nor announced for so long is gone, or was somebody else's. */
export const SEEN_MEMORY = 30 * 24 * 3_600_000
const MOST_TOPICS = 5
const MOST_KEYS = 40
/** Shorter, JSON would not be JSON any more: an uplink through LoRaWAN has some 2 kB. */
const LONGEST_PAYLOAD = 4096

/** A device that was seen and is not registered. */
export interface Seen extends SeenRow {
  readonly address: string
}

/** What homes' gateways send or tell of and nobody has registered: so many of each home, the newest. */
export interface SeenDevices {
  heard(input: UndecodedInput, unknown: Unknown, now: number): void
  /** @returns whether it says anything new */
  announced(input: AnnouncedInput, home: Home, now: number): boolean
  /** @returns undefined when it is done; else why not */
  ignore(input: IgnoreInput, now: number): string | undefined
  /** A home was registered or changed: what belongs to a sensor now is no longer among them. */
  home(home: Home): void
  /** The home is there no more. */
  forget(home: string): void
  /** Newest first. */
  list(home: string, now: number): readonly Seen[]
  /** Rows to write since the last call; null: the row goes. */
  changes(): ReadonlyMap<string, SeenRow | null>
}

export function createSeenDevices(saved: ReadonlyMap<string, Row>): SeenDevices {
  /** By home, then address. */
  const homes = new Map<string, Map<string, SeenRow>>()
  let changed = new Map<string, SeenRow | null>()
  let writes = 0
  for (const [key, row] of saved) {
    const home = homeOfSeen(key)
    if (home !== undefined) of(home).set(key.slice(rowKey.seen(home, '').length), row as SeenRow)
  }

  function of(home: string): Map<string, SeenRow> {
    const known = homes.get(home)
    if (known) return known
    const rows = new Map<string, SeenRow>()
    homes.set(home, rows)
    return rows
  }

  function put(home: string, address: string, row: SeenRow): void {
    writes++
    of(home).set(address, row)
    changed.set(rowKey.seen(home, address), row)
  }

  function drop(home: string, address: string): void {
    if (!of(home).delete(address)) return
    writes++
    changed.set(rowKey.seen(home, address), null)
  }

  /** Makes room for one more, if need be at the cost of who was only announced, or not heard for the longest time. */
  function makeRoom(home: string, now: number): void {
    const rows = of(home)
    for (const [address, { lastAt }] of rows) if (now - lastAt > SEEN_MEMORY) drop(home, address)
    if (rows.size < MOST_SEEN) return
    const [first] = [...rows].toSorted(([a, one], [b, other]) => {
      // What somebody ignored would be there again at its next message.
      const byIgnored = Number(one.ignored !== undefined) - Number(other.ignored !== undefined)
      return byIgnored || (one.heardAt ?? 0) - (other.heardAt ?? 0) || (a < b ? -1 : 1)
    })
    if (first) drop(home, first[0])
  }

  return {
    heard({ home, topic, payload }, { address, form }, now) {
      const known = of(home).get(address)
      if (!known) makeRoom(home, now)
      const rest = topic.slice(`homes/${home}/`.length)
      const topics = [...(known?.topics ?? []).filter((one) => one !== rest), rest].slice(-MOST_TOPICS)
      put(home, address, {
        ...(known ?? { firstAt: now }),
        heardAt: now,
        lastAt: now,
        count: (known?.count ?? 0) + 1,
        topics,
        ...(form === 'readings' && { payload: payload.slice(0, LONGEST_PAYLOAD).toWellFormed() }),
      })
    },
    announced({ home: id, by, devices, isAll }, home, now) {
      const registered = new Set(home.sensors.map((sensor) => sensor.address))
      const rows = of(id)
      const before = writes
      for (const { address, ...facts } of devices) {
        // It has another name now: under the old one it will not be heard again.
        for (const [other, row] of rows) {
          const { hardware } = row.announced?.[by] ?? {}
          if (facts.hardware === undefined || other === address) continue
          if (other === facts.hardware || hardware === facts.hardware) drop(id, other)
        }
        if (registered.has(address)) continue
        const known = rows.get(address)
        const merged = mergeFacts(known?.announced?.[by], facts, isAll === true)
        if (known && same(known.announced?.[by], merged)) continue
        // Nobody who was heard goes for one who was not.
        if (!known && rows.size >= MOST_SEEN) continue
        const announced = { ...known?.announced, [by]: merged }
        put(id, address, { ...(known ?? { firstAt: now, count: 0, topics: [] }), lastAt: now, announced })
      }
      if (isAll) {
        const told = new Set(devices.map(({ address }) => address))
        for (const [address, row] of rows) {
          if (row.announced?.[by] === undefined || told.has(address)) continue
          const { [by]: _, ...others } = row.announced
          if (row.count === 0 && Object.keys(others).length === 0) drop(id, address)
          else put(id, address, { ...row, announced: others })
        }
      }
      return writes > before
    },
    ignore({ home, address, on, by, via }, now) {
      const row = of(home).get(address)
      if (!row) return `nothing was seen under "${address}" that is not registered`
      const { ignored, ...rest } = row
      if ((ignored !== undefined) === on) return undefined
      put(home, address, on ? { ...rest, ignored: { at: now, by, via } } : rest)
      return undefined
    },
    home({ id, sensors }) {
      if (!homes.has(id)) return
      for (const sensor of sensors) {
        drop(id, sensor.address)
        drop(id, sensor.id)
      }
    },
    forget(home) {
      for (const address of homes.get(home)?.keys() ?? []) drop(home, address)
      homes.delete(home)
    },
    list(home, now) {
      return [...(homes.get(home) ?? [])]
        .filter(([, { lastAt }]) => now - lastAt <= SEEN_MEMORY)
        .map(([address, row]) => ({ address, ...row }))
        .toSorted((a, b) => b.lastAt - a.lastAt || (a.address < b.address ? -1 : 1))
    },
    changes() {
      const rest = changed
      if (changed.size > 0) changed = new Map()
      return rest
    },
  }
}

/** Home Assistant is told of a device piece by piece; a list of all says the whole of each. */
function mergeFacts(before: DeviceFacts | undefined, facts: DeviceFacts, isWhole: boolean): DeviceFacts {
  if (isWhole || !before) return facts
  const topics = union(before.topics, facts.topics).slice(0, MOST_TOPICS)
  const keys = union(before.keys, facts.keys).slice(0, MOST_KEYS)
  return { ...before, ...facts, ...(topics.length > 0 && { topics }), ...(keys.length > 0 && { keys }) }
}

/** In the order in which they came: it must not change with each piece that is told again. */
function union(before: readonly string[] = [], more: readonly string[] = []): string[] {
  return [...new Set([...before, ...more])]
}

function same(before: DeviceFacts | undefined, after: DeviceFacts): boolean {
  const text = (facts: DeviceFacts): string =>
    JSON.stringify(Object.entries(facts).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  return before !== undefined && text(before) === text(after)
}
