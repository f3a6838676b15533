import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { AlertLink } from '../model/link.ts'

const MINUTE = 60_000
/** A code is for somebody who stands there with the phone in the hand. */
export const CODE_VALID = 5 * MINUTE
const TRIES = 5
/** With 5 tries each, an hour of guessing finds one of a million codes in 1 of 40,000 cases. */
const CODES_AN_HOUR = 5
const BETWEEN_CODES = MINUTE
const HOUR = 60 * MINUTE
/** Long enough to drive there and get in. */
const SESSION_VALID = 60 * MINUTE

/**
 * Signs the recipient of one link in: by a code that goes to the phone number registered for them. Neither codes nor
 * sessions are kept: a code is made by HMAC over the link and the time it was asked for, of a session there is the hash.
 */
export interface LinkCodes {
  /** Asks for a new code; earlier ones are worth nothing then. `again`: when the next one may be asked for, ms. */
  requestCode(
    link: AlertLink,
    now: number,
  ): { readonly ok: true } | { readonly ok: false; readonly again: number }
  /** The code that was asked for last, for the message with it; undefined when it is too old to be of use. */
  codeFor(link: AlertLink, now: number): string | undefined
  /** `none`: no code is valid any more, or was tried too often. */
  signIn(link: AlertLink, code: string, now: number): { readonly session: string } | 'wrong' | 'none'
  isSignedIn(link: AlertLink, session: string, now: number): boolean
}

/** @param key as `loadLinkKey` gives it */
export function createLinkCodes(db: DatabaseSync, key: Buffer): LinkCodes {
  const asked = db.prepare('SELECT at FROM link_code WHERE link = ? AND at > ? ORDER BY at DESC')
  const put = db.prepare('INSERT OR REPLACE INTO link_code (link, at, tries) VALUES (?, ?, 0)')
  const newest = db.prepare(
    'SELECT at, tries FROM link_code WHERE link = ? AND at > ? ORDER BY at DESC LIMIT 1',
  )
  const countTry = db.prepare('UPDATE link_code SET tries = tries + 1 WHERE link = ? AND at = ?')
  const useUp = db.prepare(`UPDATE link_code SET tries = ${TRIES} WHERE link = ?`)
  const putSession = db.prepare('INSERT INTO link_session (hash, link, expires_at) VALUES (?, ?, ?)')
  const getSession = db.prepare('SELECT 1 FROM link_session WHERE hash = ? AND link = ? AND expires_at > ?')
  const dropCodes = db.prepare('DELETE FROM link_code WHERE at <= ?')
  const dropSessions = db.prepare('DELETE FROM link_session WHERE expires_at <= ?')

  const codeAt = (link: string, at: number): string =>
    String(
      createHmac('sha256', key).update(`code|${at}|${link}`).digest().readUIntBE(0, 6) % 1_000_000,
    ).padStart(6, '0')

  const current = (link: string, now: number) =>
    newest.get(link, now - CODE_VALID) as { at: number; tries: number } | undefined

  return {
    requestCode(purpose, now) {
      const link = textOf(purpose)
      const times = (asked.all(link, now - HOUR) as { at: number }[]).map(({ at }) => at)
      const [last] = times
      const oldest = times[CODES_AN_HOUR - 1]
      if (oldest !== undefined) return { ok: false, again: oldest + HOUR }
      if (last !== undefined && now - last < BETWEEN_CODES) return { ok: false, again: last + BETWEEN_CODES }
      dropCodes.run(now - HOUR)
      dropSessions.run(now)
      put.run(link, now)
      return { ok: true }
    },
    codeFor(purpose, now) {
      const link = textOf(purpose)
      const row = current(link, now)
      return row && codeAt(link, row.at)
    },
    signIn(purpose, given, now) {
      const link = textOf(purpose)
      const row = current(link, now)
      if (!row || row.tries >= TRIES) return 'none'
      // Before it is compared: a crash in between must not give another try.
      countTry.run(link, row.at)
      if (!isSame(given, codeAt(link, row.at))) return row.tries + 1 >= TRIES ? 'none' : 'wrong'
      useUp.run(link)
      const session = randomBytes(32).toString('base64url')
      putSession.run(hashOf(session), link, now + SESSION_VALID)
      return { session }
    },
    isSignedIn: (purpose, session, now) =>
      getSession.get(hashOf(session), textOf(purpose), now) !== undefined,
  }
}

function textOf({ use, alert, recipient }: AlertLink): string {
  return JSON.stringify([use, alert, recipient])
}

function isSame(given: string, expected: string): boolean {
  return timingSafeEqual(
    createHash('sha256').update(given).digest(),
    createHash('sha256').update(expected).digest(),
  )
}

function hashOf(session: string): string {
  return createHash('sha256').update(session).digest('hex')
}
