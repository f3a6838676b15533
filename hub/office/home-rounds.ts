import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RunningCore } from '../core/create-core.ts'
import type { Point } from '../history/points.ts'
import { homePoint, sensorPoint } from '../history/samples.ts'
import { inStretches } from '../http/in-stretches.ts'
import type { ProtectionOffice } from '../http/protection.ts'
import type { Home, SensorFacts } from '../model/home.ts'
import type { Protection } from '../model/protection.ts'

export interface HomeRoundsParts {
  readonly core: Pick<
    RunningCore,
    'now' | 'home' | 'homes' | 'openAlerts' | 'isReachable' | 'silentSensors' | 'sensorState'
  >
  readonly look: ProtectionOffice['look']
  /** Each home comes once in so many turns; where there are too many for that, in more. */
  readonly turns: number
  /** The most homes in one turn. */
  readonly most: number
}

/** Sensors come with every so many turns of their home, and with the first. */
const SENSORS_EVERY = 10

/** Goes through the homes for samples, in turns and in short stretches: there are tens of thousands. */
export function createHomeRounds(parts: HomeRoundsParts): {
  /** The samples of the homes whose turn it is. */
  next(): Promise<readonly Point[]>
} {
  const { core, turns, most } = parts
  /** Those of this round: whoever is new comes with the next. */
  let homes: readonly string[] = []
  let round = -1
  let turn = 0
  let count = 0

  function begin(): void {
    // What is left of a home that was erased is no point of the history.
    homes = [...core.homes()].filter(({ erased }) => erased === undefined).map(({ id }) => id)
    count = Math.max(turns, Math.ceil(homes.length / most))
    turn = 0
    round++
  }

  return {
    async next() {
      const isNew = turn >= count
      if (isNew) begin()
      const from = Math.ceil((turn * homes.length) / count)
      const to = Math.ceil((++turn * homes.length) / count)
      const mine = homes.slice(from, to)
      if (mine.length === 0) return []
      const [ofRound, first] = [round, from]
      // With tens of thousands their list alone takes a few ms.
      if (isNew) await nextTurn()
      const look = parts.look()
      const at = core.now()
      const open = new Map<string, number>()
      for (const { home } of core.openAlerts()) {
        if (home !== undefined) open.set(home, (open.get(home) ?? 0) + 1)
      }
      const made = await inStretches(mine.entries(), ([index, id]) => {
        const home = core.home(id)
        if (!home) return []
        const protection = look(home)
        const withSensors = ofRound === 0 || (ofRound + first + index) % SENSORS_EVERY === 0
        return [
          homeSample(home, protection, open.get(id) ?? 0, at),
          ...(withSensors ? home.sensors.map((one) => sensorSample(home, one, protection, at)) : []),
        ]
      })
      return made.flat()
    },
  }

  function homeSample(home: Home, protection: Protection, openAlerts: number, at: number): Point {
    const { id, area, sensors } = home
    return homePoint(at, {
      home: id,
      ...(area !== undefined && { area }),
      protection,
      openAlerts,
      online: core.isReachable(id),
      silent: core.silentSensors(id),
      sensors: sensors.length,
    })
  }

  function sensorSample(
    { id: home, area }: Home,
    sensor: SensorFacts,
    { reasons }: Protection,
    at: number,
  ): Point {
    const { id, profile, room, heardEvery } = sensor
    const state = core.sensorState(home, id)
    const heardAt = state?.heardAt
    const [battery, link] = [state?.last['battery']?.value, state?.last['link']?.value]
    // Without a link none is available: then it is silent as far as its own interval says.
    const isQuiet = core.isReachable(home) ? !state?.available : at - (heardAt ?? 0) > heardEvery
    return sensorPoint(at, {
      home,
      sensor: id,
      profile,
      ...(room !== undefined && { room }),
      ...(area !== undefined && { area }),
      ...(heardAt !== undefined && { quiet: Math.max(0, at - heardAt) }),
      silent: heardAt === undefined || isQuiet,
      ...(typeof battery === 'number' && { battery }),
      ...(typeof link === 'number' && { link }),
      isBatteryLow: reasons.some(({ code, sensor: weak }) => code === 'battery-low' && weak === id),
    })
  }
}
