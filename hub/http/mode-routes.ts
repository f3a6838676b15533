import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { MODES } from '../model/input.ts'
import type { ModeEnd } from '../model/input.ts'
import { actorOf, actorSchema } from './actor.ts'
import { problemSchema } from './problem.ts'
import { time, untilField } from './time-fields.ts'

/** A mode in force, as the board shows it beside an alert too. */
export const modeSchema = z.object({
  mode: z.enum(MODES),
  since: time,
  until: time.optional().describe('When it ends by itself; maintenance always has this.'),
  by: z.string().optional().describe('Who set it last: `operator:siv`.'),
  via: z.string().optional(),
})

const modesSchema = z
  .object({
    home: z.string(),
    timezone: z.string(),
    modes: z
      .array(modeSchema.extend({ why: z.string().optional() }).readonly())
      .readonly()
      .describe('Those in force.'),
    installers: z
      .array(z.string())
      .readonly()
      .describe('By name: who is told of what happens in maintenance. Without any the board has it alone.'),
    unansweredTests: z
      .number()
      .describe('Alerts marked as tests that nobody has answered: they count as real when maintenance ends.'),
  })
  .meta({ id: 'Modes' })

export type ModesView = z.output<typeof modesSchema>

const orderSchema = z
  .object({
    until: untilField,
    for: z.string().max(20).optional().describe('Or how long: 30m, 2h.'),
    why: z.string().trim().min(1).max(500).optional().describe('Kept with the personal data of the home.'),
    ...actorSchema,
  })
  .refine((body) => body.until === undefined || body.for === undefined, {
    error: 'expected "until" or "for", not both',
  })

const params = z.object({ home: z.string(), mode: z.enum(MODES) })
const refusals = { 401: problemSchema, 404: problemSchema, 422: problemSchema }

/** What people say about a home for a while: nobody is in, somebody works on the equipment, a carer is there. */
export const modeRoutes: FastifyPluginAsyncZod<{ trusted: boolean }> = async (app, { trusted }) => {
  app.get(
    '/api/homes/:home/modes',
    {
      config: { roles: ['operator', 'installer', 'admin'], scope: 'read:homes', personal: 'modes.read' },
      schema: {
        tags: ['homes'],
        summary: 'The modes that a home is in, until when, and who set them.',
        params: z.object({ home: z.string() }),
        response: { 200: modesSchema, ...refusals },
      },
    },
    async ({ office, params: { home } }) => office.modes(home),
  )

  app.put(
    '/api/homes/:home/modes/:mode',
    {
      config: { roles: ['operator', 'installer'], scope: 'change:homes', audit: 'mode.set' },
      schema: {
        tags: ['homes'],
        summary:
          'Set a mode, in force at once; set again, it has the new end. Maintenance ends 4 h after it began at the latest.',
        params,
        body: orderSchema.nullish(),
        response: { 200: modesSchema, ...refusals },
      },
    },
    async (request) => {
      const { home, mode } = request.params
      const { why, until: at, for: length, ...who } = request.body ?? {}
      const until: ModeEnd | undefined =
        at !== undefined ? { at } : length !== undefined ? { in: length } : undefined
      return request.office.setMode(home, {
        mode,
        on: true,
        ...(until && { until }),
        ...(why !== undefined && { why }),
        ...actorOf(request, who, trusted),
      })
    },
  )

  app.delete(
    '/api/homes/:home/modes/:mode',
    {
      config: { roles: ['operator', 'installer'], scope: 'change:homes', audit: 'mode.end' },
      schema: {
        tags: ['homes'],
        summary: 'End a mode. One that is not in force stays so.',
        params,
        querystring: z.object(actorSchema),
        response: { 200: modesSchema, ...refusals },
      },
    },
    async (request) => {
      const { home, mode } = request.params
      return request.office.setMode(home, { mode, on: false, ...actorOf(request, request.query, trusted) })
    },
  )
}
