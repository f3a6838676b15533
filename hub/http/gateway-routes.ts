import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actorSchema, whoOf } from './actor.ts'
import { certificateRequest, certificateSchema } from './gateway-credential-routes.ts'
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

/** The gateways of a home: which there are, another one or another password, and taking one out. */
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
    '/api/homes/:home/gateways',
    {
      config: { roles: ['installer', 'admin'], audit: 'gateway.add', once: true },
      schema: {
        tags: ['homes'],
        summary:
          'Make the credentials of a gateway: a password, or a key and its certificate. They are shown this once.',
        params: z.object({ home: z.string() }),
        body: z
          .object({
            id: z.string().min(1).max(64).optional(),
            certificate: z.boolean().optional().describe('A key and its certificate instead of a password.'),
            request: certificateRequest.optional(),
          })
          .nullish(),
        response: {
          200: z.object({
            home: z.string(),
            username: z.string(),
            password: z.string().optional().describe('Not given to a gateway with a certificate.'),
            certificate: certificateSchema.optional(),
          }),
          401: problemSchema,
          404: problemSchema,
          409: problemSchema,
        },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const { id, certificate, request: toSign } = request.body ?? {}
      const made = await request.office.addGateway(request.params.home, {
        ...(id !== undefined && { id }),
        ...(certificate !== undefined && { certificate }),
        ...(toSign !== undefined && { request: toSign }),
      })
      request.noted = { whose: `home:${made.home}`, why: made.username }
      request.outcome = { home: made.home, username: made.username, secret: 'shown once' }
      return made
    },
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
      const who = whoOf(request, request.query, trusted)
      await request.office.register.removeGateway(home, gateway, who)
      request.noted = { whose: `home:${home}`, why: gateway }
      return reply.code(204).send(null)
    },
  )
}
