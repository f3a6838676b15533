/** SQLITE_FULL, and the same for the file that its readers share (SQLITE_IOERR_SHMSIZE). */
const CODES: ReadonlySet<unknown> = new Set([13, 4874])

/** Whether a statement failed as there was no room for it. */
export function isDiskFull(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  const { errcode, code } = cause as Error & { errcode?: unknown; code?: unknown }
  return CODES.has(errcode) || code === 'ENOSPC' || isDiskFull(cause.cause)
}
