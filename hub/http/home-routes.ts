import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actorOf, actorSchema } from './actor.ts'
import { createHomeLists, homeListSchema, homeRowSchema } from './home-list.ts'
import type { HomeLists } from './home-list.ts'
import { homeDetailSchema, viewHome } from './home-view.ts'
import type { Office } from './office.ts'
import { HttpError, problemSchema } from './problem.ts'
import { knownHome, sightOf } from './sight.ts'

const refusals = { 401: problemSchema, 403: problemSchema, 404: problemSchema }

const LIST = {
  compress: {},
  config: {
    roles: ['operator', 'installer', 'admin'],
    scope: 'read:homes',
    areas: 'kept',
    personal: 'homes.read',
  },
} as const

/** Homes as they are: all of them in lists, one with what it has. */
export const homeRoutes: FastifyPluginAsyncZod<{ trusted: boolean; office: Office }> = async (
  app,
  { trusted, office: whole },
) => {
  const lists = createHomeLists(whole)
  app.addHook('onClose', async () => lists.stop())

  app.get(
    '/api/homes',
    {
      ...LIST,
      schema: {
        tags: ['homes'],
        summary: 'Every registered home.',
        response: { 200: z.object({ homes: z.array(homeRowSchema) }), 401: problemSchema },
      },
    },
    (request, reply) => answerList(request, reply, lists.rowsFor),
  )

  app.get(
    '/api/homes/list',
    {
      ...LIST,
      schema: {
        tags: ['homes'],
        summary:
          'Every home in a line: whether it is protected, its open alerts. Quick for tens of thousands.',
        response: { 200: homeListSchema, 401: problemSchema },
      },
    },
    (request, reply) => answerList(request, reply, lists.linesFor),
  )

  app.get(
    '/api/homes/:home',
    {
      config: { roles: ['operator', 'installer', 'admin'], scope: 'read:homes', personal: 'home.read' },
      schema: {
        tags: ['homes'],
        summary:
          'One home by pseudonyms: its equipment and whether that speaks, modes, holds, limits, contacts, open alerts.',
        params: z.object({ home: z.string() }),
        response: { 200: homeDetailSchema, ...refusals },
      },
    },
    async ({ office, params }) => viewHome(knownHome(office, params.home), office, false),
  )

  app.post(
    '/api/homes/:home/reveal',
    {
      config: { roles: ['operator'], audit: 'home.reveal' },
      schema: {
        tags: ['homes'],
        summary:
          'The same with names, numbers and reasons. Who asked for them, and why, is kept in the audit log.',
        params: z.object({ home: z.string() }),
        body: z.object({
          reason: z
            .string()
            .trim()
            .min(3)
            .max(300)
            .describe('Why they are needed, without names: "alert 4821, ring the daughter".'),
          by: actorSchema.by,
        }),
        response: { 200: homeDetailSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const { office, params, body } = request
      reply.header('cache-control', 'no-store')
      request.noted = { why: body.reason }
      return viewHome(knownHome(office, params.home), office, true)
    },
  )

  app.post(
    '/api/homes/:home/contacts/:contact/status-link',
    {
      config: { roles: ['operator', 'admin'], audit: 'status-link.make' },
      schema: {
        tags: ['homes'],
        summary: 'Make the link to the page that shows a contact how the home is; who made it is kept.',
        params: z.object({ home: z.string(), contact: z.string() }),
        body: z.object(actorSchema).nullish(),
        response: {
          200: z.object({ url: z.string(), until: z.number().describe('It works until then, ms.') }),
          401: problemSchema,
          409: problemSchema,
        },
      },
    },
    async (request, reply) => {
      const { home, contact } = request.params
      reply.header('cache-control', 'no-store')
      return request.office.makeStatusLink(home, contact, actorOf(request, request.body ?? {}, trusted))
    },
  )
}

async function answerList(
  { caller, office }: FastifyRequest,
  reply: FastifyReply,
  list: HomeLists['rowsFor'],
): Promise<never> {
  if (!caller) throw new HttpError(401, 'Cannot answer: nobody is signed in.')
  const text = await list(sightOf(caller), office)
  reply.header('cache-control', 'no-store').type('application/json; charset=utf-8')
  // As text: to check and write so many lines once more would take the thread from the broker.
  reply.serializer((given) => given as never)
  return text as never
}
