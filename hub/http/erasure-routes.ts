import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ERASE_CLASSES, ERASE_STEPS } from '../model/erasure.ts'
import type { Erasure } from '../model/erasure.ts'
import { actorOf, actorSchema } from './actor.ts'
import { HttpError, problemSchema } from './problem.ts'
import { time } from './time-fields.ts'

const counts = z.partialRecord(z.enum(ERASE_CLASSES), z.int()).describe('Rows, class by class.')
const remains = z
  .array(z.object({ where: z.string(), what: z.string() }))
  .describe('What is left of them elsewhere, in words.')

const erasureSchema = z
  .object({
    id: z.int(),
    home: z.string(),
    resident: z.string().optional().describe('Not given: the whole home.'),
    at: time,
    by: z.string(),
    step: z
      .enum(ERASE_STEPS)
      .describe(
        'register, database: under way. tidy: the log of the database may have remnants. history: InfluxDB has not confirmed it yet. again: it has, and is asked once more. done.',
      ),
    counts,
    confirmedAt: time.optional().describe('When InfluxDB confirmed it.'),
    waitsFor: z
      .string()
      .optional()
      .describe('Why its step is not done yet: an alert, a reader of the database, InfluxDB.'),
    restored: z.literal(true).optional().describe('A backup had brought them back.'),
  })
  .meta({ id: 'Erasure' })

const planSchema = z
  .object({
    home: z.string(),
    resident: z.string().optional(),
    isWhole: z.boolean().describe('Nobody else lives there: the home is erased with all that is in it.'),
    sensors: z.array(z.string()).describe('Of the resident: they go too.'),
    counts,
    refused: z.array(z.string()).describe('What has to be done before.'),
    remains,
  })
  .meta({ id: 'ErasePlan' })

export type ErasureView = z.output<typeof erasureSchema>
export type ErasePlanView = z.output<typeof planSchema>

const refusals = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
}

/** People are erased from all that the hub keeps (GDPR, Article 17). */
export const erasureRoutes: FastifyPluginAsyncZod<{ trusted: boolean }> = async (app, { trusted }) => {
  app.get(
    '/api/homes/:home/erasure',
    {
      config: { roles: ['admin'], audit: 'resident.erase-plan' },
      schema: {
        tags: ['register'],
        summary: 'What erasing a resident, or the whole home, would delete; nothing is changed.',
        params: z.object({ home: z.string() }),
        querystring: z.object({ resident: z.string().optional(), by: actorSchema.by }),
        response: { 200: planSchema, ...refusals },
      },
    },
    async ({ office, params, query }) => {
      const plan = await office.erasures.plan(params.home, query.resident)
      return { ...plan, sensors: [...plan.sensors], refused: [...plan.refused], remains: [...plan.remains] }
    },
  )

  app.post(
    '/api/homes/:home/erasure',
    {
      config: { roles: ['admin'], audit: 'resident.erase' },
      schema: {
        tags: ['register'],
        summary:
          'Erase a resident with what is known of them, or, where nobody else lives there, the whole home. It cannot be taken back.',
        params: z.object({ home: z.string() }),
        body: z.object({
          resident: z.string().min(1).optional().describe('Not given: the whole home.'),
          why: z.string().trim().min(1).max(300).describe('Kept in the audit log: without names of people.'),
          ...actorSchema,
        }),
        response: { 200: erasureSchema, ...refusals },
      },
    },
    async (request) => {
      const { resident, why, ...who } = request.body
      const { home } = request.params
      const { by } = actorOf(request, who, trusted)
      request.noted = { whose: `home:${home}`, why: resident === undefined ? why : `${resident}: ${why}` }
      return view(await request.office.erasures.erase(home, resident, by))
    },
  )

  app.delete(
    '/api/homes/:home/erasure',
    {
      config: { roles: ['admin'], audit: 'resident.erase-called-off' },
      schema: {
        tags: ['register'],
        summary:
          'Call off an erasure that still waits for something, such as an alert to be resolved: nobody has left the register.',
        params: z.object({ home: z.string() }),
        querystring: z.object({ resident: z.string().optional(), by: actorSchema.by }),
        response: { 204: z.null(), ...refusals },
      },
    },
    async (request, reply) => {
      const { resident } = request.query
      const { home } = request.params
      request.noted = { whose: `home:${home}`, ...(resident !== undefined && { why: resident }) }
      await request.office.erasures.callOff(home, resident)
      return reply.code(204).send(null)
    },
  )

  app.get(
    '/api/erasures',
    {
      config: { roles: ['admin'] },
      schema: {
        tags: ['register'],
        summary: 'Who was erased, by pseudonyms alone, and how far that is.',
        response: { 200: z.object({ erasures: z.array(erasureSchema) }), ...refusals },
      },
    },
    async ({ office }) => ({ erasures: office.erasures.list().map(view) }),
  )

  app.get(
    '/api/erasures/:erasure',
    {
      config: { roles: ['admin'] },
      schema: {
        tags: ['register'],
        summary: 'How far an erasure is, and what is left elsewhere.',
        params: z.object({ erasure: z.coerce.number().int() }),
        response: { 200: z.object({ erasure: erasureSchema, remains }), ...refusals },
      },
    },
    async ({ office, params }) => {
      const erasure = office.erasures.find(params.erasure)
      if (!erasure) throw new HttpError(404, `Cannot find the erasure ${params.erasure}: there is none.`)
      return { erasure: view(erasure), remains: [...(await office.erasures.remains(erasure))] }
    },
  )
}

function view({ sensors: _s, upTo: _u, ...erasure }: Erasure): ErasureView {
  return erasure
}
