/** How long to wait after failures, ms. */
export interface BackOff {
  /** After the first; twice as long after each more. */
  readonly from: number
  readonly to: number
}

/**
 * How long to wait before the next try, ms: up to half of it shorter, so that not all come back at once.
 * @param failures before this one, one after the other; Infinity: the longest wait
 * @param random from 0 to 1
 */
export function backOffMs(failures: number, { from, to }: BackOff, random: number): number {
  return Math.min(to, from * 2 ** failures) * (0.5 + random / 2)
}
