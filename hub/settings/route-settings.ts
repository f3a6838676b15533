import { z } from 'zod'
import { duration } from '../source/duration.ts'
import { kindOf } from './channel-settings.ts'
import type { ChannelSettings, KannelSettings } from './channel-settings.ts'

/** A phone that is on has an SMS in seconds; the next person is told after two minutes at the earliest. */
const REPORT_WITHIN = 2 * 60_000
const LEAST_REPORT_WITHIN = 10_000

const names = z.array(z.string()).min(1)
const wholeRoute = z.strictObject({
  channels: names.describe('The first choice, and those that are tried when it fails.'),
  reportWithin: z
    .union(
      [
        z.literal('never'),
        duration.refine((ms) => ms >= LEAST_REPORT_WITHIN, 'expected at least 10s, or never'),
      ],
      {
        error: 'expected a duration with its unit, at least 10s, or never',
      },
    )
    .default(REPORT_WITHIN)
    .describe(
      'Without a report of its delivery in that time, a message goes by the next once more; or never.',
    ),
})
/** The channels alone, or with more. */
const route = z.preprocess((given) => (Array.isArray(given) ? { channels: given } : given), wholeRoute)
export const routesSchema = z
  .strictObject({ sms: route.optional(), email: route.optional(), webhook: route.optional() })
  .prefault({})

export type RouteSettings = z.output<typeof routesSchema>
export type RouteName = keyof RouteSettings

interface Settings {
  readonly channels: readonly ChannelSettings[]
  readonly routes: RouteSettings
  readonly sms?: { readonly kannel: KannelSettings } | undefined
}

/** All channels, the one of the short form `sms.kannel` first. */
export function allChannels({ channels, sms }: Settings): readonly ChannelSettings[] {
  if (sms === undefined) return channels
  return [{ name: 'kannel', type: 'kannel', ...sms.kannel }, ...channels]
}

/** The channels of a kind in the order in which they are tried: as routes say, else as they are listed. */
export function routeOf(settings: Settings, kind: RouteName): readonly ChannelSettings[] {
  const all = allChannels(settings).filter((one) => kindOf(one) === kind)
  const route = settings.routes[kind]
  if (route === undefined) return all
  return route.channels.flatMap((wanted) => all.find((one) => one.name === wanted) ?? [])
}

/** How long a report of a delivery may take, ms; undefined: no other channel is tried for want of one. */
export function reportWithinOf({ routes }: Pick<Settings, 'routes'>, kind: RouteName): number | undefined {
  const within = routes[kind]?.reportWithin ?? REPORT_WITHIN
  return within === 'never' ? undefined : within
}

/** Names are used once, and routes name channels of their kind. */
export function checkRoutes(settings: Settings, context: z.core.$RefinementCtx): void {
  const issue = (path: PropertyKey[], message: string): void => {
    context.issues.push({ code: 'custom', path, message, input: settings })
  }
  const seen = new Set(settings.sms === undefined ? [] : ['kannel'])
  settings.channels.forEach((one, i) => {
    if (seen.has(one.name)) {
      issue(
        ['channels', i, 'name'],
        one.name === 'kannel' && settings.sms
          ? 'is the name of sms.kannel too: move that one to channels'
          : 'is the name of another channel',
      )
    }
    seen.add(one.name)
  })
  const all = allChannels(settings)
  for (const kind of ['sms', 'email', 'webhook'] as const) {
    settings.routes[kind]?.channels.forEach((wanted, i, route) => {
      const found = all.find((one) => one.name === wanted)
      const path = ['routes', kind, i]
      if (!found) {
        issue(path, `there is no channel "${wanted}"; known are ${all.map((one) => one.name).join(', ')}`)
      } else if (kindOf(found) !== kind) {
        issue(path, `the channel "${wanted}" is of type ${found.type} and cannot stand in the route ${kind}`)
      } else if (route.indexOf(wanted) < i) issue(path, `the channel "${wanted}" stands here already`)
    })
  }
}
