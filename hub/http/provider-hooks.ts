import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { HttpError } from './problem.ts'

/** A call as a provider made it. */
export interface ProviderCall {
  /** Path and query as they were called. */
  readonly url: string
  /** A repeated parameter has its last value. */
  readonly query: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

/**
 * What a provider calls, at `/hooks/<channel>/<name>`. The hook itself knows how its provider proves who calls
 * (403 when it does not), how to read the call, and what that provider expects to hear.
 */
export interface ProviderHook {
  readonly channel: string
  readonly name: 'delivery' | 'inbound'
  readonly methods: readonly ('GET' | 'POST')[]
  take(call: ProviderCall): Promise<{ status: number; text: string; type?: string }>
}

/** No provider's report or SMS is near this. */
const BODY_LIMIT = 64 * 1024

/** What providers call: what became of a message, and what a phone wrote. */
export const providerRoutes: FastifyPluginAsyncZod<{
  hooks: readonly ProviderHook[]
  onRefused: (channel: string) => void
}> = async (app, { hooks, onRefused }) => {
  // Signatures are over the bytes, so each hook reads them itself.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  for (const { channel, name, methods, take } of hooks) {
    app.route({
      method: [...methods],
      url: `/hooks/${channel}/${name}`,
      config: { open: true, provider: true },
      bodyLimit: BODY_LIMIT,
      schema: {
        hide: true,
        querystring: z.record(
          z.string(),
          z.union([z.string(), z.array(z.string()).transform((all) => all.at(-1) ?? '')]),
        ),
      },
      async handler(request, reply) {
        const { status, text, type } = await take({
          url: request.raw.url ?? '',
          query: request.query,
          headers: request.headers,
          body: typeof request.body === 'string' ? request.body : '',
        })
        if (status === 403) {
          onRefused(channel)
          throw new HttpError(
            403,
            'Cannot take this call: it does not prove that it comes from the provider.',
          )
        }
        return reply
          .code(status)
          .type(type ?? 'text/plain; charset=utf-8')
          .send(text)
      },
    })
  }
}
