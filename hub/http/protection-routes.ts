import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { problemSchema } from './problem.ts'
import { homeStatusSchema, viewProtection } from './protection-view.ts'
import { knownHome } from './sight.ts'

/** Whether a home is protected now, why not, and how long it was not. */
export const protectionRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/api/homes/:home/status',
    {
      config: { roles: ['operator', 'installer', 'admin'], scope: 'read:homes', personal: 'home.read' },
      schema: {
        tags: ['homes'],
        summary:
          'Is a home protected now? Each reason why not with what it means and what to do, the last proof, and the minutes in which it was not, by month.',
        params: z.object({ home: z.string() }),
        response: { 200: homeStatusSchema, 401: problemSchema, 403: problemSchema, 404: problemSchema },
      },
    },
    async ({ office, params }) => {
      const home = knownHome(office, params.home)
      const { protection, visits } = office
      const lastProof = visits.lastProof(home.id)
      return {
        home: home.id,
        timezone: home.timezone,
        now: office.core.now(),
        ...viewProtection(protection.look()(home)),
        ...(lastProof && { lastProof }),
        unprotected: [...protection.months(home.id)],
      }
    },
  )
}
