import Fastify from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { answerWithProblems } from '../../hub/http/problem.ts'
import { providerRoutes } from '../../hub/http/provider-hooks.ts'
import type { ChannelHook } from '../../hub/notify/channel-hook.ts'
import type { DeliveryReport } from '../../hub/notify/channel.ts'
import { freePort } from './free-port.ts'

export interface HookServer {
  readonly url: string
  readonly reports: DeliveryReport[]
  readonly answers: { readonly from: string; readonly text: string }[]
  /** Channels for which a call was refused. */
  readonly refused: string[]
  /** For channels: what the hub keeps. While `full` it cannot keep anything. */
  readonly sink: {
    deliver(report: DeliveryReport): Promise<void>
    answer(from: string, text: string): Promise<void>
  }
  full: boolean
  /** Serves these hooks by the hub's own routes. */
  start(hooks: readonly ChannelHook[]): Promise<void>
  stop(): Promise<void>
}

/** The hub's routes for providers, and a hub that remembers what they brought. */
export async function prepareHooks(): Promise<HookServer> {
  const port = await freePort()
  const app = Fastify()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  answerWithProblems(app)
  const server: HookServer = {
    url: `http://127.0.0.1:${port}`,
    reports: [],
    answers: [],
    refused: [],
    full: false,
    sink: {
      async deliver(report) {
        if (server.full) throw new Error('disk full')
        server.reports.push(report)
      },
      async answer(from, text) {
        if (server.full) throw new Error('disk full')
        server.answers.push({ from, text })
      },
    },
    async start(hooks) {
      await app.register(providerRoutes, { hooks, onRefused: (channel) => server.refused.push(channel) })
      await app.listen({ host: '127.0.0.1', port })
    },
    stop: () => app.close(),
  }
  return server
}
