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

  const ms = z.number().describe('Milliseconds.')
  app.get(
    '/api/heartbeat',
    {
      config: { open: true },
      schema: {
        tags: ['health'],
        summary: 'How well the hub is at work, for a watchdog; while it is well all ages stay small.',
        response: {
          200: z
            .object({
              now: z.number().describe('Milliseconds since 1970, UTC.'),
              writtenAgo: ms.describe('ms since something was last written to the disk; at most 10 s or so.'),
              timerLate: ms.describe('ms by which the oldest timer that is due is late; 0: none is.'),
              outboxAge: ms.describe('ms for which the oldest message to a person has not left; 0: none.'),
            })
            .meta({ id: 'Heartbeat' }),
          503: problemSchema,
        },
      },
    },
    async (_request, reply) => {
      const reason = office.notReady()
      return reason === undefined ? office.heartbeat() : sendProblem(reply, 503, reason)
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
