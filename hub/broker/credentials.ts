import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A new password for a gateway: 160 random bits, in letters that survive being typed from a label. */
export function createPassword(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'
  return [...randomBytes(32)].map((byte) => alphabet[byte % 32]).join('')
}

/** The password is random and long: a plain hash is enough to keep, and quick enough to check at every connect. */
export function hashPassword(password: string | Buffer): string {
  return createHash('sha256').update(password).digest('hex')
}

/** What stands for the hash of a gateway that has no password, but a certificate. */
export const NO_PASSWORD = ''

/** Takes the same time for a wrong password as for a gateway that does not exist. */
export function isPassword(password: Buffer, kept: string | undefined): boolean {
  const given = Buffer.from(hashPassword(password), 'hex')
  const known = Buffer.from(kept || hashPassword(''), 'hex')
  return timingSafeEqual(given, known) && kept !== undefined && kept !== NO_PASSWORD
}
