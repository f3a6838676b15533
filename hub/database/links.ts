import { createHash, createHmac } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { LinkPurpose, OpenedLink } from '../model/link.ts'

/** 128 bits are 22 characters: an SMS has few. */
const TOKEN_BYTES = 16
/** For so long a link that is over is told apart from one that never was. */
const REMEMBERED = 30 * 24 * 3_600_000
const SWEEP_EVERY = 3_600_000

/** Links that messages carry. Tokens are made by HMAC over what they are for, and kept as hashes. */
export interface LinkStore {
  /**
   * The token of a link: the same for the same purpose, so that a message that is sent again carries the same link.
   * It works until `expiresAt` (ms), or as long as was said before where that is longer; after `revoke` it is another.
   */
  tokenFor(purpose: LinkPurpose, expiresAt: number): string
  open(token: string, now: number): OpenedLink
  /** Takes back what was given for a purpose: its token opens nothing from now. */
  revoke(purpose: LinkPurpose, now: number): void
}

/** @param key as `loadLinkKey` gives it */
export function createLinkStore(db: DatabaseSync, key: Buffer): LinkStore {
  const get = db.prepare(
    'SELECT purpose, expires_at AS expiresAt, revoked_at AS revokedAt FROM link WHERE hash = ?',
  )
  const put = db.prepare(
    `INSERT INTO link (hash, purpose, expires_at) VALUES (?, ?, ?)
     ON CONFLICT (hash) DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)`,
  )
  const countRevoked = db.prepare(
    'SELECT count(*) AS count FROM link WHERE purpose = ? AND revoked_at IS NOT NULL',
  )
  const markRevoked = db.prepare('UPDATE link SET revoked_at = ? WHERE purpose = ? AND revoked_at IS NULL')
  // What was taken back stays: forgotten, the same token would be made again.
  const sweep = db.prepare('DELETE FROM link WHERE expires_at < ? AND revoked_at IS NULL')
  let sweptAt = -Infinity

  function tokenOf(purpose: LinkPurpose): string {
    const text = textOf(purpose)
    const { count } = countRevoked.get(text) as { count: number }
    return createHmac('sha256', key)
      .update(`link|${count}|${text}`)
      .digest()
      .subarray(0, TOKEN_BYTES)
      .toString('base64url')
  }

  return {
    tokenFor(purpose, expiresAt) {
      const token = tokenOf(purpose)
      const hash = hashOf(token)
      const known = get.get(hash) as LinkRow | undefined
      // Most renderings are of a message that is tried again: nothing is written for those.
      if (!known || known.expiresAt < expiresAt) put.run(hash, textOf(purpose), expiresAt)
      return token
    },
    open(token, now) {
      if (now - sweptAt > SWEEP_EVERY) {
        sweep.run(now - REMEMBERED)
        sweptAt = now
      }
      // By the hash: how long it takes to find one tells nothing about any token.
      const row = get.get(hashOf(token)) as LinkRow | undefined
      if (!row) return undefined
      if (row.revokedAt !== null || row.expiresAt <= now) return 'expired'
      return readPurpose(row.purpose)
    },
    revoke(purpose, now) {
      markRevoked.run(now, textOf(purpose))
    },
  }
}

interface LinkRow {
  readonly purpose: string
  readonly expiresAt: number
  readonly revokedAt: number | null
}

/** The same text for the same purpose, whatever the order of its keys. */
function textOf(purpose: LinkPurpose): string {
  const about = purpose.use === 'status' ? purpose.home : purpose.alert
  return JSON.stringify([purpose.use, about, purpose.recipient])
}

function readPurpose(text: string): LinkPurpose {
  const [use, about, recipient] = JSON.parse(text) as [LinkPurpose['use'], string, string]
  return use === 'status' ? { use, home: about, recipient } : { use, alert: about, recipient }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
