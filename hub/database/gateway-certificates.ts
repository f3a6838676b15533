import type { DatabaseSync } from 'node:sqlite'
import type { GatewayCertificate } from '../model/gateway-certificate.ts'

/** Which certificates gateways have. */
export interface GatewayCertificates {
  /** @returns false when it is known already */
  add(certificate: Omit<GatewayCertificate, 'shownAt' | 'revokedAt'>): boolean
  /** Newest first, revoked ones too. */
  of(gateway: string): readonly GatewayCertificate[]
  /** The one in force with this fingerprint. */
  inForce(fingerprint: string): GatewayCertificate | undefined
  /** All in force, those that end first first. */
  allInForce(): readonly GatewayCertificate[]
  /** In force, and over before this time. */
  endingBefore(time: number): readonly GatewayCertificate[]
  /** A gateway came with it: the first time, what it had before is revoked. */
  shown(fingerprint: string, now: number): void
  /** @returns how many were in force */
  revokeOf(gateway: string, now: number): number
}

export function createGatewayCertificates(db: DatabaseSync): GatewayCertificates {
  const fields =
    'fingerprint, gateway, home, serial, valid_to AS validTo, made_at AS madeAt, shown_at AS shownAt, revoked_at AS revokedAt'
  const add = db.prepare(
    'INSERT OR IGNORE INTO gateway_certificate (fingerprint, gateway, home, serial, valid_to, made_at) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const of = db.prepare(
    `SELECT ${fields} FROM gateway_certificate WHERE gateway = ? ORDER BY made_at DESC, fingerprint`,
  )
  const inForce = db.prepare(
    `SELECT ${fields} FROM gateway_certificate WHERE fingerprint = ? AND revoked_at IS NULL`,
  )
  const endingBefore = db.prepare(
    `SELECT ${fields} FROM gateway_certificate AS one WHERE revoked_at IS NULL AND valid_to < ?
      AND NOT EXISTS (SELECT 1 FROM gateway_certificate AS other WHERE other.gateway = one.gateway
        AND other.revoked_at IS NULL AND other.valid_to > one.valid_to)
      ORDER BY valid_to`,
  )
  const allInForce = db.prepare(
    `SELECT ${fields} FROM gateway_certificate WHERE revoked_at IS NULL ORDER BY valid_to, gateway`,
  )
  const markShown = db.prepare('UPDATE gateway_certificate SET shown_at = ? WHERE fingerprint = ?')
  const revokeOlder = db.prepare(
    'UPDATE gateway_certificate SET revoked_at = ? WHERE gateway = ? AND fingerprint <> ? AND made_at <= ? AND revoked_at IS NULL',
  )
  const revokeAll = db.prepare(
    'UPDATE gateway_certificate SET revoked_at = ? WHERE gateway = ? AND revoked_at IS NULL',
  )
  const read = (row: unknown): GatewayCertificate => {
    const { shownAt, revokedAt, ...known } = row as GatewayCertificate & {
      shownAt: number | null
      revokedAt: number | null
    }
    return { ...known, ...(shownAt !== null && { shownAt }), ...(revokedAt !== null && { revokedAt }) }
  }
  const readOne = (row: unknown): GatewayCertificate | undefined =>
    row === undefined ? undefined : read(row)
  return {
    add: ({ fingerprint, gateway, home, serial, validTo, madeAt }) =>
      add.run(fingerprint, gateway, home, serial, validTo, madeAt).changes === 1,
    of: (gateway) => of.all(gateway).map(read),
    inForce: (fingerprint) => readOne(inForce.get(fingerprint)),
    allInForce: () => allInForce.all().map(read),
    endingBefore: (time) => endingBefore.all(time).map(read),
    shown(fingerprint, now) {
      const known = readOne(inForce.get(fingerprint))
      if (!known || known.shownAt !== undefined) return
      markShown.run(now, fingerprint)
      revokeOlder.run(now, known.gateway, fingerprint, known.madeAt)
    },
    revokeOf: (gateway, now) => Number(revokeAll.run(now, gateway).changes),
  }
}
