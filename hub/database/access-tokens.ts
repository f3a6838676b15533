import { randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { AccessToken, Areas, Scope } from '../model/person.ts'
import { hashToken } from './sessions.ts'

/** So exactly is kept when a token was last used: to know whether somebody still needs it. */
const USED_EVERY = 60_000

/** Tokens of programs: 256 random bits, kept as hashes. */
export interface AccessTokenStore {
  list(): readonly AccessToken[]
  /** @returns the token, shown this once; undefined when the name is taken */
  create(token: Omit<AccessToken, 'usedAt' | 'revokedAt'>): string | undefined
  /** @returns false when there is none with this name in force */
  revoke(name: string): boolean
  /** Whose a token is; undefined for one that is wrong or revoked. */
  find(token: string): AccessToken | undefined
}

interface Row {
  readonly name: string
  readonly scopes: string
  readonly areas: string
  readonly createdAt: number
  readonly createdBy: string
  readonly usedAt: number | null
  readonly revokedAt: number | null
}

const COLUMNS =
  'name, scopes, areas, created_at AS createdAt, created_by AS createdBy, used_at AS usedAt, revoked_at AS revokedAt'

/** @param now ms since 1970 */
export function createAccessTokenStore(db: DatabaseSync, now: () => number): AccessTokenStore {
  const all = db.prepare(`SELECT ${COLUMNS} FROM access_token ORDER BY name`)
  const byHash = db.prepare(`SELECT ${COLUMNS} FROM access_token WHERE hash = ? AND revoked_at IS NULL`)
  const add = db.prepare(
    `INSERT OR IGNORE INTO access_token (name, hash, scopes, areas, created_at, created_by)
     VALUES (?, ?, ?, ?, ?, ?)`,
  )
  const revoke = db.prepare('UPDATE access_token SET revoked_at = ? WHERE name = ? AND revoked_at IS NULL')
  const use = db.prepare('UPDATE access_token SET used_at = ? WHERE name = ?')
  return {
    list: () => (all.all() as unknown as Row[]).map(readRow),
    create({ name, scopes, areas, createdAt, createdBy }) {
      const token = `aal_${randomBytes(32).toString('base64url')}`
      const values = [JSON.stringify(scopes), JSON.stringify(areas), createdAt, createdBy] as const
      return add.run(name, hashToken(token), ...values).changes === 1 ? token : undefined
    },
    revoke: (name) => revoke.run(now(), name).changes === 1,
    find(token) {
      const row = byHash.get(hashToken(token)) as unknown as Row | undefined
      if (!row) return undefined
      if (now() - (row.usedAt ?? 0) >= USED_EVERY) use.run(now(), row.name)
      return readRow(row)
    },
  }
}

function readRow({ scopes, areas, usedAt, revokedAt, ...row }: Row): AccessToken {
  return {
    ...row,
    scopes: JSON.parse(scopes) as Scope[],
    areas: JSON.parse(areas) as Areas,
    ...(usedAt !== null && { usedAt }),
    ...(revokedAt !== null && { revokedAt }),
  }
}
