/** Of SQLITE_BUSY, and of its extended codes in the lowest byte. */
const BUSY = 5

/** Whether another connection was writing for longer than this one waits: the same write may do later. */
export function isBusy(cause: unknown): boolean {
  return cause instanceof Error && 'errcode' in cause && (Number(cause.errcode) & 0xff) === BUSY
}
