/** Seconds to wait after the 1st, 2nd, … failed attempt; the last one again and again. */
const STEPS = [5, 15, 30, 60, 120, 300]
/** Spreads the attempts of many messages after an outage: a delay is up to this part shorter or longer. */
const JITTER = 0.2

/**
 * How long to wait before the next attempt. There is no last attempt: a message is given up only when its
 * alert was answered.
 * @param failed how many attempts have failed, from 1
 * @param random from 0 (inclusive) to 1 (exclusive)
 * @returns milliseconds
 */
export function retryDelay(failed: number, random: number): number {
  const seconds = STEPS[Math.min(Math.max(failed, 1), STEPS.length) - 1] ?? 300
  return Math.round(seconds * 1000 * (1 - JITTER + 2 * JITTER * random))
}
