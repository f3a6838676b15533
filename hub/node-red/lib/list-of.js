/**
 * A list that somebody wrote in a field of the editor: `fall, sos`.
 * @param {unknown} text
 * @returns {string[]} empty when it is
 */
export function listOf(text) {
  return String(text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
