/** SQLITE_IOERR and SQLITE_CORRUPT, and of their extended codes the lowest byte. */
const BROKEN: ReadonlySet<number> = new Set([10, 11])
/** SQLITE_IOERR_SHMSIZE: there is no room, which passes. */
const NO_ROOM = 4874

/** Whether the disk could not do what it was asked: what is written after that may not be there (an fsync that failed). */
export function isDiskBroken(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  const errcode = 'errcode' in cause ? Number(cause.errcode) : undefined
  if (errcode === undefined) return isDiskBroken(cause.cause)
  return errcode !== NO_ROOM && BROKEN.has(errcode & 0xff)
}
