import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { callerName } from './caller.ts'
import type { Office } from './office.ts'
import { HttpError } from './problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A request with an `Idempotency-Key` that comes again is answered as before, and does nothing twice. */
    once?: true
  }
  interface FastifyRequest {
    /** What came of it, by pseudonyms alone: kept, to be told when the same request comes again. */
    outcome: object | undefined
    once: { readonly key: string; readonly asked: string } | undefined
  }
}

const HEADER = 'idempotency-key'
/** Answers as they were, in memory alone: one may have a password in it. */
const MOST_KEPT = 500
const KEPT = 10 * 60_000

interface Answered {
  readonly asked: string
  readonly status: number
  readonly text: string
  readonly at: number
}

/**
 * What an installer sends over a bad link may come twice. The client names each request
 * (draft-ietf-httpapi-idempotency-key-header); for a day the same one is answered and not done again.
 */
export function answerOnce(app: FastifyInstance, office: Office): void {
  const answered = new Map<string, Answered>()
  const underway = new Map<string, Promise<void>>()
  const ends = new Map<string, () => void>()
  app.decorateRequest('once', undefined)
  app.decorateRequest('outcome', undefined)

  app.addHook('preHandler', async (request, reply) => {
    if (!request.routeOptions.config.once) return
    const given = request.headers[HEADER]
    if (given === undefined) return
    if (typeof given !== 'string' || !/^[\w.:-]{8,100}$/.test(given)) {
      throw new HttpError(
        400,
        'Cannot read this request: "Idempotency-Key" is 8 to 100 letters, digits, ".", ":", "_" or "-".',
      )
    }
    const key = `${whoAsks(request)} ${given}`
    const asked = createHash('sha256')
      .update(JSON.stringify([request.method, request.url, request.body ?? null]))
      .digest('base64url')
    while (underway.has(key)) await underway.get(key)
    const before = answered.get(key)
    const known = before && before.at > performance.now() - KEPT ? before : office.requests.find(key)
    if (known) {
      if (known.asked !== asked) {
        throw new HttpError(
          422,
          'Cannot do this: another request had the same "Idempotency-Key". Name each by its own.',
        )
      }
      request.noted = { why: 'asked again, answered as before' }
      reply.header('idempotency-replayed', 'true').header('cache-control', 'no-store').code(known.status)
      if ('text' in known) {
        return reply.type('application/json; charset=utf-8').serializer(String).send(known.text)
      }
      if ('secret' in known.outcome) {
        throw new HttpError(
          409,
          'Cannot show this again: it was done, and the password was shown once. Make another: rotate.',
          { reason: 'shown-once' },
        )
      }
      return reply
        .type('application/json; charset=utf-8')
        .serializer(String)
        .send(JSON.stringify(known.outcome))
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    underway.set(key, promise)
    ends.set(key, resolve)
    request.once = { key, asked }
    return undefined
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const { once } = request
    if (!once || reply.statusCode >= 300 || typeof payload !== 'string') return
    const answer = { asked: once.asked, status: reply.statusCode }
    answered.set(once.key, { ...answer, text: payload, at: performance.now() })
    for (const key of answered.keys()) if (answered.size > MOST_KEPT) answered.delete(key)
    office.requests.keep(once.key, { ...answer, outcome: request.outcome ?? {} })
  })

  app.addHook('onResponse', async ({ once }) => end(once?.key))
  app.addHook('onRequestAbort', async ({ once }) => end(once?.key))

  function end(key: string | undefined): void {
    if (key === undefined) return
    underway.delete(key)
    ends.get(key)?.()
    ends.delete(key)
  }
}

function whoAsks({ caller }: FastifyRequest): string {
  return caller ? callerName(caller) : 'nobody'
}
