import { backOff } from './back-off.js'
import { isPassing } from './link.js'
import { wait } from './wait.js'

/**
 * @typedef {object} Waiting
 * @property {unknown} body
 * @property {(answer: unknown) => void} fulfil `undefined` when something newer took its place
 * @property {(error: unknown) => void} reject
 */

/**
 * Says things to a hub until it has heard them, the newest of each key: what a newer one has replaced is not said any
 * more. Never two of one key at once, so that the hub hears them in the order in which they were said.
 * @param {(body: unknown) => Promise<unknown>} ask
 * @param {AbortSignal} over ends all: what was not heard then is lost
 * @param {(error: unknown) => void} onWait called at the first of a row of failures that may pass
 * @returns {(key: string, body: unknown) => Promise<unknown>} the hub's answer; undefined when something newer took
 * its place; throws what the hub refuses
 */
export function createUntilHeard(ask, over, onWait) {
  /** @type {Map<string, Waiting>} */
  const newest = new Map()

  return (key, body) => {
    const isRunning = newest.has(key)
    /** @type {PromiseWithResolvers<unknown>} */
    const { promise, resolve: fulfil, reject } = Promise.withResolvers()
    newest.set(key, { body, fulfil, reject })
    if (!isRunning) void run(key)
    return promise
  }

  async function run(/** @type {string} */ key) {
    let failures = 0
    for (;;) {
      const one = newest.get(key)
      if (!one) return
      try {
        one.fulfil(await ask(one.body))
      } catch (error) {
        if (isPassing(error) && !over.aborted) {
          failures += 1
          if (failures === 1) onWait(error)
          await wait(backOff(failures, Math.random()), over)
          if (newest.get(key) === one && !over.aborted) continue
          one.fulfil(undefined)
        } else one.reject(error)
      }
      if (newest.get(key) === one || over.aborted) {
        newest.delete(key)
        return
      }
    }
  }
}
