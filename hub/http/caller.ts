import type { FastifyRequest } from 'fastify'
import type { AccessToken, Areas, Person } from '../model/person.ts'
import type { People } from './people.ts'

/** Who asks. */
export type Caller =
  /** Whoever can open the admin socket: the file's permissions have decided. */
  | { readonly type: 'socket' }
  | {
      readonly type: 'person'
      readonly person: Person
      readonly session: string
      readonly isLocked: boolean
    }
  | { readonly type: 'token'; readonly token: AccessToken }

/** Holds the session; HttpOnly, so no script can read it. */
export const SESSION_COOKIE = 'aal_session'

/**
 * Who asks, now. A request with a token is the token's, whatever cookies it carries.
 * @returns `wrong-token` for one that is not in force, undefined for nobody
 */
export function callerOf(request: FastifyRequest, people: People): Caller | 'wrong-token' | undefined {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const [, given] = /^bearer +(\S{1,200})$/i.exec(authorization) ?? []
    const token = given === undefined ? undefined : people.findAccessToken(given)
    return token ? { type: 'token', token } : 'wrong-token'
  }
  const session = request.cookies[SESSION_COOKIE]
  const signedIn = session === undefined ? undefined : people.session(session)
  if (session === undefined || !signedIn) return undefined
  return { type: 'person', person: signedIn.person, session, isLocked: signedIn.isLocked }
}

export function areasOf(caller: Caller): Areas {
  switch (caller.type) {
    case 'socket':
      return 'all'
    case 'person':
      return caller.person.areas
    case 'token':
      return caller.token.areas
  }
}

/** As the audit log names them. */
export function callerName(caller: Caller): string {
  switch (caller.type) {
    case 'socket':
      return 'cli'
    case 'person':
      return `person:${caller.person.id}`
    case 'token':
      return `token:${caller.token.name}`
  }
}
