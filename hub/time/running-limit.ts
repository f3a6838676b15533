/** So long the process must have run at the end of a limit, ms: what came while it stood still is heard by then. */
const LAST_MOMENT = 250

/** Calls once after so many ms; the function it gives calls it off. */
export type Later = (call: () => void, ms: number) => () => void

/**
 * Calls when a limit is over. Where the process stood still over it (a machine that was frozen), the answer that came meanwhile
 * is heard first: a message that was sent is not sent again.
 */
export function runningLimit(later: Later, call: () => void, ms: number): () => void {
  let callOff = later(
    () => {
      callOff = later(call, Math.min(ms, LAST_MOMENT))
    },
    Math.max(0, ms - LAST_MOMENT),
  )
  return () => callOff()
}
