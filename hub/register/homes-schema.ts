import { z } from 'zod'
import { Temporal } from 'temporal-polyfill'
import { CONSENT_KINDS } from '../model/consent.ts'
import { CONTACT_ROLES } from '../model/home.ts'
import { hint } from '../source/parse-yaml.ts'
import { parseTimeOfDay } from '../time/daily-window.ts'
import { bareNumber, E164, suggestPhone } from './phone.ts'

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** Ids go into topics, InfluxDB tags and keys: nothing that has a meaning there. */
export const id = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'expected letters, digits, dots, hyphens or underscores (at most 64), as it goes into topics',
  )
const address = z
  .string('expected a name in quotes, such as "0x00158d0001a2b3c4": without them YAML reads a number')
  .min(1)
  .max(128)
  .regex(/^[^+#\0]+$/, 'expected a name without + and #, as it goes into topics')
/** Without quotes YAML reads a number, and the plus sign is gone. */
const PHONE = 'expected a number with its country code, in quotes, such as "+4790000001"'
export const phone = z
  .string({ error: ({ input }) => expectedPhone(input) })
  .overwrite(bareNumber)
  .regex(E164, { error: ({ input }) => expectedPhone(input) })
const timezone = z.string().refine(isTimezone, { error: ({ input }) => expectedTimezone(input) })
export const language = z.enum(['nb', 'nn', 'se', 'en'])
const params = z.record(z.string(), z.record(z.string(), z.union([z.number(), z.string()])))

/** @param expected said where it is no text: without quotes YAML reads a number, and a zero in front is gone */
function line(most: number, expected?: string) {
  return z
    .string(expected)
    .trim()
    .min(1)
    .max(most)
    .regex(/^\P{Cc}*$/u, 'expected one line')
}

const time = z
  .string('expected a time of day in quotes, such as "22:00"')
  .refine((text) => parseTimeOfDay(text) !== undefined, 'expected a time of day from "00:00" to "23:59"')
const DAY = 'expected a day such as 2026-11-01'
const day = z
  .string(DAY)
  .regex(/^\d{4}-\d\d-\d\d$/, DAY)
  .refine(isDay, 'expected a day that is in the calendar')
const consent = z
  .strictObject({
    given: day.optional(),
    withdrawn: day.optional(),
    source: z.string().trim().min(1).max(200).describe('Where that is written: signed form.'),
  })
  .refine(
    (one) => one.given !== undefined || one.withdrawn !== undefined,
    'expected "given" or "withdrawn", or both',
  )
  .refine(
    ({ given = '', withdrawn = '9999' }) => given < withdrawn,
    'expected "withdrawn" after "given": to give it again, leave out "withdrawn"',
  )
const weekday = z.enum(WEEKDAYS)
const allWell = z.union([time, z.strictObject({ at: time, days: z.array(weekday).min(1).optional() })])

const UNTIL = 'expected an end such as "2026-12-01 14:00", by the clock of the home'
const state = z.union(
  [
    z.enum(['planned', 'commissioning', 'active', 'closed']),
    z.strictObject({
      paused: z.strictObject({
        until: z.string(UNTIL).refine(isLocalTime, UNTIL),
        why: z.string().trim().min(1).max(500),
      }),
    }),
  ],
  { error: 'expected planned, commissioning, active, closed, or { paused: { until, why } }' },
)
const tag = z
  .string()
  .trim()
  .min(1)
  .max(40)
  .regex(/^[^,;|\p{Cc}]*$/u, 'expected a word or two, without a comma')

/** The import file of `aal import`. */
export const homesSchema = z.strictObject({
  homes: z
    .array(
      z.strictObject({
        id,
        timezone,
        state: state
          .optional()
          .describe('Not given: as it is; a new home is active. What the states mean: docs/homes.md.'),
        tags: z.array(tag).max(20).optional().describe('Personal: what people sort homes by.'),
        rooms: z
          .array(z.strictObject({ id, name: line(60).optional() }))
          .optional()
          .describe('What rooms are called; personal. Rooms of sensors need not be listed.'),
        label: z.string().optional(),
        area: z
          .string()
          .trim()
          .min(1)
          .max(60)
          .regex(/^[^|\p{Cc}]*$/u, 'expected the name of a place, without "|"')
          .optional()
          .describe('Homes that lose their connection together; homes of one area are one alert then.'),
        risk: z.int().min(1).max(3).optional(),
        address: line(200)
          .optional()
          .describe('Personal, as are keySafe and access: shown only over a link with sign-in.'),
        keySafe: z
          .strictObject({
            code: line(40, 'expected the code in quotes, such as "0417"'),
            where: line(200).optional(),
          })
          .optional()
          .describe('The box with the key: what opens it, and where it hangs.'),
        access: z
          .string()
          .trim()
          .min(1)
          .max(1000)
          .optional()
          .describe('For whoever goes there: the gate, the dog, the neighbour with a key.'),
        params: params.optional(),
        messages: z
          .strictObject({
            health: z
              .enum(['title', 'category'])
              .optional()
              .describe(
                'title: SMS to the family and neighbours name what it is. Not given, or category: that there is a health alert, and no more.',
              ),
          })
          .optional(),
        gateways: z.array(z.strictObject({ id })).default([]),
        residents: z
          .array(
            z.strictObject({
              id,
              name: z.string().optional(),
              language: language.optional(),
              spo2Scale: z.union([z.literal(1), z.literal(2)]).optional(),
              params: params.optional(),
            }),
          )
          .default([]),
        sensors: z
          .array(
            z.strictObject({
              id,
              profile: z.string(),
              address: address.optional(),
              connector: id
                .optional()
                .describe('The connector of hub.yaml over which it comes, where that does not say the home.'),
              room: id.optional(),
              role: id.optional(),
              resident: id.optional(),
            }),
          )
          .default([]),
        contacts: z
          .array(
            z.strictObject({
              id,
              name: z.string().optional(),
              phone: phone.optional(),
              email: z.email('expected an address such as anne@example.org').optional(),
              language: language.default('nb'),
              alias: z.string().max(40).optional(),
              order: z.int().min(1).default(1),
              role: z.enum(CONTACT_ROLES).optional(),
              consent: z
                .partialRecord(z.enum(CONSENT_KINDS), consent)
                .optional()
                .describe(
                  'What may be sent, by kind. Not recorded: alerts, and who has them, are still sent; nothing else is.',
                ),
              quiet: z
                .strictObject({ from: time, to: time })
                .refine(
                  ({ from, to }) => from !== to,
                  'expected quiet hours that end at another time than they begin',
                )
                .optional()
                .describe(
                  'By the clock of the home: told of nothing then but falls, SOS, smoke, gas and CO.',
                ),
              allWell: allWell
                .optional()
                .describe(
                  'When they get the daily word on how things are; only with the consent "all-well".',
                ),
            }),
          )
          .default([]),
      }),
    )
    .min(1),
})

/** One home of it. */
export const homeSchema = homesSchema.shape.homes.element

export type HomeSource = z.output<typeof homeSchema>
/** As people write it: what has a default may be left out. */
export type HomeText = z.input<typeof homeSchema>

function expectedPhone(input: unknown): string {
  // 4,79E+09: the digits are gone.
  if (/^\d[.,]\d+E\+\d+$/i.test(String(input))) {
    return `${PHONE}; a spreadsheet has rounded this one: make the column text, and write the number again`
  }
  const meant = suggestPhone(String(input))
  return meant === undefined ? PHONE : `${PHONE}; is it "${meant}"?`
}

function expectedTimezone(input: unknown): string {
  const expected = 'expected a time zone such as Europe/Oslo'
  const near = hint(String(input), Intl.supportedValuesOf('timeZone'))
  return near.includes('did you mean') ? `${expected}${near}` : expected
}

function isLocalTime(text: string): boolean {
  try {
    return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d$/.test(text) && Temporal.PlainDateTime.from(text).year > 0
  } catch {
    return false
  }
}

function isDay(text: string): boolean {
  try {
    return Temporal.PlainDate.from(text).year > 0
  } catch {
    return false
  }
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== ''
  } catch {
    return false
  }
}
