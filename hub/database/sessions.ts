import { createHash, randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

/** How somebody signed in. */
export type SignInWay = 'link' | 'password' | 'oidc'

export interface SessionRow {
  readonly person: string
  readonly how: SignInWay
  /** When the person last did something, ms. */
  readonly activeAt: number
  readonly expiresAt: number
}

/** Sign-in links and sessions. Tokens are 256 random bits, kept as hashes. */
export interface SessionStore {
  createLink(person: string, validFor: number): string
  /** @returns whose it was; it works no more */
  takeLink(token: string): string | undefined
  createSession(person: string, how: SignInWay, validFor: number): string
  session(session: string): SessionRow | undefined
  setActive(session: string, at: number): void
  drop(session: string): void
  /** Every session and link of a person, but for one session. */
  dropAllOf(person: string, but?: string): void
}

/** @param now ms since 1970 */
export function createSessionStore(db: DatabaseSync, now: () => number): SessionStore {
  const putLink = db.prepare('INSERT INTO sign_in_link (hash, person, expires_at) VALUES (?, ?, ?)')
  const takeLink = db.prepare('DELETE FROM sign_in_link WHERE hash = ? AND expires_at > ? RETURNING person')
  const putSession = db.prepare(
    'INSERT INTO session (hash, person, how, active_at, expires_at) VALUES (?, ?, ?, ?, ?)',
  )
  const get = db.prepare(
    `SELECT person, how, active_at AS activeAt, expires_at AS expiresAt FROM session
     WHERE hash = ? AND expires_at > ?`,
  )
  const setActive = db.prepare('UPDATE session SET active_at = ? WHERE hash = ?')
  const drop = db.prepare('DELETE FROM session WHERE hash = ?')
  const dropSessionsOf = db.prepare('DELETE FROM session WHERE person = ? AND hash <> ?')
  const dropLinksOf = db.prepare('DELETE FROM sign_in_link WHERE person = ?')
  const dropOldLinks = db.prepare('DELETE FROM sign_in_link WHERE expires_at <= ?')
  const dropOldSessions = db.prepare('DELETE FROM session WHERE expires_at <= ?')

  function create(name: string, write: (hash: string) => void): string {
    const token = randomBytes(32).toString('base64url')
    try {
      dropOldLinks.run(now())
      dropOldSessions.run(now())
      write(hashToken(token))
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw new Error(`Cannot write a new ${name} to the data folder: ${reason}`, { cause })
    }
    return token
  }

  return {
    createLink: (person, validFor) =>
      create('sign-in token', (hash) => putLink.run(hash, person, now() + validFor)),
    takeLink: (token) => (takeLink.get(hashToken(token), now()) as { person: string } | undefined)?.person,
    createSession: (person, how, validFor) =>
      create('session token', (hash) => putSession.run(hash, person, how, now(), now() + validFor)),
    session: (session) => get.get(hashToken(session), now()) as unknown as SessionRow | undefined,
    setActive: (session, at) => void setActive.run(at, hashToken(session)),
    drop: (session) => void drop.run(hashToken(session)),
    dropAllOf(person, but) {
      dropSessionsOf.run(person, but === undefined ? '' : hashToken(but))
      dropLinksOf.run(person)
    },
  }
}

/** Random tokens need no salt and no slow hash: there is nothing to guess. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
