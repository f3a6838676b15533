import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { SESSION_COOKIE } from './guard.ts'
import type { People } from './office.ts'
import { HttpError, problemSchema } from './problem.ts'

const sessionSchema = z
  .object({
    person: z.string(),
    phone: z.boolean().describe('Whether messages go to the phone simulator.'),
  })
  .meta({ id: 'Session' })
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/

/** Attempts to sign in per address and minute; a token has 128 bits, so this only keeps the log readable. */
const ATTEMPTS = 10

/** Signing in with a one-time link, and out. */
export const sessionRoutes: FastifyPluginAsyncZod<{ people: People; phone: boolean }> = async (
  app,
  { people, phone },
) => {
  app.post(
    '/api/session',
    {
      config: { open: true, rateLimit: { max: ATTEMPTS, timeWindow: '1 minute' } },
      schema: {
        tags: ['session'],
        summary: 'Sign in with the token of a sign-in link; it works once.',
        body: z.object({ token: z.string().min(1).max(200) }),
        response: { 200: sessionSchema, 401: problemSchema, 429: problemSchema },
      },
    },
    async (request, reply) => {
      refusePlain(request)
      const signedIn = people.signIn(request.body.token)
      if (!signedIn) {
        throw new HttpError(
          401,
          'Cannot sign in: this link was used before, is older than 24 h, or is incomplete. "aal sign-in --person NAME" on the hub makes a new one.',
        )
      }
      reply.setCookie(SESSION_COOKIE, signedIn.session, cookieFor(request))
      return { person: signedIn.person, phone }
    },
  )

  app.get(
    '/api/session',
    {
      schema: {
        tags: ['session'],
        summary: 'Who is signed in.',
        response: { 200: sessionSchema, 401: problemSchema },
      },
    },
    async (request) => ({ person: request.person ?? '', phone }),
  )

  app.delete(
    '/api/session',
    { schema: { tags: ['session'], summary: 'Sign out.', response: { 204: z.undefined() } } },
    async (request, reply) => {
      const session = request.cookies[SESSION_COOKIE]
      if (session !== undefined) people.signOut(session)
      reply.clearCookie(SESSION_COOKIE, cookieFor(request))
      return reply.code(204).send(undefined)
    },
  )
}

function cookieFor(request: FastifyRequest) {
  return {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: !isLoopback(request.hostname),
  } as const
}

/** There a browser keeps a Secure cookie off plain HTTP too: it is left out. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname)
}

/** A browser drops a Secure cookie on plain HTTP: say so, before the token is used up. */
function refusePlain(request: FastifyRequest): void {
  const origin = URL.parse(request.headers.origin ?? '')
  if (origin?.protocol === 'http:' && !isLoopback(origin.hostname)) {
    throw new HttpError(
      400,
      `Cannot sign in over plain HTTP from ${origin.hostname}: use HTTPS, or a tunnel to localhost. The link still works.`,
    )
  }
}
