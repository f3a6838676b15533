import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import type { RunningCore } from './core/create-core.ts'
import type { Profile } from './decode/profile.ts'
import { noticeMissingProfiles } from './office/notices.ts'

export interface FollowProfilesParts {
  readonly core: RunningCore
  readonly profiles: ReadonlyMap<string, Profile>
  readonly log: Pick<Logger, 'error'>
}

const REFRESHED_AT_ONCE = 200

/** Sensors are as their profiles say now, and whoever has to know is told of sensors that have none, from now on. */
export async function followProfiles({ core, profiles, log }: FollowProfilesParts): Promise<void> {
  await refreshSensorFacts(core, profiles)
  await noticeMissingProfiles(core, profiles)
  core.onCommit(({ entries }) => {
    const changed = new Set(entries.flatMap(({ input }) => (input.type === 'home' ? [input.home.id] : [])))
    if (changed.size === 0) return
    const homes = [...changed].flatMap((id) => core.home(id) ?? [])
    noticeMissingProfiles(core, profiles, homes).catch((cause: unknown) =>
      log.error({ err: cause }, 'Cannot say which sensors have no profile'),
    )
  })
}

/** A profile may have got another interval since its sensors were registered. */
async function refreshSensorFacts(core: RunningCore, profiles: ReadonlyMap<string, Profile>): Promise<void> {
  const changed = [...core.homes()].flatMap((home) => {
    const sensors = home.sensors.map((sensor) => {
      const profile = profiles.get(sensor.profile)
      return profile ? { ...sensor, heardEvery: profile.heardEvery, kinds: profile.kinds } : sensor
    })
    return isDeepStrictEqual(sensors, home.sensors) ? [] : [{ ...home, sensors }]
  })
  for (let first = 0; first < changed.length; first += REFRESHED_AT_ONCE) {
    // What is submitted in one turn shares one transaction.
    const some = changed.slice(first, first + REFRESHED_AT_ONCE)
    await Promise.all(some.map((home) => core.take({ type: 'home', home })))
  }
}
