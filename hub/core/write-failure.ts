/** SQLITE_BUSY, SQLITE_IOERR, SQLITE_CORRUPT and SQLITE_FULL; their extended codes have them in the lowest byte. */
const BUSY = 5
const BROKEN: ReadonlySet<number> = new Set([10, 11])
const FULL = 13
/** SQLITE_IOERR_SHMSIZE: no room for the file that readers share. */
const NO_ROOM_TO_SHARE = 4874

/** Whether another connection was writing for longer than this one waits: the same write may do later. */
export function isBusy(cause: unknown): boolean {
  return (codeOf(cause) & 0xff) === BUSY
}

/** Whether a statement, or a file, failed as there was no room for it. */
export function isDiskFull(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  const code = codeOf(cause)
  if (code === FULL || code === NO_ROOM_TO_SHARE) return true
  return ('code' in cause && cause.code === 'ENOSPC') || isDiskFull(cause.cause)
}

/** Whether the disk could not do what it was asked: what is written after that may not be there (an fsync that failed). */
export function isDiskBroken(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false
  const code = codeOf(cause)
  return (code !== NO_ROOM_TO_SHARE && BROKEN.has(code & 0xff)) || isDiskBroken(cause.cause)
}

/** As node:sqlite says it; NaN for anything else. */
function codeOf(cause: unknown): number {
  return cause instanceof Error && 'errcode' in cause ? Number(cause.errcode) : Number.NaN
}
