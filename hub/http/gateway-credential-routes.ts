import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { actorSchema } from './actor.ts'
import type { Office } from './office.ts'
import { HttpError, problemSchema } from './problem.ts'

export const certificateRequest = z
  .string()
  .max(16_384)
  .describe('PEM: a request to sign. The key stays where it was made.')

export const certificateSchema = z
  .object({
    certificate: z.string().describe('PEM.'),
    key: z.string().optional().describe('PEM; shown this once. Not given where a request was signed.'),
    authority: z.string().describe("PEM: the hub's own authority, which signed it."),
    serial: z.string().describe('Hex.'),
    validTo: z.number().describe('ms since 1970.'),
  })
  .readonly()

const params = z.object({ gateway: z.string() })

/** What gateways prove who they are by: renewed, and taken away. */
export const gatewayCredentialRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get(
    '/api/gateway-certificates',
    {
      config: { roles: ['installer', 'admin'], areas: 'kept' },
      schema: {
        tags: ['homes'],
        summary: 'The certificates by which gateways are known, those that end first first.',
        response: {
          200: z.object({
            certificates: z
              .array(
                z
                  .object({
                    gateway: z.string(),
                    home: z.string(),
                    serial: z.string().describe('Hex.'),
                    validTo: z.number(),
                    madeAt: z.number(),
                    shownAt: z.number().optional().describe('When the gateway first came with it.'),
                  })
                  .readonly(),
              )
              .readonly(),
          }),
          401: problemSchema,
        },
      },
    },
    async ({ office }) => ({ certificates: office.gatewayCertificates() }),
  )

  app.post(
    '/api/gateways/:gateway/certificate',
    {
      config: { roles: ['installer', 'admin'], areas: 'kept', audit: 'gateway.renew' },
      schema: {
        tags: ['homes'],
        summary:
          'Make another certificate for a gateway. Those that it has are in force until it comes with the new one.',
        params,
        body: z.object({ request: certificateRequest.optional() }).nullish(),
        response: {
          200: certificateSchema.unwrap().extend({ home: z.string() }),
          401: problemSchema,
          404: problemSchema,
          409: problemSchema,
        },
      },
    },
    async (request, reply) => {
      const { gateway } = request.params
      request.noted = { whose: `home:${homeOf(request.office, gateway)}`, why: gateway }
      reply.header('cache-control', 'no-store')
      return request.office.renewGateway(gateway, request.body?.request)
    },
  )

  app.post(
    '/api/gateways/:gateway/revoke',
    {
      config: { roles: ['installer', 'admin'], areas: 'kept', audit: 'gateway.revoke' },
      schema: {
        tags: ['homes'],
        summary:
          'Take the password and the certificates of a gateway away, and end its connections, at once. Its home is not protected until it gets new ones.',
        params,
        body: z
          .object({
            why: z.string().trim().min(1, 'expected a reason').max(200).optional(),
            by: actorSchema.by,
          })
          .nullish(),
        response: {
          200: z.object({
            home: z.string(),
            disconnected: z.number().describe('Connections that were ended.'),
          }),
          401: problemSchema,
          404: problemSchema,
        },
      },
    },
    async (request) => {
      const { gateway } = request.params
      const why = request.body?.why
      request.noted = {
        whose: `home:${homeOf(request.office, gateway)}`,
        why: why === undefined ? gateway : `${gateway}: ${why}`,
      }
      return request.office.revokeGateway(gateway, why ?? 'it was revoked')
    },
  )
}

function homeOf(office: Office, gateway: string): string {
  const home = office.gatewayHome(gateway)
  if (home !== undefined) return home
  throw new HttpError(
    404,
    `Cannot find credentials of a gateway "${gateway}": none were made, or they were revoked.`,
  )
}
