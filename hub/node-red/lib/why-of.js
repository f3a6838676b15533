/**
 * Why a hub was not reached, in words.
 * @param {unknown} error
 * @returns {string}
 */
export function whyOf(error) {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'ECONNRESET') return 'the connection broke'
  // A name with several addresses: each has its own reason, and the error itself no words.
  if (error instanceof AggregateError && error.errors.length > 0) return whyOf(error.errors[0])
  return error.message
}
