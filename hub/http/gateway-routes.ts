import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actorOf, actorSchema } from './actor.ts'
import { areasOf } from './caller.ts'
import { problemSchema } from './problem.ts'
import { gatewaySchema } from './register-view.ts'

const ofHome = z.object({ home: z.string(), gateway: z.string() })
const refusals = {
  400: problemSchema,
  401: problemSchema,
  403: problemSchema,
  404: problemSchema,
  409: problemSchema,
}

/** The gateways of a home: which there are, another password, and taking one out. */
export const gatewayRoutes: FastifyPluginAsyncZod<{ trusted: boolean }> = async (app, { trusted }) => {
  app.get(
    '/api/homes/:home/gateways',
    {
      config: { roles: ['operator', 'installer', 'admin'], scope: 'read:homes' },
      schema: {
        tags: ['register'],
        summary: 'The gateways of a home: whether they are connected, and whether they have credentials.',
        params: z.object({ home: z.string() }),
        response: { 200: z.object({ gateways: z.array(gatewaySchema).readonly() }), ...refusals },
      },
    },
    async ({ office, params }) => ({ gateways: office.register.gateways(params.home) }),
  )

  app.post(
    '/api/homes/:home/gateways/:gateway/rotation',
    {
      config: { roles: ['installer', 'admin'], audit: 'gateway.rotate', once: true },
      schema: {
        tags: ['register'],
        summary:
          'Give a gateway, or the box that replaces it, another password, shown this once. The old one is good until the new one was used, or no more at once.',
        params: ofHome,
        body: z
          .object({ old: z.enum(['after-connect', 'at-once']).default('after-connect'), ...actorSchema })
          .nullish(),
        response: {
          200: z.object({ home: z.string(), username: z.string(), password: z.string() }),
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { home, gateway } = request.params
      const old = request.body?.old ?? 'after-connect'
      reply.header('cache-control', 'no-store')
      const made = await request.office.register.rotateGateway(home, gateway, old)
      request.noted = { whose: `home:${home}`, why: `${gateway}, old one good: ${old}` }
      request.outcome = { home, username: gateway, secret: 'shown once' }
      return made
    },
  )

  app.delete(
    '/api/homes/:home/gateways/:gateway',
    {
      config: { roles: ['installer', 'admin'], audit: 'gateway.remove' },
      schema: {
        tags: ['register'],
        summary: 'Take a gateway out of a home; its credentials are gone.',
        params: ofHome,
        querystring: z.object(actorSchema),
        response: { 204: z.null(), ...refusals },
      },
    },
    async (request, reply) => {
      const { home, gateway } = request.params
      const areas = request.caller ? areasOf(request.caller) : []
      const who = { ...actorOf(request, request.query, trusted), areas }
      await request.office.register.removeGateway(home, gateway, who)
      request.noted = { whose: `home:${home}`, why: gateway }
      return reply.code(204).send(null)
    },
  )
}
