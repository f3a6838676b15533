import { z } from 'zod'
import { CONTACT_ROLES } from '../model/home.ts'
import { SERVICE_STATES } from '../model/service-state.ts'
import { time } from './time-fields.ts'

const revision = z.string().describe('Names what it is like now: If-Match wants it back with a change.')

export const serviceSchema = z
  .object({
    home: z.string(),
    timezone: z.string(),
    state: z.enum(SERVICE_STATES),
    until: time.optional().describe('When a pause ends by itself.'),
    note: z
      .object({ at: time, by: z.string(), via: z.string(), why: z.string().optional() })
      .optional()
      .describe('Who said so last.'),
  })
  .meta({ id: 'Service' })

/** Of a gateway. */
export const reconnects = z
  .int()
  .optional()
  .describe(
    'How often it connected in the last five minutes, where that is a loop: mostly two boxes with the same credentials.',
  )

export const gatewaySchema = z
  .object({
    id: z.string(),
    online: z.boolean(),
    credentials: z.boolean().describe('Whether they were made; without them it cannot connect.'),
    reconnects,
    createdAt: time.optional(),
    rotatedAt: time.optional().describe('A new password was made, and the gateway has not come with it yet.'),
  })
  .meta({ id: 'Gateway' })

export const registeredHomeSchema = z
  .object({
    home: z.string(),
    revision: z.string().describe('Of all of it.'),
    fields: z.object({
      revision,
      id: z.string(),
      timezone: z.string(),
      label: z.string().optional(),
      area: z.string().optional(),
      risk: z.number().optional(),
      tags: z.array(z.string()).optional(),
      address: z.string().optional(),
      keySafe: z
        .object({ where: z.string().optional() })
        .optional()
        .describe('Its code is written here, and never shown.'),
      access: z.string().optional(),
      messages: z.object({ health: z.enum(['title', 'category']).optional() }).optional(),
    }),
    service: serviceSchema,
    residents: z.array(
      z.object({
        revision,
        id: z.string(),
        name: z.string().optional(),
        language: z.string().optional(),
        spo2Scale: z.number().optional(),
      }),
    ),
    contacts: z.array(
      z.object({
        revision,
        id: z.string(),
        name: z.string().optional(),
        phone: z.string().optional(),
        email: z.string().optional(),
        language: z.string().optional(),
        alias: z.string().optional(),
        order: z.number().optional(),
        role: z.enum(CONTACT_ROLES).optional(),
        quiet: z.object({ from: z.string(), to: z.string() }).optional(),
        allWell: z
          .union([z.string(), z.object({ at: z.string(), days: z.array(z.string()).optional() })])
          .optional(),
      }),
    ),
    rooms: z
      .array(
        z.object({
          revision,
          id: z.string(),
          name: z.string().optional(),
          sensors: z.array(z.string()).describe('Those in it.'),
        }),
      )
      .describe('Those that were named, then those that are known by their sensors alone.'),
    sensors: z.array(
      z.object({
        revision,
        id: z.string(),
        profile: z.string(),
        address: z.string().optional().describe('Not given: its id.'),
        connector: z
          .string()
          .optional()
          .describe('The connector over which it comes; not given: the own broker.'),
        room: z.string().optional(),
        role: z.string().optional(),
        resident: z.string().optional(),
        before: z
          .array(z.object({ profile: z.string(), address: z.string(), until: time }))
          .optional()
          .describe('The devices that stood here before, oldest first.'),
      }),
    ),
    gateways: z.array(gatewaySchema),
  })
  .meta({ id: 'RegisteredHome' })

export type RegisteredHome = z.output<typeof registeredHomeSchema>
export type ServiceView = z.output<typeof serviceSchema>
export type GatewayView = z.output<typeof gatewaySchema>

export const changedSchema = z
  .object({
    home: z.string(),
    id: z.string().optional(),
    revision: z
      .string()
      .optional()
      .describe('Of what was changed, as it is now. Not given for a request that was answered before.'),
    changed: z.array(z.string()).readonly().describe('Names of what changed; none: it was so already.'),
  })
  .meta({ id: 'Changed' })

export type Changed = z.output<typeof changedSchema>

const wordsSchema = z.object({ en: z.string(), nb: z.string() })

export const profileSchema = z
  .object({
    id: z.string(),
    title: wordsSchema,
    maker: z.string(),
    model: z.string(),
    power: z.enum(['battery', 'mains']),
    alarm: z
      .boolean()
      .describe('Alarm-class: a message of it that cannot be read raises an alert all the same.'),
    kinds: z.array(z.string()).readonly(),
    heardEvery: z.number().describe('A working one is heard at least so often, ms.'),
    hasAddress: z.boolean().describe('Its address is part of its topic; else it publishes under its id.'),
    examples: z.number().describe('Recorded messages with what must become of them: they prove the profile.'),
    prove: z
      .object({
        steps: z
          .array(
            z.object({
              ask: wordsSchema,
              expect: z.object({
                kind: z.string(),
                value: z.union([z.string(), z.number(), z.boolean()]).optional(),
                above: z.number().optional(),
                below: z.number().optional(),
              }),
            }),
          )
          .readonly(),
        nothing: wordsSchema.optional().describe('Why there is nothing to do.'),
      })
      .optional()
      .describe("What is done at the installer's visit, and what must then be heard."),
  })
  .meta({ id: 'ProfileFacts' })

export type ProfileFacts = z.output<typeof profileSchema>

export const foundHomeSchema = z
  .object({
    id: z.string(),
    label: z.string().optional(),
    area: z.string().optional(),
    tags: z.array(z.string()).readonly().optional(),
    state: z.enum(SERVICE_STATES),
    gateways: z.number(),
    sensors: z.number(),
    reachable: z.boolean(),
  })
  .meta({ id: 'FoundHome' })

export type FoundHome = z.output<typeof foundHomeSchema>
