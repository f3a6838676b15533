import { createHash, randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

const SIGN_IN_VALID = 24 * 3_600_000
/** A session ends after a shift and a bit, whatever was done in it. */
const SESSION_VALID = 14 * 3_600_000

/** Sign-in links and sessions. Tokens are 256 random bits, kept as hashes. */
export interface PeopleStore {
  createSignInToken(person: string): string
  signIn(token: string): { session: string; person: string } | undefined
  session(session: string): { person: string } | undefined
  signOut(session: string): void
}

/** @param now ms since 1970 */
export function createPeopleStore(db: DatabaseSync, now: () => number): PeopleStore {
  const put = db.prepare('INSERT INTO person_token (hash, use, person, expires_at) VALUES (?, ?, ?, ?)')
  const get = db.prepare('SELECT person FROM person_token WHERE hash = ? AND use = ? AND expires_at > ?')
  const drop = db.prepare('DELETE FROM person_token WHERE hash = ? AND use = ?')
  const dropOld = db.prepare('DELETE FROM person_token WHERE expires_at <= ?')

  function create(use: 'sign-in' | 'session', person: string, validFor: number): string {
    const token = randomBytes(32).toString('base64url')
    try {
      dropOld.run(now())
      put.run(hash(token), use, person, now() + validFor)
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`Cannot write a new ${use} token to the data folder: ${reason}`, { cause })
    }
    return token
  }

  return {
    createSignInToken: (person) => create('sign-in', person, SIGN_IN_VALID),
    signIn(token) {
      const found = get.get(hash(token), 'sign-in', now()) as { person: string } | undefined
      if (!found) return undefined
      drop.run(hash(token), 'sign-in')
      return { person: found.person, session: create('session', found.person, SESSION_VALID) }
    },
    session: (session) => get.get(hash(session), 'session', now()) as { person: string } | undefined,
    signOut(session) {
      drop.run(hash(session), 'session')
    },
  }
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
