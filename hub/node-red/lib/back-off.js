const FIRST_MS = 1000
const LONGEST_MS = 60_000

/**
 * How long to wait before the next attempt: twice as long each time, at most a minute; less by chance, so that many
 * who lost the hub at once do not come back at once.
 * @param {number} failures in a row, from 1
 * @param {() => number} [random] from 0 to 1
 * @returns {number} ms
 */
export function backOff(failures, random = Math.random) {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1)) * (0.5 + random() / 2)
}
