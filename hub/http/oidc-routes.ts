import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { SESSION_COOKIE } from './caller.ts'
import type { People, SignInProvider } from './people.ts'
import { problemSchema } from './problem.ts'
import { cookieFor } from './sessions.ts'

/** What the browser must bring back from the provider: it began there, and nobody else did. */
const PENDING_COOKIE = 'aal_oidc'
const PENDING_PATH = '/api/oidc'
/** Signing in at the provider takes no longer, with a forgotten password and a phone. */
const PENDING_S = 10 * 60
const ATTEMPTS = 60

const rateLimit = { max: ATTEMPTS, timeWindow: '1 minute' }

/** In which ways people sign in; and those by an OpenID Connect provider. */
export const oidcRoutes: FastifyPluginAsyncZod<{ people: People; provider?: SignInProvider }> = async (
  app,
  { people, provider },
) => {
  app.get(
    '/api/sign-in-ways',
    {
      config: { open: true },
      schema: {
        tags: ['session'],
        summary: 'In which ways people sign in here, for the page where they do.',
        response: {
          200: z.object({
            password: z.literal(true),
            link: z.literal(true),
            oidc: z.object({ name: z.string().describe('"Sign in with …"'), url: z.string() }).optional(),
          }),
        },
      },
    },
    async () => ({
      password: true as const,
      link: true as const,
      ...(provider && { oidc: { name: provider.name, url: '/api/oidc/sign-in' } }),
    }),
  )
  if (!provider) return

  app.get(
    '/api/oidc/sign-in',
    {
      config: { open: true, rateLimit },
      schema: { tags: ['session'], summary: 'Sends the browser to the provider to sign in.' },
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store')
      const begun = await provider.begin().catch((cause: unknown) => {
        request.log.error({ err: cause }, 'The sign-in provider cannot be reached')
        return undefined
      })
      if (!begun) return reply.redirect('/sign-in?refused=away', 303)
      const { url, pending } = begun
      return reply
        .setCookie(PENDING_COOKIE, pending, {
          ...cookieFor(request),
          path: PENDING_PATH,
          maxAge: PENDING_S,
          // It must come along when the provider sends the browser back.
          sameSite: 'lax',
        })
        .header('cache-control', 'no-store')
        .redirect(url, 303)
    },
  )

  app.get(
    '/api/oidc/callback',
    {
      config: { open: true, audit: 'session.open', rateLimit },
      schema: {
        tags: ['session'],
        summary: 'Where the provider sends the browser back: signs in, or says why not on the sign-in page.',
        response: { 401: problemSchema },
      },
    },
    async (request, reply) => {
      const pending = request.cookies[PENDING_COOKIE]
      reply.clearCookie(PENDING_COOKIE, { path: PENDING_PATH }).header('cache-control', 'no-store')
      const finished = await provider.finish(request.url, pending)
      const outcome = finished.ok ? people.signInFrom(finished.identity) : finished
      if (!outcome.ok) {
        request.log.warn({ reason: outcome.reason }, 'Refused somebody who came from the sign-in provider')
        request.noted = { who: 'nobody', why: 'oidc, refused' }
        return reply.redirect(`/sign-in?refused=${outcome.why}`, 303)
      }
      request.noted = { who: `person:${outcome.person}`, why: 'oidc' }
      provider.keep?.(outcome.session, finished.ok ? finished.idToken : undefined)
      const former = request.cookies[SESSION_COOKIE]
      if (former !== undefined) people.signOut(former)
      return reply.setCookie(SESSION_COOKIE, outcome.session, cookieFor(request)).redirect('/', 303)
    },
  )
}
