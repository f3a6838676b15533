import { z } from 'zod'
import { duration } from '../source/duration.ts'
import { parseTopicPattern } from '../source/topic-pattern.ts'

const DAY = 86_400_000
const file = z.string().min(1)

const pattern = z
  .string()
  .min(1)
  .superRefine((text, context) => {
    try {
      parseTopicPattern(text)
    } catch (cause) {
      context.addIssue({ code: 'custom', message: (cause as Error).message })
    }
  })

const subscription = z
  .strictObject({
    topic: pattern.describe(
      'With named parts: v3/{app}/devices/{device}/up. {home} is the id of a home, {rest} all levels that follow.',
    ),
    as: z
      .string()
      .min(1)
      .regex(/^[^+#\0/][^+#\0]*$/, 'expected a topic below homes/<homeId>/, without wildcards')
      .optional()
      .describe(
        'The topic below homes/<homeId>/ that it stands for, of the parts: lorawan/{device}. Default: {rest}.',
      ),
    home: z
      .string()
      .min(1)
      .optional()
      .describe('The home of all of it. Not given: {home}, or that of the sensor with this address.'),
  })
  .superRefine(({ topic, as, home }, context) => {
    const names = namesOf(topic)
    if (names === undefined) return
    const fail = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (as === undefined && !names.includes('rest')) {
      fail('as', 'is missing, expected the topic below homes/<homeId>/, such as lorawan/{device}')
    }
    for (const name of namesOf(as ?? '') ?? []) {
      if (!names.includes(name)) fail('as', `names {${name}}, which is no part of the topic`)
    }
    if (home === undefined && !names.includes('home') && !names.includes('device')) {
      fail('topic', 'names neither {home} nor {device}, expected one of them, or "home": whose it is')
    }
    if (home !== undefined && names.includes('home'))
      fail('home', 'stands beside {home}, expected one of them')
  })

const connector = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,30}$/, 'expected small letters, digits and hyphens')
      .describe('Own name: in alerts and metrics, and as "connector" of sensors.'),
    url: z
      .url({ protocol: /^(mqtts?|wss?)$/, error: 'expected mqtts://host:8883, mqtt://, wss:// or ws://' })
      .refine((url) => !URL.parse(url)?.username, 'has a user name in it: expected username and passwordFile')
      .describe('Of the broker: mqtts://eu1.cloud.thethings.network:8883'),
    username: z.string().min(1).optional(),
    password: z.string().min(1).optional(),
    passwordFile: file.optional().describe('A file whose first line is the password.'),
    ca: file.optional().describe('Certificates to trust (PEM) instead of those that Node brings.'),
    cert: file.optional().describe('The certificate of this hub (PEM), where the broker asks for one.'),
    key: file.optional().describe('Its key (PEM).'),
    clientId: z
      .string()
      .min(1)
      .max(65)
      .optional()
      .describe('Its session at the broker; stable, and nobody else has it. Default: aal-<id>.'),
    protocol: z
      .union([z.literal('5'), z.literal('3.1.1'), z.literal(5)])
      .default('5')
      .describe('Of MQTT.'),
    keepalive: duration
      .refine((ms) => ms >= 5000 && ms <= 3_600_000, 'expected 5s to 1h')
      .default(30_000)
      .describe('How soon a broken link is noticed: 30s.'),
    session: duration
      .refine((ms) => ms >= 60_000 && ms <= 90 * DAY, 'expected 1m to 90d')
      .default(7 * DAY)
      .describe('How long the broker keeps what comes while the hub is away (MQTT 5): 7d.'),
    inFlight: z
      .int()
      .min(1)
      .max(1000)
      .default(100)
      .describe('Messages that the broker may send before the first is acknowledged (MQTT 5).'),
    subscriptions: z.array(subscription).min(1, 'expected at least one'),
  })
  .superRefine((one, context) => {
    const fail = (path: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (one.password !== undefined && one.passwordFile !== undefined) {
      fail('password', 'stands beside passwordFile, expected one of them')
    }
    const hasPassword = one.password !== undefined || one.passwordFile !== undefined
    if (hasPassword && one.username === undefined)
      fail('username', 'is missing, expected one with the password')
    if ((one.cert === undefined) !== (one.key === undefined)) {
      fail(one.cert === undefined ? 'cert' : 'key', 'is missing, expected cert and key together')
    }
    if (/^(mqtt|ws):/.test(one.url) && (one.ca ?? one.cert) !== undefined) {
      fail('url', 'has no TLS, expected mqtts:// or wss:// with ca, cert and key')
    }
  })

export type ConnectorSettings = z.output<typeof connector>

export const connectorsSchema = z
  .array(connector)
  .superRefine((all, context) => {
    for (const key of ['id', 'clientId'] as const) {
      all.forEach((one, index) => {
        const value = one[key]
        if (value === undefined || all.findIndex((other) => other[key] === value) === index) return
        context.addIssue({ code: 'custom', path: [index, key], message: `is "${value}" twice` })
      })
    }
  })
  .default([])

function namesOf(text: string): readonly string[] | undefined {
  try {
    return parseTopicPattern(text).names
  } catch {
    return undefined
  }
}
