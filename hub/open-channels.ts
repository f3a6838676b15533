import { join } from 'node:path'
import type { Logger } from 'pino'
import { readOptionalSecret, readSecret, readText } from './settings/channel-secrets.ts'
import type { ChannelSettings, HttpSettings } from './settings/channel-settings.ts'
import type { Config } from './config.ts'
import type { ChannelHook } from './notify/channel-hook.ts'
import type { Channel, ChannelKind, ChannelSink } from './notify/channel.ts'
import { createEmailChannel } from './notify/channels/email.ts'
import { createGammuSqliteChannel } from './notify/channels/gammu-sqlite.ts'
import { createGammuChannel } from './notify/channels/gammu.ts'
import { createHttpGatewayHooks } from './notify/channels/http-gateway-hooks.ts'
import { createHttpGateway } from './notify/channels/http-gateway.ts'
import { createKannelHooks } from './notify/channels/kannel-hooks.ts'
import { createKannelChannel } from './notify/channels/kannel.ts'
import { createPhoneChannel } from './notify/channels/phone.ts'
import { createWebhookChannel, keyOf } from './notify/channels/webhook.ts'
import { createMemoryCalls, createTakeOnce } from './notify/take-once.ts'
import type { TakenCalls, TakeOnce } from './notify/take-once.ts'
import { createRoutedChannel } from './notify/routed-channel.ts'
import type { ChannelState, RoutedChannel } from './notify/routed-channel.ts'
import { reportWithinOf, routeOf } from './settings/route-settings.ts'

export interface ChannelParts {
  readonly sink: ChannelSink
  /** Which calls of providers were taken. Not given: known as long as the process lives. */
  readonly calls?: TakenCalls
  readonly now: () => number
  readonly later: (call: () => void, ms: number) => () => void
  /** The hub as programs beside it reach it; known once it listens. Without it, nobody is asked for reports. */
  readonly hubUrl?: () => string
  /** `http.url` of the settings. */
  readonly outsideUrl?: string
  readonly onState: (state: ChannelState & { readonly kind: ChannelKind }) => void
  readonly log: Pick<Logger, 'warn'>
}

/** The ways to people that are configured. */
export interface OpenChannels {
  /** What providers call. */
  readonly hooks: readonly ChannelHook[]
  /** By kind; absent where there is no channel. SMS is the phone page when nothing is configured. */
  readonly routes: Readonly<Partial<Record<ChannelKind, RoutedChannel>>> & { readonly sms: RoutedChannel }
  start(): void
  stop(): Promise<void>
}

interface Opened {
  readonly hooks: readonly ChannelHook[]
  /** Made when the hub's own address is known. */
  readonly channel: () => Channel
}

const DAY = 86_400_000

/**
 * Makes the channels of a configuration; nothing is sent or watched before `start`.
 * @throws Error with its remedy when a secret cannot be read or is none
 */
export async function openChannels(
  config: Pick<Config, 'channels' | 'routes' | 'sms'>,
  parts: ChannelParts,
): Promise<OpenChannels> {
  const made: RoutedChannel[] = []
  const opened = new Map<string, Opened>()
  for (const kind of ['sms', 'email', 'webhook'] as const) {
    const route = routeOf(config, kind)
    for (const settings of route) {
      const sink = sinkOf(settings.name, route, parts.sink, (name) => {
        for (const one of made) one.heard(name)
      })
      opened.set(settings.name, await open(settings, { ...parts, sink }))
    }
  }
  const route = (kind: ChannelKind): RoutedChannel | undefined => {
    const channels = routeOf(config, kind).flatMap(({ name }) => opened.get(name)?.channel() ?? [])
    if (channels.length === 0 && kind === 'sms') channels.push(createPhoneChannel())
    if (channels.length === 0) return undefined
    const { later } = parts
    const reportWithin = reportWithinOf(config, kind)
    const routed = createRoutedChannel({
      kind,
      channels,
      later,
      ...(reportWithin !== undefined && { reportWithin }),
      onState: (state) => parts.onState({ ...state, kind }),
    })
    made.push(routed)
    return routed
  }
  const routes = lazily(() => {
    const sms = route('sms')
    const [email, webhook] = [route('email'), route('webhook')]
    if (sms === undefined) throw new Error('There is no channel for SMS')
    return { sms, ...(email && { email }), ...(webhook && { webhook }) }
  })
  return {
    hooks: [...opened.values()].flatMap(({ hooks }) => hooks),
    get routes() {
      return routes()
    },
    start() {
      routes()
      for (const one of made) one.start()
    },
    async stop() {
      await Promise.all(made.map((one) => one.stop()))
    },
  }
}

/** Says with each report which channel tells, and what other ways there are. */
function sinkOf(
  name: string,
  route: readonly ChannelSettings[],
  sink: ChannelSink,
  onDelivered: (name: string) => void,
): ChannelSink {
  const others = route.map((one) => one.name).filter((other) => other !== name)
  return {
    ...sink,
    deliver(report) {
      if (report.to === 'delivered' || report.isLast) onDelivered(name)
      return sink.deliver({ ...report, via: name, ...(others.length > 0 && { others }) })
    },
  }
}

