import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Office } from './office.ts'
import { isLoopback } from '../source/loopback.ts'
import { HttpError, problemSchema, sendProblem } from './problem.ts'

/** Who may read the metrics without a token: programs on this machine, or whoever reaches it. */
export type MetricsReaders = 'loopback' | 'all'

/** For what watches over the process; none of it says anything of a home. */
export const healthRoutes: FastifyPluginAsyncZod<{ office: Office; metrics: MetricsReaders }> = async (
  app,
  { office, metrics },
) => {
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
      schema: {
        tags: ['health'],
        summary:
          'Metrics in the Prometheus text format: for programs on this machine, or with a token that has the scope read:metrics (http.metrics).',
        response: { 200: z.string(), 401: problemSchema, 403: problemSchema },
      },
    },
    async (request, reply) => {
      if (metrics === 'loopback' && !mayReadMetrics(request)) {
        throw new HttpError(
          request.caller ? 403 : 401,
          'Cannot show the metrics from elsewhere, or under another name than localhost: send a token that has the scope read:metrics ("aal token add prometheus --scope read:metrics"), or set http.metrics in hub.yaml.',
        )
      }
      const { contentType, text } = await office.metrics()
      reply.serializer((given) => String(given))
      return reply.type(contentType).send(text)
    },
  )
}

/** A proxy or tunnel on this machine calls from loopback too: what it passes on is not from here. */
const PASSED_ON = /^(forwarded|via|x-real-ip|cf-connecting-ip|true-client-ip|x-forwarded(-.*)?)$/

function mayReadMetrics({ caller, headers, socket }: FastifyRequest): boolean {
  if (caller?.type === 'socket') return true
  if (caller?.type === 'token') return caller.token.scopes.includes('read:metrics')
  return (
    isLoopback(socket.remoteAddress ?? '') &&
    isForLoopback(headers.host ?? '') &&
    !Object.keys(headers).some((name) => PASSED_ON.test(name))
  )
}

/** A page can have a name of its own resolve to 127.0.0.1 (DNS rebinding): a browser here then asks for that name. */
function isForLoopback(host: string): boolean {
  const { bare, bracketed } =
    /^(?:\[(?<bracketed>[^\]]+)\]|(?<bare>[^:[\]]+))(?::\d+)?$/.exec(host)?.groups ?? {}
  return isLoopback((bracketed ?? bare ?? '').toLowerCase())
}
