import { isDeepStrictEqual } from 'node:util'
import type { Core } from '../core/core.ts'
import type { Profile } from '../decode/profile.ts'
import type { Home } from '../model/home.ts'
import type { NoticeInput } from '../model/input.ts'
import { WAYS } from '../model/notification.ts'
import type { Way } from '../model/notification.ts'
import type { ConnectorFacts } from '../model/system.ts'

/** What the hub noticed; `sensor` with its home. */
export type Noticed = Omit<NoticeInput, 'type' | 'on'>

/** Says in the stream that something is noticed, and why, or over; unless the stream knows that. */
export async function tellNotice(
  core: Pick<Core, 'take' | 'openAlerts'>,
  noticed: Noticed,
  on: boolean,
): Promise<void> {
  const { notice, home, sensor, channel, connector, certificate, wayDown, reason } = noticed
  const part = channel ?? connector ?? certificate
  const known = core
    .openAlerts()
    .find(
      ({ rule, home: about, scope, detail }) =>
        rule === notice &&
        about === home &&
        (!sensor || detail.sensor === sensor) &&
        (!part || scope === `hub/${part}`),
    )
  const isSame = known?.detail.reason === reason && isDeepStrictEqual(known?.detail.wayDown, wayDown)
  const isTold = on ? known !== undefined && isSame : known === undefined
  if (!isTold) await core.take({ type: 'notice', ...noticed, on })
}

/** The channels of each way that has one. */
type Routes = Readonly<Partial<Record<Way, { readonly states: () => readonly ChannelNoticed[] }>>>

/** A channel as it is now; `error`: why it does not work. */
interface ChannelNoticed {
  readonly channel: string
  readonly ok: boolean
  readonly error?: string
}

/**
 * Says what became of a channel; and of the others that do not work, as one more or less changes it for them, too: where
 * the last one of a way fails, people can be told of that by other ways alone.
 */
export async function noticeChannels(
  core: Pick<Core, 'take' | 'openAlerts'>,
  routes: Routes,
  changed: string,
): Promise<void> {
  const works = (way: Way): boolean => routes[way]?.states().some(({ ok }) => ok) ?? false
  for (const way of WAYS) {
    for (const { channel, ok, error } of routes[way]?.states() ?? []) {
      if (ok && channel !== changed) continue
      const noticed = {
        notice: 'hub-channel-down',
        channel,
        ...(error && { reason: `${channel}: ${error}` }),
        ...(!works(way) && { wayDown: { way, others: WAYS.filter(works) } }),
      } as const
      await tellNotice(core, noticed, !ok)
    }
  }
}

/** Says that a broker of others cannot be reached, and why, or that it can again. */
export async function noticeConnector(
  core: Pick<Core, 'take' | 'openAlerts'>,
  { connector, ok, error }: ConnectorFacts,
): Promise<void> {
  const reason = `${connector}: ${error ?? 'no connection'}`
  await tellNotice(core, { notice: 'hub-connector-down', connector, ...(!ok && { reason }) }, !ok)
}

/**
 * Says which sensors of these homes have a profile that is not there any more: whatever they send, nobody can read it.
 * And for which of those known that is over: the profile is back, or the sensor has another one or is gone.
 * @param of homes as they are now; all when not given
 */
export async function noticeMissingProfiles(
  core: Pick<Core, 'take' | 'openAlerts' | 'homes'>,
  profiles: ReadonlyMap<string, Profile>,
  of: Iterable<Home> = core.homes(),
): Promise<void> {
  const notice = 'hub-profile-missing'
  const looked = new Map(Array.from(of, (home) => [home.id, home]))
  const missing = [...looked.values()].flatMap((home) =>
    home.sensors
      .filter(({ profile }) => !profiles.has(profile))
      .map(({ id, profile }) => ({ home: home.id, sensor: id, profile })),
  )
  const keys = new Set(missing.map(({ home, sensor }) => `${home}/${sensor}`))
  for (const { rule, scope, home, detail } of core.openAlerts()) {
    const { sensor } = detail
    if (rule !== notice || home === undefined || sensor === undefined) continue
    if (!looked.has(home) || keys.has(scope)) continue
    await tellNotice(core, { notice, home, sensor }, false)
  }
  for (const { home, sensor, profile } of missing) {
    const reason = `there is no profile "${profile}" any more: nothing that "${sensor}" sends can be read`
    await tellNotice(core, { notice, home, sensor, reason }, true)
  }
}
