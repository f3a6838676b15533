import { readFile } from 'node:fs/promises'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { channelsSchema, kannelSchema } from './settings/channel-settings.ts'
import { connectorsSchema } from './settings/connector-settings.ts'
import { checkPlain, metricsSchema, plainSchema, trustProxySchema } from './settings/http-settings.ts'
import { diskSchema } from './settings/disk-settings.ts'
import { grafanaSchema } from './settings/grafana-settings.ts'
import { influxSchema } from './settings/influx-settings.ts'
import { mqttLimitsSchema } from './settings/mqtt-limits.ts'
import { keepSchema } from './settings/keep-settings.ts'
import { messagesSchema } from './settings/message-settings.ts'
import { oidcSchema } from './settings/oidc-settings.ts'
import { checkRoutes, routesSchema } from './settings/route-settings.ts'
import { httpTlsSchema, mqttTlsSchema, websocketSchema } from './settings/tls-settings.ts'
import { duration } from './source/duration.ts'
import { parseYaml } from './source/parse-yaml.ts'
import { ProblemsError } from './source/problem.ts'
import type { Parsed } from './source/problem.ts'
import { LIMITS } from './watch/judge-heartbeat.ts'
import { whyNotRead } from './source/why-not-read.ts'

const expectPort = {
  error: ({ input }: { readonly input?: unknown }) =>
    `is ${JSON.stringify(input)}, expected a port from 0 (any free one) to 65535, such as 8080`,
}
const port = z.int(expectPort).min(0, expectPort).max(65_535, expectPort)
const host = z.string().min(1)
const MINUTE = 60_000
const DAY = 86_400_000

/** The schema of a `hub.yaml`, for editors too. */
export const configSchema = z
  .strictObject({
    data: z.string().min(1).default('data').describe('Folder of the database. One hub at a time uses it.'),
    rules: z.string().min(1).optional().describe('Folder of the rule files; default: the shipped ones.'),
    profiles: z
      .string()
      .min(1)
      .optional()
      .describe('Folder of the device profiles; default: the shipped ones.'),
    mqtt: z
      .strictObject({
        host: host.default('127.0.0.1').describe('Plain MQTT: loopback, unless you say otherwise.'),
        port: port.default(1883),
        plain: plainSchema,
        maxPacket: z.int().min(1024).max(16_777_216).default(262_144).describe('Bytes.'),
        maxConnections: z.int().min(1).default(20_000).describe('At all listeners together.'),
        maxKeepalive: z
          .int()
          .min(10)
          .max(3600)
          .default(90)
          .describe('Seconds; a lost link is noticed after 1.5 times that.'),
        limits: mqttLimitsSchema,
        tls: mqttTlsSchema.optional().describe('MQTT over TLS; without it there is plain MQTT only.'),
        websocket: websocketSchema.optional().describe('MQTT over WebSocket, path /mqtt.'),
      })
      .prefault({}),
    http: z
      .strictObject({
        host: host.default('127.0.0.1'),
        port: port.default(8080),
        plain: plainSchema,
        url: z.url().optional().describe('How the outside reaches this hub: for callbacks and links.'),
        tls: httpTlsSchema
          .optional()
          .describe('HTTPS; without it plain HTTP, for loopback or behind a proxy.'),
        trustProxy: trustProxySchema
          .optional()
          .describe('Addresses of the proxies in front: they say whose request it is (X-Forwarded-For).'),
        metrics: metricsSchema,
      })
      .prefault({}),
    session: z
      .strictObject({
        idle: duration
          .refine((ms) => ms >= MINUTE && ms <= DAY, 'expected 1m to 1d')
          .default(30 * MINUTE)
          .describe('A screen at which nobody does anything for so long is locked; the board stays: 30m.'),
      })
      .prefault({}),
    visits: z
      .strictObject({
        checkEvery: z
          .string()
          .regex(/^([1-9]|[1-5]\d|60) months?$/, 'expected 1 to 60 months, such as "12 months"')
          .transform((text) => Number.parseInt(text, 10))
          .default(12)
          .describe('When what an installer proved is to be proven again: 12 months.'),
      })
      .prefault({}),
    keep: keepSchema,
    disk: diskSchema,
    oidc: oidcSchema.optional().describe('Who signs people in beside links and passwords: OpenID Connect.'),
    influxdb: influxSchema
      .optional()
      .describe('InfluxDB for the history: docs/history.md. Without it, history is read from the journal.'),
    grafana: grafanaSchema.optional().describe('What is pushed to a Grafana: docs/grafana.md.'),
    sms: z
      .strictObject({ kannel: kannelSchema })
      .optional()
      .describe('Short form of one channel: { name: kannel, type: kannel, … }.'),
    channels: channelsSchema.describe(
      'Ways to people. Without one for SMS, messages go to the phone page of this hub.',
    ),
    connectors: connectorsSchema.describe(
      'Brokers of others whose messages the hub takes as their client: docs/connectors.md.',
    ),
    messages: messagesSchema,
    watch: z
      .strictObject({
        ping: z
          .url({ protocol: /^https?$/ })
          .describe('A dead-man service (healthchecks.io, or your own): called while the hub is well.'),
        every: duration
          .refine((ms) => ms >= 1000 && ms <= DAY, 'expected 1s to 1d')
          .default(60_000)
          .describe('How often: 1m.'),
        outbox: duration
          .default(LIMITS.outbox)
          .describe('A hub with a message to a person that has not left for so long is not well: 10m.'),
      })
      .optional()
      .describe('Who raises the alarm when the hub itself falls silent. See also: aal watchdog.'),
    routes: routesSchema.describe(
      'Which channel is tried first, and which next when it fails; else in the order of channels.',
    ),
  })
  .superRefine(checkRoutes)
  .superRefine(checkPlain)

export type Config = z.output<typeof configSchema>

/** Reads the text of a `hub.yaml`; one that is empty but for comments is all defaults. */
export function parseConfig(file: string, text: string): Parsed<Config> {
  const { contents, errors } = parseDocument(text)
  const parsed = parseYaml(file, contents === null && errors.length === 0 ? '{}' : text, configSchema)
  return parsed.ok ? { ok: true, value: parsed.value.value } : parsed
}

/**
 * @param file undefined: all defaults
 * @throws ProblemsError with every error of the file, or an Error when it cannot be read
 */
export async function loadConfig(file: string | undefined): Promise<Config> {
  if (file === undefined) return configSchema.parse({})
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`Cannot read the configuration ${file}: ${whyNotRead(cause)}`, { cause })
  })
  const parsed = parseConfig(file, text)
  if (!parsed.ok) throw new ProblemsError(`Cannot use the configuration ${file}`, parsed.problems)
  return parsed.value
}
