import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { sameSecret } from './guard.ts'
import { HttpError } from './problem.ts'

export type HookQuery = Readonly<Record<string, string>>

/** What a provider calls; answers as that provider expects. Its channel knows how to read the query. */
export type Hook = (query: HookQuery) => Promise<{ status: number; text: string }>

export interface KannelHooks {
  /** ≥128 bits, in the addresses that Kannel is told to call. */
  readonly token: string
  readonly delivery: Hook
  readonly inbound: Hook
}

/** What Kannel calls: what became of a message, and what a phone wrote. It can only GET. */
export const kannelRoutes: FastifyPluginAsyncZod<{ kannel: KannelHooks }> = async (app, { kannel }) => {
  for (const name of ['delivery', 'inbound'] as const) {
    app.get(
      `/hooks/kannel/${name}`,
      {
        config: { open: true },
        schema: {
          hide: true,
          // A repeated parameter comes as an array: the last one counts.
          querystring: z.record(
            z.string(),
            z.union([z.string(), z.array(z.string()).transform((all) => all.at(-1) ?? '')]),
          ),
        },
      },
      async (request, reply) => {
        const { token, ...query } = request.query
        if (token === undefined || !sameSecret(token, kannel.token)) {
          throw new HttpError(403, 'Cannot take this call: its token is not the one in the configuration.')
        }
        const { status, text } = await kannel[name](query)
        return reply.code(status).type('text/plain; charset=utf-8').send(text)
      },
    )
  }
}
