import { createHash, timingSafeEqual } from 'node:crypto'

/** Compares a token that was given with the right one, in a time that tells nothing about it. */
export function isSameToken(given: string | undefined, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return given !== undefined && timingSafeEqual(digest(given), digest(expected))
}
