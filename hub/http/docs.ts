import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyContextConfig, FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { SESSION_COOKIE } from './caller.ts'

/** The API's description, made from the schemas of its routes. Register before the routes. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'AAL hub',
        version,
        description:
          'Alerts, homes and messages of the hub. Times are milliseconds since 1970, UTC. Every change from a session needs the header `x-aal: 1`; programs send `Authorization: Bearer` instead. Lists that grow give `next` for `cursor`. Errors are problem documents (RFC 9457).',
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE },
          token: { type: 'http', scheme: 'bearer', description: 'Of a program: `aal token add`.' },
        },
      },
      security: [{ session: [] }],
    },
    transform: (route) => {
      const { schema, url } = jsonSchemaTransform(route)
      return { schema: { ...schema, ...accessOf(route.route.config ?? {}) }, url }
    },
    transformObject: jsonSchemaTransformObject,
  })
}

/** Who may call a route, for whoever reads the description. */
function accessOf({ open, roles = [], scope, personal }: FastifyContextConfig) {
  if (open) return { security: [] }
  const who = roles.length === 0 ? 'the admin socket' : roles.join(', ')
  const program = scope === undefined ? '' : `; programs with the scope \`${scope}\``
  const audited =
    personal === undefined ? '' : ' Shows names only to operators; each read is in the audit log.'
  return {
    description: `For ${who}${program}.${audited}`,
    security: [{ session: [] }, ...(scope === undefined ? [] : [{ token: [scope] }])],
  }
}

/** `/api/openapi.json` and a page to read it, served from here alone. Open: they say nothing of a home. */
export async function serveDocs(app: FastifyInstance): Promise<void> {
  await app.register(async (docs) => {
    docs.addHook('onRoute', (route) => {
      route.config = { ...route.config, open: true }
    })
    // Swagger UI writes styles into its page; scripts it may not, as nowhere.
    docs.addHook('onSend', async (_request, reply) => {
      const policy = String(reply.getHeader('content-security-policy'))
      reply.header(
        'content-security-policy',
        policy.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"),
      )
    })
    docs.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger())
    await docs.register(swaggerUi, {
      routePrefix: '/api/docs',
      theme: { title: 'AAL hub API' },
      // Ours is on every answer already.
      staticCSP: false,
      // Trying a change out would lack the header that changes need.
      uiConfig: { validatorUrl: null, supportedSubmitMethods: ['get'], layout: 'BaseLayout' },
    })
  })
}
