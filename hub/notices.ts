import type { Core } from './core/core.ts'
import type { Profile } from './decode/profile.ts'
import type { NoticeInput } from './model/input.ts'

/** What the hub noticed; `sensor` with its home. */
export type Noticed = Omit<NoticeInput, 'type' | 'on'>

/** Says in the stream that something is noticed, and why, or over; unless the stream knows that. */
export async function tellNotice(
  core: Pick<Core, 'take' | 'openAlerts'>,
  noticed: Noticed,
  on: boolean,
): Promise<void> {
  const { notice, home, sensor, channel, reason } = noticed
  const known = core
    .openAlerts()
    .find(
      ({ rule, home: about, scope, detail }) =>
        rule === notice &&
        about === home &&
        (!sensor || detail.sensor === sensor) &&
        (!channel || scope === `hub/${channel}`),
    )
  const isTold = on ? known !== undefined && known.detail.reason === reason : known === undefined
  if (!isTold) await core.take({ type: 'notice', ...noticed, on })
}

/**
 * Says which sensors have a profile that is not there any more: whatever they send, nobody can read it. And for which
 * of those known that is over: the profile is back, or the sensor has another one or is gone.
 */
export async function noticeMissingProfiles(
  core: Pick<Core, 'take' | 'openAlerts' | 'homes'>,
  profiles: ReadonlyMap<string, Profile>,
): Promise<void> {
  const notice = 'hub-profile-missing'
  const missing = [...core.homes()].flatMap((home) =>
    home.sensors
      .filter(({ profile }) => !profiles.has(profile))
      .map(({ id, profile }) => ({ home: home.id, sensor: id, profile })),
  )
  const keys = new Set(missing.map(({ home, sensor }) => `${home}/${sensor}`))
  for (const { rule, scope, home, detail } of core.openAlerts()) {
    const { sensor } = detail
    if (rule !== notice || home === undefined || sensor === undefined || keys.has(scope)) continue
    await tellNotice(core, { notice, home, sensor }, false)
  }
  for (const { home, sensor, profile } of missing) {
    const reason = `there is no profile "${profile}" any more: nothing that "${sensor}" sends can be read`
    await tellNotice(core, { notice, home, sensor, reason }, true)
  }
}
