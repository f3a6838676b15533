import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { problemSchema } from './problem.ts'

/** Where gateways reach the hub. */
export interface BrokerAddress {
  /** As the outside knows it; not given: by the name by which one reached this page. */
  readonly host?: string
  readonly port: number
  readonly tls: boolean
}

/** What an installer types into a gateway, beside its password. */
export const brokerRoutes: FastifyPluginAsyncZod<{ address: () => BrokerAddress }> = async (
  app,
  { address },
) => {
  app.get(
    '/api/broker',
    {
      config: { roles: ['installer', 'admin'], areas: 'none' },
      schema: {
        tags: ['register'],
        summary: 'Where gateways reach the hub by MQTT, with TLS where it is set up.',
        response: {
          200: z.object({ host: z.string().optional(), port: z.int(), tls: z.boolean() }),
          401: problemSchema,
          403: problemSchema,
        },
      },
    },
    async () => address(),
  )
}
