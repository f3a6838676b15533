import { isPassword } from './credentials.ts'

/**
 * By which of its passwords a gateway proves who it is: the one in force, or the next, with which it has not come yet.
 * Undefined: by neither.
 */
export function provenBy(
  password: Buffer,
  known: { readonly passwordHash: string; readonly nextHash?: string } | undefined,
): 'current' | 'next' | undefined {
  const isCurrent = isPassword(password, known?.passwordHash)
  const isNext = isPassword(password, known?.nextHash)
  return isNext ? 'next' : isCurrent ? 'current' : undefined
}
