import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { channelsSchema, kannelSchema } from './channel-settings.ts'
import { checkRoutes, routeOf, routesSchema } from './route-settings.ts'
import { duration } from '../source/duration.ts'
import { parseYaml } from '../source/parse-yaml.ts'
import { ProblemsError } from '../source/problem.ts'
import type { Parsed } from '../source/problem.ts'
import { parseTimeOfDay } from '../time/daily-window.ts'
import { LIMITS } from '../watch/judge-heartbeat.ts'
import { WATCHDOG_LANGUAGES } from '../watch/watchdog-words.ts'
import { whyNotRead } from '../source/why-not-read.ts'

const url = z.url({ protocol: /^https?$/ })
const timeOfDay = z
  .string()
  .refine((text) => parseTimeOfDay(text) !== undefined, 'expected a time of day in quotes, such as "22:00"')
const atLeast = (ms: number, least: string) =>
  duration.refine((value) => value >= ms, `expected at least ${least}`)

const personSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{0,40}$/, 'expected small letters, digits, dots and hyphens')
      .describe('For the log and the state; no real name is needed.'),
    phone: z
      .string()
      .regex(/^\+[1-9]\d{6,14}$/, 'expected a number in E.164 form, such as "+4790000001"')
      .optional(),
    email: z.email().optional(),
    webhook: z.literal(true).optional().describe('Tell the webhook of the channels.'),
    language: z.enum(WATCHDOG_LANGUAGES).default('nb'),
    hours: z
      .strictObject({ from: timeOfDay, to: timeOfDay })
      .optional()
      .describe('On duty only then, each day; when nobody is, everybody is told.'),
  })
  .refine((one) => [one.phone, one.email, one.webhook].filter((way) => way !== undefined).length === 1, {
    message: 'expected one of phone, email and webhook: true',
  })

/** The schema of a `watchdog.yaml`. */
export const watchdogSchema = z
  .strictObject({
    hub: url.optional().describe('The console of the hub as this machine reaches it; --hub says it too.'),
    name: z.string().trim().min(1).max(30).optional().describe('What the texts call the hub: Alta.'),
    every: atLeast(1000, '1s').default(30_000).describe('How often it looks: 30s.'),
    late: z.int().min(1).max(100).default(3).describe('So many bad looks in a row are a trouble.'),
    back: z.int().min(1).max(100).default(2).describe('So many good ones are the end of it.'),
    repeat: atLeast(1000, '1s')
      .default(15 * 60_000)
      .describe('Who was told is told again after: 15m.'),
    limits: z
      .strictObject({
        write: atLeast(15_000, '15s: the hub writes every 10 s').default(LIMITS.write),
        timer: atLeast(1000, '1s').default(LIMITS.timer),
        outbox: atLeast(1000, '1s').default(LIMITS.outbox),
      })
      .prefault({})
      .describe(
        'From when on a hub that answers is in trouble: without a write, with a timer or a message that is late.',
      ),
    timezone: z
      .string()
      .refine(isTimezone, 'is no time zone, expected one such as Europe/Oslo')
      .optional()
      .describe('Of the times in the texts and of hours; else that of this machine.'),
    state: z.string().min(1).default('watchdog.state.json').describe('Where it keeps whom it told.'),
    ping: url.optional().describe('A dead-man service for the watchdog itself.'),
    people: z.array(personSchema).min(1, 'expected somebody to tell'),
    sms: z.strictObject({ kannel: kannelSchema }).optional(),
    channels: channelsSchema,
    routes: routesSchema,
  })
  .superRefine(checkRoutes)
  .superRefine((settings, context) => {
    const names = settings.people.map(({ name }) => name)
    settings.people.forEach((one, i) => {
      const kind = one.phone !== undefined ? 'sms' : one.email !== undefined ? 'email' : 'webhook'
      if (names.indexOf(one.name) < i) {
        context.addIssue({
          code: 'custom',
          path: ['people', i, 'name'],
          message: 'is the name of another one',
        })
      }
      if (routeOf(settings, kind).length === 0) {
        const message = `there is no channel for ${kind === 'sms' ? 'SMS' : kind}: nothing would reach ${one.name}`
        context.addIssue({ code: 'custom', path: ['people', i], message })
      }
    })
  })

export type WatchdogSettings = z.output<typeof watchdogSchema>

export function parseWatchdogSettings(file: string, text: string): Parsed<WatchdogSettings> {
  const parsed = parseYaml(file, text, watchdogSchema)
  return parsed.ok ? { ok: true, value: parsed.value.value } : parsed
}

/** @throws ProblemsError with every error of the file, or an Error when it cannot be read */
export async function loadWatchdogSettings(file: string): Promise<WatchdogSettings> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`Cannot read the watchdog's configuration ${file}: ${whyNotRead(cause)}`, {
      cause,
    })
  })
  const parsed = parseWatchdogSettings(file, text)
  if (!parsed.ok) throw new ProblemsError(`Cannot use the watchdog's configuration ${file}`, parsed.problems)
  return parsed.value
}

function isTimezone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
