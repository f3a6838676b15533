import { z } from 'zod'
import { ALARM_FAILURES, ALARM_HOWS, ALARM_LEGS, VISIT_LACKS, VISIT_WARNINGS } from '../model/visit.ts'
import { reconnects } from './register-view.ts'
import { time } from './time-fields.ts'

const words = z.object({ en: z.string(), nb: z.string() })
const value = z.union([z.string(), z.number(), z.boolean()])
const qos = z
  .union([z.literal(0), z.literal(1)])
  .optional()
  .describe('How it arrived; 1 stands for QoS 2 too.')
const lackSchema = z.object({
  code: z.enum(VISIT_LACKS),
  sensor: z.string().optional(),
  en: z.string(),
  nb: z.string(),
})

const stepSchema = z.object({
  ask: words,
  expect: z.object({
    kind: z.string(),
    value: value.optional(),
    above: z.number().optional(),
    below: z.number().optional(),
  }),
  askedAt: time.optional(),
  provenAt: time.optional(),
  value: value.optional(),
  seconds: z.number().optional().describe('From the question to the reading.'),
  qos,
  seq: z.int().optional().describe('The row of the journal that proves it.'),
})

export const visitSchema = z
  .object({
    id: z.string(),
    home: z.string(),
    by: z.string(),
    byName: z.string().optional(),
    startedAt: time,
    maintenanceUntil: time
      .optional()
      .describe('Until when what is found is a test. Not given: it is over, and alarms go to the family.'),
    gateways: z
      .array(z.object({ id: z.string(), online: z.boolean(), credentials: z.boolean(), reconnects }))
      .readonly(),
    sensors: z
      .array(
        z.object({
          sensor: z.string(),
          profile: z.string(),
          title: words,
          room: z.string().optional(),
          roomName: z.string().optional(),
          role: z.string().optional(),
          address: z.string(),
          alarm: z.boolean().describe('It can call for help, or warn of smoke, gas or CO.'),
          steps: z.array(stepSchema).readonly(),
          nothing: words.optional().describe('Why there is nothing to do but to hear it.'),
          state: z.enum(['unproven', 'asked', 'proven', 'nothing-to-prove']),
          heardAt: time.optional(),
          signal: z.number().optional().describe('%'),
          battery: z.number().optional().describe('%'),
          qos,
          warnings: z
            .array(z.object({ code: z.enum(VISIT_WARNINGS), en: z.string(), nb: z.string() }))
            .readonly(),
        }),
      )
      .readonly(),
    alarm: z
      .object({
        how: z.enum(ALARM_HOWS).describe('hub: the hub itself said it, as a test.'),
        sensor: z.string().optional(),
        alert: z.string().optional(),
        startedAt: time,
        legs: z
          .array(
            z.object({
              leg: z.enum(ALARM_LEGS),
              at: time.optional(),
              seconds: z.number().optional().describe('Since the leg before that is known.'),
            }),
          )
          .readonly(),
        seconds: z.number().optional().describe('From the reading to the answer.'),
        answeredBy: z.string().optional(),
        via: z.string().optional(),
        state: z.enum(['waiting', 'answered', 'failed']),
        reason: z.object({ code: z.enum(ALARM_FAILURES), en: z.string(), nb: z.string() }).optional(),
      })
      .optional(),
    missing: z.array(lackSchema).readonly().describe('Why it cannot be finished yet.'),
    finished: z.object({ at: time, certificate: z.string() }).optional(),
  })
  .meta({ id: 'Visit' })

export const certificateSchema = z
  .object({
    format: z.literal(1),
    id: z.string(),
    home: z.string(),
    label: z.string().optional(),
    area: z.string().optional(),
    timezone: z.string(),
    at: time,
    by: z.string(),
    byName: z.string().optional(),
    note: z.string().optional(),
    forced: z
      .object({ reason: z.string(), missing: z.array(lackSchema).readonly() })
      .optional()
      .describe('Finished though something was missing.'),
    visit: visitSchema,
    due: time.describe('When it is to be proven again.'),
    hub: z.object({ version: z.string() }),
    rules: z.object({ sha256: z.string() }),
    sha256: z.string().describe('Of its JSON without this field, keys sorted, no spaces (RFC 8785).'),
  })
  .meta({ id: 'Certificate' })

export const certificateRowSchema = z.object({
  id: z.string(),
  at: time,
  by: z.string(),
  byName: z.string().optional(),
  due: time,
  sensors: z.int(),
  proven: z.int(),
  forced: z.boolean(),
})
