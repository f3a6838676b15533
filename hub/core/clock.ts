/** The edge where the hub reads time. Both in ms. */
export interface Clock {
  /** The machine's idea of the time since 1970; may jump. */
  wall(): number
  /** Goes on steadily, from any start. */
  steady(): number
}

export const systemClock: Clock = { wall: () => Date.now(), steady: () => performance.now() }

/**
 * The time of the stream: follows the machine's clock, never goes back, and goes on at its own pace while the
 * machine's clock is behind, so that nothing due is held up or run twice when the clock is set back.
 * @param notBefore the newest time on disk
 */
export function createStreamTime(clock: Clock, notBefore: number): () => number {
  let last = Math.max(notBefore, Math.floor(clock.wall()))
  let steady = clock.steady()
  return () => {
    const at = clock.steady()
    const passed = Math.max(0, at - steady)
    const wall = Math.floor(clock.wall())
    if (wall >= last) {
      last = wall
      steady = at
    } else if (passed >= 1) {
      last += Math.floor(passed)
      steady += Math.floor(passed)
    }
    return last
  }
}
