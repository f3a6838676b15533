import { Readable } from 'node:stream'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actorSchema } from './actor.ts'
import { problemSchema } from './problem.ts'
import type { ResidentCopy } from './resident-copy.ts'

const refusals = { 400: problemSchema, 401: problemSchema, 403: problemSchema, 404: problemSchema }

/** A copy of all that is kept about a resident, for them. */
export const residentCopyRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/api/homes/:home/copy',
    {
      config: { roles: ['admin'], audit: 'resident.export' },
      schema: {
        tags: ['register'],
        summary:
          'All that is kept about a resident, or the whole home, as lines of JSON; the first says the language, each other which part it is of. Staff and contacts are in it without names and numbers.',
        params: z.object({ home: z.string() }),
        querystring: z.object({
          resident: z.string().optional(),
          why: z.string().trim().max(300).optional(),
          by: actorSchema.by,
        }),
        response: { 200: z.unknown().describe('Lines of JSON.'), ...refusals },
      },
    },
    async (request, reply) => {
      const { resident, why } = request.query
      const copy = request.office.copyResident(request.params.home, resident)
      request.noted = {
        why: [resident ?? 'all', ...(why === undefined ? [] : [why])].join(': '),
      }
      reply.type('application/x-ndjson; charset=utf-8')
      return reply.send(Readable.from(lines(copy)))
    },
  )
}

async function* lines(copy: ResidentCopy): AsyncGenerator<string> {
  const { language, isWhole } = copy
  yield `${JSON.stringify({ language, isWhole })}\n`
  for await (const row of copy.rows()) yield `${JSON.stringify(row)}\n`
}
