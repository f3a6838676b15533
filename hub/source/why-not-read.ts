import { getSystemErrorMessage } from 'node:util'

/** Why a file cannot be read or written, in words and without its path: `no such file or directory`. */
export function whyNotRead(cause: unknown): string {
  const { errno, message } = cause as NodeJS.ErrnoException
  return errno === undefined ? message : getSystemErrorMessage(errno)
}
