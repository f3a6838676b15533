import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Office } from './office.ts'
import { problemSchema, sendProblem } from './problem.ts'

/** For what watches over the process; none of it says anything of a home. */
export const healthRoutes: FastifyPluginAsyncZod<{ office: Office }> = async (app, { office }) => {
  const ok = z.object({ status: z.literal('ok') })
  app.get(
    '/healthz',
    {
      config: { open: true },
      schema: { tags: ['health'], summary: 'The process lives.', response: { 200: ok } },
    },
    async () => ({ status: 'ok' as const }),
  )

  app.get(
    '/readyz',
    {
      config: { open: true },
      schema: {
        tags: ['health'],
        summary: 'The hub takes and commits; else why it does not.',
        response: { 200: ok, 503: problemSchema },
      },
    },
    async (_request, reply) => {
      const reason = office.notReady()
      return reason === undefined ? { status: 'ok' as const } : sendProblem(reply, 503, reason)
    },
  )

  app.get(
    '/metrics',
    {
      config: { open: true },
      schema: { tags: ['health'], summary: 'Metrics in the Prometheus text format.' },
    },
    async (_request, reply) => {
      const { contentType, text } = await office.metrics()
      return reply.type(contentType).send(text)
    },
  )
}
