import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { LimitNote } from '../model/home.ts'
import { actorOf, actorSchema } from './actor.ts'
import type { LimitView } from './office.ts'
import { problemSchema } from './problem.ts'
import { paramSchema, viewParam } from './rule-routes.ts'

const value = z.union([z.number(), z.string()]).describe('A number, or a duration as text: 6h.')
const name = z.string().regex(/^[\w-]+\.\w+$/, 'expected RULE.PARAMETER, such as low-spo2.limit')

const noteSchema = z
  .object({
    at: z.number(),
    by: z.string(),
    via: z.string(),
    why: z.string().optional(),
    resident: z.string().optional(),
    rule: z.string(),
    param: z.string(),
    from: value.optional(),
    to: value.optional(),
  })
  .meta({ id: 'LimitNote' })

const limitsSchema = z
  .object({
    limits: z.array(
      z.object({
        resident: z.string().optional().describe('Not given: for the whole home.'),
        rule: z.string(),
        param: z.string(),
        value,
        bounds: paramSchema.optional(),
        unused: z.string().optional().describe('Why it is not used: the rules have changed since.'),
        note: noteSchema.optional().describe('Who set it; not given when it came with the import file.'),
      }),
    ),
    notes: z.array(noteSchema).describe('Every change by people that is kept, newest first.'),
  })
  .meta({ id: 'Limits' })

export type LimitsView = z.output<typeof limitsSchema>

const refusals = { 401: problemSchema, 404: problemSchema, 422: problemSchema }

/** The limits that homes and residents have of their own. */
export const limitRoutes: FastifyPluginAsyncZod<{ trusted: boolean }> = async (app, { trusted }) => {
  app.get(
    '/api/homes/:home/limits',
    {
      config: { roles: ['operator', 'installer', 'admin'], scope: 'read:homes', personal: 'limits.read' },
      schema: {
        tags: ['homes'],
        summary: 'The limits that a home and its residents have of their own, and who set them.',
        params: z.object({ home: z.string() }),
        response: { 200: limitsSchema, ...refusals },
      },
    },
    async ({ office, params: { home } }) => view(office.limits(home)),
  )

  app.post(
    '/api/homes/:home/limits',
    {
      config: { roles: ['operator'], scope: 'change:homes', audit: 'limits.change' },
      schema: {
        tags: ['homes'],
        summary: 'Set and unset limits, in force at once; none is changed when one of them cannot be.',
        params: z.object({ home: z.string() }),
        body: z.object({
          resident: z.string().optional(),
          set: z.record(name, value).optional(),
          unset: z.array(name).optional(),
          why: z.string().trim().min(1).max(500).describe('Kept with the personal data of the home.'),
          ...actorSchema,
        }),
        response: { 200: limitsSchema, ...refusals },
      },
    },
    async (request) => {
      const { resident, set, unset, why } = request.body
      const limits = await request.office.changeLimits(request.params.home, {
        ...(resident !== undefined && { resident }),
        ...(set && { set }),
        ...(unset && { unset }),
        why,
        ...actorOf(request, request.body, trusted),
      })
      return view(limits)
    },
  )
}

function view({ limits, notes }: { limits: readonly LimitView[]; notes: readonly LimitNote[] }): LimitsView {
  return {
    limits: limits.map(({ spec, ...limit }) => ({ ...limit, ...(spec && { bounds: viewParam(spec) }) })),
    notes: notes.toReversed(),
  }
}
