import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isRead } from './access.ts'
import { areasOf, callerOf } from './caller.ts'
import type { Caller } from './caller.ts'
import type { Office } from './office.ts'
import { createMinuteLimit } from './minute-limit.ts'
import { HttpError } from './problem.ts'
import { noHome, officeFor, sightOf } from './sight.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined on open routes, when nobody is signed in. */
    caller: Caller | undefined
    /** Who asks: a person who signed in; `cli` on the admin socket; undefined on open routes and for programs. */
    person: string | undefined
    /** What the caller may see of the office. Not set on open routes: they answer whoever asks. */
    office: Office
  }
}

/** The header every change must carry. A page of another origin cannot set it without asking first (CORS). */
export const CHANGE_HEADER = 'x-aal'

/** Requests of one token in a minute: a program that asks more often has gone wrong. */
const TOKEN_REQUESTS = 600

/**
 * Refuses every request to a route that does not say that the caller may call it, and every change that another
 * site's page could have caused. On the admin socket the file's permissions have already decided.
 */
export function guardRoutes(app: FastifyInstance, office: Office, trusted: boolean): void {
  const { people } = office
  const tokenLimit = createMinuteLimit(TOKEN_REQUESTS)
  app.decorateRequest('caller', undefined)
  app.decorateRequest('person', undefined)
  app.decorateRequest('office')

  app.addHook('onRequest', async (request) => {
    if (trusted) {
      request.caller = { type: 'socket' }
      request.person = 'cli'
      request.office = office
      return
    }
    if (request.is404) return
    const { open, provider, link, board } = request.routeOptions.config
    const caller = provider ? undefined : callerOf(request, people)
    if (caller === 'wrong-token') {
      throw new HttpError(
        401,
        'Cannot answer: this token is not in force. "aal token list" shows those that are.',
      )
    }
    // Only a browser carries a session to us without being asked.
    if (!isRead(request.method) && !provider && !link && caller?.type !== 'token')
      refuseForeignChange(request)
    request.caller = caller
    if (caller?.type === 'person') request.person = caller.person.id
    if (open) return
    if (!caller) {
      throw new HttpError(
        401,
        'Cannot answer: nobody is signed in. Sign in, or open a sign-in link; "aal sign-in --person NAME" on the hub makes one.',
      )
    }
    if (caller.type === 'token') limit(caller.token.name)
    refuseOthers(request, caller)
    if (caller.type === 'person' && caller.isLocked && !board) {
      throw new HttpError(
        423,
        'Cannot do this: the screen is locked, because nobody did anything for a while. Unlock it with your password.',
      )
    }
    request.office = officeFor(office, sightOf(caller))
    refuseOtherAreas(request, caller)
    // Pages ask anew by themselves, for hours: only what they change, or say, comes from a person at the screen.
    if (caller.type === 'person' && !board && !isRead(request.method)) people.act(caller.session)
  })

  function limit(name: string): void {
    const wait = tokenLimit.take(name)
    if (wait !== undefined) {
      throw new HttpError(
        429,
        `Cannot answer: this token has asked ${TOKEN_REQUESTS} times in a minute. Wait ${wait} s.`,
        { retryAfter: wait },
      )
    }
  }
}

function refuseOthers(request: FastifyRequest, caller: Caller): void {
  const { roles = [], scope } = request.routeOptions.config
  switch (caller.type) {
    case 'socket':
      return
    case 'token':
      if (scope !== undefined && caller.token.scopes.includes(scope)) return
      throw new HttpError(
        403,
        scope === undefined
          ? 'Cannot do this with a token: it is for people who sign in.'
          : `Cannot do this: the token "${caller.token.name}" has not the scope ${scope}.`,
      )
    case 'person':
      if (roles.some((role) => caller.person.roles.includes(role))) return
      throw new HttpError(
        403,
        roles.length === 0
          ? scope === undefined
            ? 'Cannot do this here: it is for the command line on the hub.'
            : `Cannot do this: it is for programs, with a token that has the scope ${scope}.`
          : `Cannot do this: it is for the role ${roles.join(' or ')}, and ${caller.person.id} is ${caller.person.roles.join(' and ')}.`,
      )
  }
}

/** What is not in somebody's areas is not there for them: guessing its id does not even tell that it is. */
function refuseOtherAreas(request: FastifyRequest, caller: Caller): void {
  const { home, id } = request.params as { home?: string; id?: string }
  if (home !== undefined) {
    if (!request.office.core.home(home)) throw new HttpError(404, noHome(home))
    return
  }
  const { url = '', config } = request.routeOptions
  if (url.startsWith('/api/alerts/:id') && id !== undefined) {
    if (!request.office.alert(id)) throw new HttpError(404, noAlert(id))
    return
  }
  if (areasOf(caller) !== 'all' && config.areas === undefined) {
    throw new HttpError(403, 'Cannot do this: it is for people who see all areas.')
  }
}

export function noAlert(id: string): string {
  return `Cannot find the alert "${id}": there is none with this id.`
}

/** Besides `SameSite=Strict`: a sibling site counts as the same site, and old browsers know no SameSite. */
function refuseForeignChange(request: FastifyRequest): void {
  if (request.headers[CHANGE_HEADER] !== '1') {
    throw new HttpError(
      403,
      `Cannot make this change: the header "${CHANGE_HEADER}: 1" is missing. Programs send "Authorization: Bearer TOKEN" instead.`,
    )
  }
  const { origin } = request.headers
  if (origin !== undefined && URL.parse(origin)?.host !== request.host) {
    throw new HttpError(403, 'Cannot make this change: it comes from a page of another site.')
  }
}
