import { Temporal } from 'temporal-polyfill'
import { z } from 'zod'
import { SEVERITIES } from '../model/alert.ts'
import { WAYS } from '../model/notification.ts'
import { duration } from '../source/duration.ts'
import { parseTimeOfDay } from '../time/daily-window.ts'
import { TOLD_ROLES } from './policy.ts'
import { DAYS } from './rota.ts'

const id = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, 'expected small letters, digits and hyphens, starting with a letter')
const person = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected the id of somebody of the staff')
const people = z.array(person).min(1, 'expected at least one id of the staff: [siv]')
const time = z
  .string('expected a time of day in quotes, such as "07:30"')
  .refine((text) => parseTimeOfDay(text) !== undefined, 'expected a time of day from "00:00" to "23:59"')
const DATE_TIME = 'expected a date and time in quotes, such as "2026-12-24T15:30"'
const dateTime = z
  .string(DATE_TIME)
  .regex(/^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d$/, DATE_TIME)
  .refine(isDate, 'expected a day that is in the calendar')
const severity = z.enum(SEVERITIES as ['high', 'medium', 'low', 'info'])
const category = z.enum(['safety', 'health', 'routine', 'technical'])
const TO = `expected { contacts: [${TOLD_ROLES.join(', ')}] } or some of them, { oncall: ROTA } or { group: NAME }`
/** `mon`, `mon-fri` or `daily`. */
const days = z
  .array(
    z
      .string()
      .regex(
        new RegExp(`^(daily|(${DAYS.join('|')})(-(${DAYS.join('|')}))?)$`),
        'expected a day such as mon, days such as mon-fri, or daily',
      ),
  )
  .min(1, 'expected at least one day: [mon-fri]')

const step = z.strictObject({
  to: z.union(
    [
      z.strictObject({ contacts: z.array(z.enum(TOLD_ROLES)).min(1) }),
      z.strictObject({ oncall: id }),
      z.strictObject({ group: id }),
    ],
    TO,
  ),
  by: z.array(z.enum(WAYS)).min(1).default(['sms']).describe('Channels, all at once.'),
  wait: duration.describe('Time to answer before the next is told.'),
  severity: z.array(severity).min(1).optional().describe('Leaves the step out for other severities.'),
  during: z
    .strictObject({ from: time, to: time })
    .optional()
    .describe("Leaves the step out at other times of the home's day."),
})

/** The schema of a policy file, for editors too. */
export const policyFileSchema = z.strictObject({
  policies: z
    .array(
      z.strictObject({
        id,
        why: z.string().optional(),
        use: z
          .strictObject({ category: z.array(category).min(1), severity: z.array(severity).min(1) })
          .optional()
          .describe('Alerts that it is for where their rule names no policy. The first that fits counts.'),
        steps: z
          .array(step)
          .min(1, 'expected at least one step')
          .describe('Who is told, one step after the other, until a human answers.'),
        repeat: z
          .strictObject({
            from: z.int().min(1).default(1).describe('The step from which it goes on: 1 is the first.'),
            every: duration.describe('Time after the last step.'),
          })
          .describe('When all were told and nobody has it: it never ends silently.'),
      }),
    )
    .default([]),
  rotas: z
    .array(
      z.strictObject({
        id,
        timezone: z.string().refine(isTimezone, { error: 'expected a time zone such as Europe/Oslo' }),
        shifts: z
          .array(z.strictObject({ days, from: time, to: time, who: people }))
          .default([])
          .describe('By the week; one that does not end after it begins ends the day after.'),
        overrides: z.array(z.strictObject({ from: dateTime, to: dateTime, who: people })).default([]),
        fallback: z.array(person).default([]).describe('On call when nobody else is.'),
      }),
    )
    .default([]),
  groups: z.array(z.strictObject({ id, who: people })).default([]),
  limits: z
    .strictObject({
      perHour: z
        .int()
        .min(1)
        .max(60)
        .optional()
        .describe('Messages to one person in an hour (12); everybody else is told first then. Alarms pass.'),
      digest: duration
        .optional()
        .describe('One message to one person about technical alerts in this time (10m), with a count.'),
    })
    .optional()
    .describe('In one file only.'),
})

export type PolicyFileSource = z.output<typeof policyFileSchema>

function isDate(text: string): boolean {
  try {
    return Temporal.PlainDateTime.from(text).year > 0
  } catch {
    return false
  }
}

function isTimezone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
