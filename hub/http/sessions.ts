import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { ROLES } from '../model/person.ts'
import { SESSION_COOKIE } from './caller.ts'
import type { People, SignedIn, SignInProvider } from './people.ts'
import { areasSchema } from './person-routes.ts'
import { HttpError, problemSchema } from './problem.ts'
import { time } from './time-fields.ts'

const sessionSchema = z
  .object({
    person: z.string(),
    name: z.string().optional(),
    roles: z.array(z.enum(ROLES)).readonly(),
    areas: areasSchema,
    phone: z.boolean().describe('Whether messages go to the phone simulator.'),
    hasPassword: z.boolean(),
    locked: z.boolean().describe('Only the board answers, without names, until it is unlocked.'),
    locksAt: time
      .optional()
      .describe('If nobody does anything until then. Not given: nothing could unlock it.'),
    locksAfter: z.number().describe('So long without an act, ms.'),
    expiresAt: time.describe('Then they must sign in again.'),
  })
  .meta({ id: 'Session' })
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/

/** Of any sort per address and minute: a whole centre may sign in at the change of shifts. */
const ATTEMPTS = 120

const passwordField = z.string().min(1).max(1000)
const tokenField = z.string().min(1).max(200)
const anyRole = { roles: ROLES, areas: 'none', board: true } as const
const refusals = { 401: problemSchema, 429: problemSchema }