async function open(settings: ChannelSettings, parts: ChannelParts): Promise<Opened> {
  const { sink, now, hubUrl, outsideUrl, calls = createMemoryCalls() } = parts
  const { name } = settings
  const takeOnce = createTakeOnce(name, calls, now)
  const secret = (key: string, from: object = settings): Promise<string> => readSecret(name, key, from)
  switch (settings.type) {
    case 'kannel': {
      const [password, token] = [await secret('password'), await secret('secret')]
      const { url, username, from, status } = settings
      const page = status && {
        url: status.url,
        ...optional('smsc', status.smsc),
        ...optional('password', await readOptionalSecret(name, 'password', status)),
      }
      return {
        hooks: createKannelHooks({ channel: name, token, sink, takeOnce }),
        channel: () =>
          createKannelChannel({
            name,
            url,
            username,
            password,
            ...optional('from', from),
            ...optional('status', page),
            ...(hubUrl && { callback: { url: hubUrl(), token } }),
          }),
      }
    }
    case 'gammu': {
      const { spool, smsdrc } = settings
      const channel = createGammuChannel({
        name,
        inbox: settings.inbox ?? join(spool, 'inbox'),
        outbox: settings.outbox ?? join(spool, 'outbox'),
        sent: settings.sent ?? join(spool, 'sent'),
        error: settings.error ?? join(spool, 'error'),
        ...optional('smsdrc', smsdrc),
        sink,
        now,
        warn: (fields, message) => parts.log.warn(fields, message),
      })
      return { hooks: [], channel: () => channel }
    }
    case 'gammu-sqlite': {
      const { database, reports } = settings
      const warn = (fields: object, message: string): void => parts.log.warn(fields, message)
      const channel = createGammuSqliteChannel({ name, database, reports, sink, now, warn })
      return { hooks: [], channel: () => channel }
    }
    case 'twilio': {
      const authToken = await secret('authToken')
      // A large package: only hubs that use it load it.
      const [{ createTwilioChannel }, { createTwilioHooks }] = await Promise.all([
        import('./notify/channels/twilio.ts'),
        import('./notify/channels/twilio-hooks.ts'),
      ])
      const { accountSid, from, messagingServiceSid, url } = settings
      const channel = createTwilioChannel({
        name,
        accountSid,
        authToken,
        ...optional('from', from),
        ...optional('messagingServiceSid', messagingServiceSid),
        ...optional('apiUrl', url),
        ...optional('hubUrl', outsideUrl),
      })
      // Twilio can call nothing but an address of the outside, and signs just that.
      const hooks =
        outsideUrl === undefined
          ? []
          : createTwilioHooks({ channel: name, authToken, hubUrl: outsideUrl, sink, takeOnce })
      return { hooks, channel: () => channel }
    }
    case 'http':
      return await openHttp(settings, parts, takeOnce)
    case 'email': {
      const { host, tls, ca, username, from, fromName } = settings
      const port = settings.port ?? { starttls: 587, tls: 465, none: 25 }[tls]
      const password = await readOptionalSecret(name, 'password', settings)
      const channel = createEmailChannel({
        name,
        host,
        port,
        tls,
        from,
        ...optional('fromName', fromName),
        ...optional('username', username),
        ...optional('password', password),
        ...optional('ca', ca && (await readText(name, 'ca', ca))),
      })
      return { hooks: [], channel: () => channel }
    }
    case 'webhook': {
      const { url, giveUpAfter } = settings
      const key = await secret('secret')
      try {
        keyOf(key)
      } catch (cause) {
        throw new Error(`Cannot use the channel "${name}": its secret ${(cause as Error).message}`, { cause })
      }
      const channel = createWebhookChannel({ name, url, secret: key, giveUpAfter: giveUpAfter * DAY, now })
      return { hooks: [], channel: () => channel }
    }
  }
}

async function openHttp(
  settings: HttpSettings,
  { sink, hubUrl }: ChannelParts,
  takeOnce: TakeOnce,
): Promise<Opened> {
  const { name, reports, inbound, success, never, reference, check } = settings
  const { method, url, headers, basic, json, form, xml } = settings.request
  const token = await readOptionalSecret(name, 'token', settings)
  const secrets: Record<string, string> = {}
  for (const [key, given] of Object.entries(settings.secrets)) {
    secrets[key] = 'value' in given ? given.value : await readText(name, `secrets.${key}`, given.file)
  }
  const signIn = basic && {
    username: basic.username,
    password: await readSecret(name, 'password', basic),
  }
  return {
    hooks:
      token === undefined
        ? []
        : createHttpGatewayHooks({
            channel: name,
            token,
            ...(reports && { reports: withoutUndefined(reports) }),
            ...(inbound && { inbound: withoutUndefined(inbound) }),
            sink,
            takeOnce,
          }),
    channel: () =>
      createHttpGateway({
        name,
        request: { method, url, headers, ...withoutUndefined({ basic: signIn, json, form, xml }) },
        secrets,
        success: withoutUndefined(success),
        never: never.map((one) => withoutUndefined(one)),
        ...(reference && { reference: withoutUndefined(reference) }),
        ...(check && { check: withoutUndefined(check) }),
        ...(reports && token !== undefined && hubUrl && { callback: { url: hubUrl(), token } }),
      }),
  }
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }

/** Without the keys that are there and undefined. */
function withoutUndefined<T extends object>(from: T): Defined<T> {
  return Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined)) as Defined<T>
}

function optional<K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, T>)
}

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
