import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actorOf, actorSchema } from './actor.ts'
import { problemSchema } from './problem.ts'
import { time, untilField } from './time-fields.ts'

const holdSchema = z
  .object({
    home: z.string(),
    rule: z.string(),
    title: z
      .object({ en: z.string() })
      .catchall(z.string())
      .optional()
      .describe('Not given: there is no such rule any more.'),
    since: time,
    until: time.describe('When it ends by itself.'),
    by: z.string().describe('Who set it last: `operator:siv`.'),
    via: z.string(),
    why: z.string().optional(),
    unanswered: z.number().describe('Alerts of it that wait on the board, and of which nobody is told.'),
  })
  .meta({ id: 'Hold' })

const holdsSchema = z
  .object({
    home: z.string(),
    timezone: z.string(),
    holds: z.array(holdSchema.readonly()).readonly().describe('Those in force.'),
  })
  .meta({ id: 'Holds' })

export type HoldsView = z.output<typeof holdsSchema>
export type AllHoldsView = { readonly holds: readonly z.output<typeof holdSchema>[] }

const orderSchema = z
  .object({
    until: untilField,
    for: z.string().max(20).optional().describe('Or how long: 2h, 7d. At most 14 days.'),
    why: z.string().trim().min(1).max(500).describe('Kept with the personal data of the home.'),
    ...actorSchema,
  })
  .refine((body) => (body.until === undefined) !== (body.for === undefined), {
    error: 'expected "until" or "for", and not both: a hold always has an end',
  })

const params = z.object({ home: z.string(), rule: z.string().min(1).max(100) })
const refusals = { 401: problemSchema, 404: problemSchema, 422: problemSchema }

/** Rules that call nobody about a home for a while. */
export const holdRoutes: FastifyPluginAsyncZod<{ trusted: boolean }> = async (app, { trusted }) => {
  app.get(
    '/api/holds',
    {
      config: {
        roles: ['operator', 'installer', 'admin'],
        scope: 'read:homes',
        areas: 'kept',
        personal: 'holds.read',
      },
      schema: {
        tags: ['homes'],
        summary: 'Every rule that is held for a home, until when, who did it and why.',
        response: { 200: z.object({ holds: z.array(holdSchema.readonly()).readonly() }), 401: problemSchema },
      },
    },
    async ({ office }) => ({ holds: office.allHolds() }),
  )

  app.get(
    '/api/homes/:home/holds',
    {
      config: { roles: ['operator', 'installer', 'admin'], scope: 'read:homes', personal: 'holds.read' },
      schema: {
        tags: ['homes'],
        summary: 'The rules that are held for a home.',
        params: z.object({ home: z.string() }),
        response: { 200: holdsSchema, ...refusals },
      },
    },
    async ({ office, params: { home } }) => office.holds(home),
  )

  app.put(
    '/api/homes/:home/holds/:rule',
    {
      config: { roles: ['operator'], scope: 'change:homes', audit: 'hold.set' },
      schema: {
        tags: ['homes'],
        summary:
          'Hold a rule for a home, in force at once: its alerts are raised and shown, and nobody is called. Held again, it has the new end. Not possible for falls, SOS, smoke, gas and carbon monoxide.',
        params,
        body: orderSchema,
        response: { 200: holdsSchema, ...refusals },
      },
    },
    async (request) => {
      const { home, rule } = request.params
      const { why, until: at, for: length = '', ...who } = request.body
      return request.office.setHold(home, {
        rule,
        on: true,
        until: at === undefined ? { in: length } : { at },
        why,
        ...actorOf(request, who, trusted),
      })
    },
  )

  app.delete(
    '/api/homes/:home/holds/:rule',
    {
      config: { roles: ['operator'], scope: 'change:homes', audit: 'hold.lift' },
      schema: {
        tags: ['homes'],
        summary: 'Lift a hold: what still waits and is still so is told. What is not held stays so.',
        params,
        querystring: z.object(actorSchema),
        response: { 200: holdsSchema, ...refusals },
      },
    },
    async (request) => {
      const { home, rule } = request.params
      return request.office.setHold(home, { rule, on: false, ...actorOf(request, request.query, trusted) })
    },
  )
}