/** Signing in with a one-time link or a password, and out; locking and unlocking. */
export const sessionRoutes: FastifyPluginAsyncZod<{
  people: People
  phone: boolean
  provider?: SignInProvider
}> = async (app, { people, phone, provider }) => {
  app.post(
    '/api/session',
    {
      config: { open: true, audit: 'session.open', rateLimit: { max: ATTEMPTS, timeWindow: '1 minute' } },
      schema: {
        tags: ['session'],
        summary:
          'Sign in with a name and its password, or with the token of a sign-in link, which works once.',
        body: z.union([
          z.strictObject({ token: tokenField }),
          z.strictObject({ person: z.string().min(1).max(64), password: passwordField }),
        ]),
        response: { 200: sessionSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const { body } = request
      refusePlain(request, 'token' in body ? 'The link still works.' : '')
      const signedIn =
        'token' in body ? signInWithLink(request, body.token) : await signInWithPassword(request, body)
      leaveFormer(request)
      reply.setCookie(SESSION_COOKIE, signedIn.session, cookieFor(request))
      request.noted = { who: `person:${signedIn.person}`, why: 'token' in body ? 'link' : 'password' }
      const session = people.session(signedIn.session)
      if (!session) throw new Error(`The session of ${signedIn.person} is gone before it began`)
      return view(session)
    },
  )

  app.get(
    '/api/session',
    {
      config: anyRole,
      schema: {
        tags: ['session'],
        summary: 'Who is signed in, as what, and whether the screen is locked.',
        response: { 200: sessionSchema, 401: problemSchema },
      },
    },
    async (request) => viewOf(request),
  )

  app.delete(
    '/api/session',
    {
      config: { ...anyRole, audit: 'session.close' },
      schema: {
        tags: ['session'],
        summary: 'Sign out.',
        response: {
          200: z.object({ signOut: z.string().describe('Where to go to sign out of the provider too.') }),
          204: z.undefined(),
        },
      },
    },
    async (request, reply) => {
      const session = request.cookies[SESSION_COOKIE]
      const isOutside = session !== undefined && people.session(session)?.how === 'oidc'
      if (session !== undefined) people.signOut(session)
      reply.clearCookie(SESSION_COOKIE, cookieFor(request))
      const signOut = isOutside ? await provider?.end(session) : undefined
      return signOut === undefined ? reply.code(204).send(undefined) : { signOut }
    },
  )

  app.post(
    '/api/session/act',
    {
      config: { roles: ROLES, areas: 'none', audit: 'journal' },
      schema: {
        tags: ['session'],
        summary:
          'Somebody is at the screen: it is not locked for a while. What the board reads by itself says not so.',
        response: { 200: sessionSchema, 401: problemSchema, 423: problemSchema },
      },
    },
    // The guard has noted the act.
    async (request) => viewOf(request),
  )

  app.post(
    '/api/session/lock',
    {
      config: { ...anyRole, audit: 'session.lock' },
      schema: {
        tags: ['session'],
        summary: 'Lock the screen now.',
        response: { 200: sessionSchema, 401: problemSchema, 409: problemSchema },
      },
    },
    async (request) => {
      if (!people.lock(request.cookies[SESSION_COOKIE] ?? '')) {
        throw new HttpError(409, 'Cannot lock: you have no password that could unlock it. Set one first.')
      }
      return viewOf(request)
    },
  )

  app.post(
    '/api/session/unlock',
    {
      config: { ...anyRole, audit: 'session.unlock', rateLimit: { max: ATTEMPTS, timeWindow: '1 minute' } },
      schema: {
        tags: ['session'],
        summary: 'Unlock the screen with the password, or with the token of a new link of the same person.',
        body: z.union([z.strictObject({ password: passwordField }), z.strictObject({ token: tokenField })]),
        response: { 200: sessionSchema, 403: problemSchema, ...refusals },
      },
    },
    async (request) => {
      const outcome = await people.unlock(request.cookies[SESSION_COOKIE] ?? '', request.body)
      if (!outcome.ok) throw refuseUnlock(outcome.why, 'token' in request.body)
      return viewOf(request)
    },
  )

  app.put(
    '/api/session/password',
    {
      config: { roles: ROLES, areas: 'none', audit: 'person.password' },
      schema: {
        tags: ['session'],
        summary: 'Set your own password. Your other sessions end.',
        body: z.object({
          current: passwordField.optional().describe('Needed where there is one.'),
          password: passwordField,
        }),
        response: { 200: sessionSchema, 403: problemSchema, 422: problemSchema, ...refusals },
      },
    },
    async (request) => {
      const { current, password } = request.body
      const session = request.cookies[SESSION_COOKIE] ?? ''
      const { person } = people.session(session) ?? {}
      if (!person) throw new HttpError(401, 'Cannot set a password: nobody is signed in.')
      if (person.hasPassword) {
        const outcome = await people.unlock(session, { password: current ?? '' })
        if (!outcome.ok) throw refuseUnlock(outcome.why, false)
      }
      await people.setPassword(person.id, password, session)
      request.noted = { whose: `person:${person.id}` }
      return viewOf(request)
    },
  )

  function signInWithLink(request: FastifyRequest, token: string) {
    const { wait, passed } = people.tryFrom(request.ip)
    if (wait > 0) throw tooMany(wait, 'address')
    const signedIn = people.signIn(token)
    if (!signedIn) {
      throw new HttpError(
        401,
        'Cannot sign in: this link was used before, is older than 24 h, or is incomplete. "aal sign-in --person NAME" on the hub makes a new one.',
        { reason: 'wrong-link' },
      )
    }
    passed()
    return signedIn
  }

  async function signInWithPassword(request: FastifyRequest, given: { person: string; password: string }) {
    const outcome = await people.signInWithPassword({ ...given, from: request.ip })
    if (outcome.ok) return outcome
    if (outcome.why === 'wait') throw tooMany(outcome.ms, outcome.what)
    throw new HttpError(401, 'Cannot sign in: the name or the password is wrong.', {
      reason: 'wrong-password',
    })
  }

  function viewOf(request: FastifyRequest): z.output<typeof sessionSchema> {
    if (request.caller?.type === 'socket') {
      const rest = { phone, hasPassword: false, locked: false, locksAfter: 0, expiresAt: 0 }
      return { person: 'cli', roles: ROLES, areas: 'all', ...rest }
    }
    const session = people.session(request.cookies[SESSION_COOKIE] ?? '')
    if (!session) throw new HttpError(401, 'Cannot answer: nobody is signed in.')
    return view(session)
  }

  /** Whoever signs in at a screen has taken it over: what stayed behind would be one more session to lose. */
  function leaveFormer(request: FastifyRequest): void {
    const former = request.cookies[SESSION_COOKIE]
    if (former !== undefined) people.signOut(former)
  }

  function view({
    person,
    isLocked,
    locksAt,
    locksAfter,
    expiresAt,
  }: SignedIn): z.output<typeof sessionSchema> {
    const { id, name, roles, areas, hasPassword } = person
    return {
      person: id,
      ...(name !== undefined && { name }),
      roles,
      areas,
      phone,
      hasPassword,
      locked: isLocked,
      ...(locksAt !== undefined && { locksAt }),
      locksAfter,
      expiresAt,
    }
  }
}

function refuseUnlock(why: 'wrong' | 'signed-out', withLink: boolean): HttpError {
  if (why === 'signed-out') {
    return new HttpError(
      401,
      'Cannot go on: after too many wrong passwords you were signed out. Sign in again.',
      { reason: 'signed-out' },
    )
  }
  // Not 401: they are still signed in, and the board stays.
  return withLink
    ? new HttpError(403, 'Cannot unlock: this link was used before, is too old, or is of somebody else.', {
        reason: 'wrong-link',
      })
    : new HttpError(403, 'Cannot go on: the password is wrong.', { reason: 'wrong-password' })
}

/** Whole minutes or seconds: nobody counts milliseconds. */
function tooMany(ms: number, what: 'name' | 'address'): HttpError {
  const seconds = Math.ceil(ms / 1000)
  const wait =
    seconds < 60 ? `${seconds} s` : seconds <= 60 ? '1 minute' : `${Math.ceil(seconds / 60)} minutes`
  return what === 'name'
    ? new HttpError(
        429,
        `Cannot try again yet: too many wrong passwords for this name. Wait ${wait}, or use a sign-in link.`,
        { reason: 'name-waits', retryAfter: seconds },
      )
    : new HttpError(429, `Cannot try again yet: too many attempts from this address. Wait ${wait}.`, {
        reason: 'address-waits',
        retryAfter: seconds,
      })
}

/** @returns how the session's cookie is set, and cleared */
export function cookieFor(request: FastifyRequest) {
  return {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    // Behind a proxy the protocol that is seen here is not that of the browser.
    secure: request.protocol === 'https' || !isLoopback(request.hostname),
  } as const
}

/** There a browser keeps a Secure cookie off plain HTTP too: it is left out. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname)
}

/** A browser drops a Secure cookie on plain HTTP: say so, before the token is used up. */
function refusePlain(request: FastifyRequest, comfort: string): void {
  const origin = URL.parse(request.headers.origin ?? '')
  if (origin?.protocol === 'http:' && !isLoopback(origin.hostname)) {
    throw new HttpError(
      400,
      `Cannot sign in over plain HTTP from ${origin.hostname}: use HTTPS, or a tunnel to localhost. ${comfort}`.trim(),
      { reason: 'plain-http' },
    )
  }
}
