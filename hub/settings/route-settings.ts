import { z } from 'zod'
import { kindOf } from './channel-settings.ts'
import type { ChannelSettings, KannelSettings } from './channel-settings.ts'

const route = z.array(z.string()).min(1)
export const routesSchema = z
  .strictObject({ sms: route.optional(), email: route.optional(), webhook: route.optional() })
  .prefault({})

export type RouteSettings = z.output<typeof routesSchema>

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
export function routeOf(settings: Settings, kind: keyof RouteSettings): readonly ChannelSettings[] {
  const all = allChannels(settings).filter((one) => kindOf(one) === kind)
  const names = settings.routes[kind]
  if (names === undefined) return all
  return names.flatMap((wanted) => all.find((one) => one.name === wanted) ?? [])
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
    settings.routes[kind]?.forEach((wanted, i, names) => {
      const found = all.find((one) => one.name === wanted)
      const path = ['routes', kind, i]
      if (!found) {
        issue(path, `there is no channel "${wanted}"; known are ${all.map((one) => one.name).join(', ')}`)
      } else if (kindOf(found) !== kind) {
        issue(path, `the channel "${wanted}" is of type ${found.type} and cannot stand in the route ${kind}`)
      } else if (names.indexOf(wanted) < i) issue(path, `the channel "${wanted}" stands here already`)
    })
  }
}
