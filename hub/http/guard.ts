import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { People } from './office.ts'
import { HttpError } from './problem.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers whoever asks. Every other route answers only people who signed in. */
    open?: true
    /** Called by a provider, which can set no header of ours and proves in its own way who it is. */
    provider?: true
    /** A page behind a link: the token in its address proves that the change comes from its reader. */
    link?: true
  }
  interface FastifyRequest {
    /** Who asks: a person who signed in; `cli` on the admin socket; undefined on open routes. */
    person: string | undefined
  }
}

/** Holds the session; HttpOnly, so no script can read it. */
export const SESSION_COOKIE = 'aal_session'

/** The header every change must carry. A page of another origin cannot set it without asking first (CORS). */
export const CHANGE_HEADER = 'x-aal'

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses every request to a route that does not declare itself open, and every change that another site's
 * page could have caused. On the admin socket the file's permissions have already decided.
 */
export function guardRoutes(app: FastifyInstance, people: People, trusted: boolean): void {
  app.decorateRequest('person', undefined)
  app.addHook('onRequest', async (request) => {
    if (trusted) {
      request.person = 'cli'
      return
    }
    if (request.is404) return
    request.person = personOf(request, people)
    const { open, provider, link } = request.routeOptions.config
    if (!READS.has(request.method) && !provider && !link) refuseForeignChange(request)
    if (open) return
    if (request.person === undefined) {
      throw new HttpError(
        401,
        'Cannot answer: nobody is signed in. Open a sign-in link to go on; "aal sign-in --person NAME" on the hub makes one.',
      )
    }
  })
}

/** Who this request's session belongs to, now. */
export function personOf(request: FastifyRequest, people: People): string | undefined {
  const session = request.cookies[SESSION_COOKIE]
  return session === undefined ? undefined : people.session(session)?.person
}

/** Besides `SameSite=Strict`: a sibling site counts as the same site, and old browsers know no SameSite. */
function refuseForeignChange(request: FastifyRequest): void {
  if (request.headers[CHANGE_HEADER] !== '1') {
    throw new HttpError(403, `Cannot make this change: the header "${CHANGE_HEADER}: 1" is missing.`)
  }
  const { origin } = request.headers
  if (origin !== undefined && URL.parse(origin)?.host !== request.host) {
    throw new HttpError(403, 'Cannot make this change: it comes from a page of another site.')
  }
}
