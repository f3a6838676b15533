import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { SCOPES } from '../model/person.ts'
import { areaWarnings, warningsField } from './area-warnings.ts'
import { callerName } from './caller.ts'
import type { People } from './people.ts'
import { areasSchema } from './person-routes.ts'
import { problemSchema } from './problem.ts'
import { time } from './time-fields.ts'

const scopesField = z.array(z.enum(SCOPES)).min(1, 'expected at least one scope').readonly()

const tokenSchema = z
  .object({
    name: z.string(),
    scopes: scopesField,
    areas: areasSchema,
    createdAt: time,
    createdBy: z.string(),
    usedAt: time.optional().describe('When it was last used, to the minute.'),
    revokedAt: time.optional().describe('It works no more since then.'),
  })
  .meta({ id: 'Token' })

export type TokenView = z.output<typeof tokenSchema>

const refusals = { 401: problemSchema, 403: problemSchema, 404: problemSchema, 409: problemSchema }

/** Tokens for programs: `Authorization: Bearer aal_…`. */
export const tokenRoutes: FastifyPluginAsyncZod<{ people: People }> = async (app, { people }) => {
  app.get(
    '/api/tokens',
    {
      config: { roles: ['admin'], areas: 'none' },
      schema: {
        tags: ['people'],
        summary: 'The tokens of programs, with what they may do; not the tokens themselves.',
        response: { 200: z.object({ tokens: z.array(tokenSchema) }), ...refusals },
      },
    },
    async () => ({ tokens: people.accessTokens().map((token) => ({ ...token })) }),
  )

  app.post(
    '/api/tokens',
    {
      config: { roles: ['admin'], audit: 'token.add' },
      schema: {
        tags: ['people'],
        summary: 'Make a token for a program. It is shown this once. Programs see pseudonyms, never names.',
        body: z.object({
          name: z.string().regex(/^[\w.-]{1,64}$/, 'a short name: letters a-z, digits, ".", "_" and "-"'),
          scopes: scopesField,
          areas: areasSchema.default('all'),
        }),
        response: {
          200: z.object({ name: z.string(), token: z.string(), warnings: warningsField }),
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { name, scopes, areas } = request.body
      const by = request.caller ? callerName(request.caller) : 'nobody'
      const token = people.createAccessToken({ name, scopes, areas, by })
      request.noted = { whose: `token:${name}`, why: scopes.join(',') }
      reply.header('cache-control', 'no-store')
      return { name, token, ...areaWarnings(request.office, areas) }
    },
  )

  app.delete(
    '/api/tokens/:token',
    {
      config: { roles: ['admin'], audit: 'token.revoke' },
      schema: {
        tags: ['people'],
        summary: 'Revoke the token with this name: it works no more.',
        params: z.object({ token: z.string() }),
        response: { 204: z.undefined(), ...refusals },
      },
    },
    async (request, reply) => {
      people.revokeAccessToken(request.params.token)
      return reply.code(204).send(undefined)
    },
  )
}
