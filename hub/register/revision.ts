import { createHash } from 'node:crypto'

/** Names what something is like now: whoever changes it says which they saw. */
export function revisionOf(source: unknown): string {
  return createHash('sha256').update(JSON.stringify(source)).digest('base64url').slice(0, 16)
}
