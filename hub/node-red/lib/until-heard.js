import { backOff } from './back-off.js'
import { isPassing } from './link.js'
import { wait } from './wait.js'

/**
 * @typedef {object} Waiting
 * @property {unknown} body
 * @property {(answer: unknown) => void} fulfil `undefined` when something newer took its place
 * @property {(error: unknown) => void} reject
 * @property {boolean} isBeingSaid the hub may hear it, or has
 */

/**
 * Says things to a hub until it has heard them, the newest of each key: what a newer one has replaced is not said any
 * more. Never two of one key at once, so that the hub hears them in the order in which they were said.
 * @param {(body: unknown) => Promise<unknown>} ask
 * @param {AbortSignal} over ends all: what was not heard then is lost
 * @param {(error: unknown) => void} onWait called at the first of a row of failures that may pass
 * @param {(failures: number) => number} [pause] how long to wait after so many failures in a row, ms
 * @returns {(key: string, body: unknown) => Promise<unknown>} the hub's answer; undefined when something newer took
 * its place; throws what the hub refuses
 */
export function createUntilHeard(ask, over, onWait, pause = backOff) {
  /** @type {Map<string, Waiting>} */
  const newest = new Map()

  return (key, body) => {
    const before = newest.get(key)
    /** @type {PromiseWithResolvers<unknown>} */
    const { promise, resolve: fulfil, reject } = Promise.withResolvers()
    newest.set(key, { body, fulfil, reject, isBeingSaid: false })
    if (!before) void run(key)
    else if (!before.isBeingSaid) before.fulfil(undefined)
    return promise
  }

  async function run(/** @type {string} */ key) {
    let failures = 0
    for (;;) {
      const one = newest.get(key)
      if (!one) return
      try {
        one.isBeingSaid = true
        one.fulfil(await ask(one.body))
      } catch (error) {
        if (!isPassing(error)) one.reject(error)
        else {
          failures += 1
          if (failures === 1) onWait(error)
          await wait(pause(failures), over)
          if (newest.get(key) === one && !over.aborted) continue
          one.fulfil(undefined)
        }
      }
      if (over.aborted) newest.get(key)?.fulfil(undefined)
      if (newest.get(key) === one || over.aborted) {
        newest.delete(key)
        return
      }
    }
  }
}
