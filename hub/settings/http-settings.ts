import { isIP } from 'node:net'
import { z } from 'zod'
import { isLoopback } from '../source/loopback.ts'

/** The word by which somebody takes it on themself that passwords go over a network in the clear. */
export const plainSchema = z
  .literal('allowed')
  .optional()
  .describe('Without TLS on another address than loopback: only where nobody else is on that network.')

const WHOM =
  'expected the addresses of your proxies, such as [127.0.0.1] or [10.0.0.7, "fd00:7::/64"]: what those say of who calls is believed'

/**
 * The proxies whose `X-Forwarded-For` is believed. A number of hops or `true` would believe whoever comes past the
 * proxy, so both are refused.
 */
export const trustProxySchema = z
  .union([z.string(), z.array(z.string())], WHOM)
  .transform((given) => [given].flat())
  .superRefine((entries, context) => {
    for (const [index, entry] of entries.entries()) {
      const problem = whyNotProxy(entry)
      if (problem) context.addIssue({ code: 'custom', message: problem, path: [index] })
    }
    if (entries.length === 0) context.addIssue({ code: 'custom', message: WHOM })
  })

function whyNotProxy(entry: string): string | undefined {
  const [address = '', bits, ...more] = entry.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return `"${entry}" is no address and no network; ${WHOM}`
  if (bits === undefined) return undefined
  const most = family === 4 ? 32 : 128
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > most)
    return `"${entry}" is no network, expected /8 to /${most}`
  // A network of that size is the internet, or an organisation with thousands who could say whatever they like.
  if (Number(bits) >= 8) return undefined
  return `"${entry}" would believe nearly everybody; name your proxies, or the network that only they are in`
}

/** Who is shown `/metrics` without a token. */
export const metricsSchema = z
  .enum(['loopback', 'all'])
  .default('loopback')
  .describe(
    'Who may read /metrics without a token of the scope read:metrics: programs on this machine, or whoever reaches it.',
  )

interface Listeners {
  readonly mqtt: {
    readonly host: string
    readonly plain?: 'allowed' | undefined
    readonly tls?: object | undefined
    readonly websocket?:
      | { readonly port?: number | undefined; readonly host?: string | undefined }
      | undefined
  }
  readonly http: {
    readonly host: string
    readonly plain?: 'allowed' | undefined
    readonly tls?: object | undefined
  }
}

/** What listens without TLS where others than this machine reach it. */
export interface PlainListener {
  readonly setting: 'mqtt' | 'mqtt.websocket' | 'http'
  readonly host: string
  /** Whether the settings say that it may. */
  readonly isAllowed: boolean
}

export function plainListeners({ mqtt, http }: Listeners): readonly PlainListener[] {
  const ownPort = mqtt.websocket?.port !== undefined && !mqtt.tls
  const listeners: PlainListener[] = [
    { setting: 'mqtt', host: mqtt.host, isAllowed: mqtt.plain === 'allowed' },
    ...(ownPort
      ? [
          {
            setting: 'mqtt.websocket',
            host: mqtt.websocket?.host ?? mqtt.host,
            isAllowed: mqtt.plain === 'allowed',
          } as const,
        ]
      : []),
    ...(http.tls ? [] : [{ setting: 'http', host: http.host, isAllowed: http.plain === 'allowed' } as const]),
  ]
  return listeners.filter(({ host }) => !isLoopback(host))
}

/** Refuses plain text on a network, where nobody said that it is meant. */
export function checkPlain(
  config: Listeners,
  context: { addIssue: (issue: { code: 'custom'; message: string; path: PropertyKey[] }) => void },
): void {
  for (const { setting, host, isAllowed } of plainListeners(config)) {
    if (isAllowed) continue
    // One problem for both: they share the word.
    if (setting === 'mqtt.websocket' && !isLoopback(config.mqtt.host)) continue
    const key = setting === 'http' ? 'http' : 'mqtt'
    context.addIssue({
      code: 'custom',
      path: [...setting.split('.'), 'host'],
      message: `whoever is on the network of ${host} could read passwords and readings, as there is no TLS; leave "host" out (loopback), set ${key}.tls, or say that you mean it: ${key}.plain: allowed`,
    })
  }
}
