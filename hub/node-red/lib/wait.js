/**
 * @param {number} ms
 * @param {AbortSignal} signal ends it sooner
 * @returns {Promise<void>}
 */
export function wait(ms, signal) {
  return new Promise((fulfil) => {
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
    function end() {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      fulfil()
    }
  })
}
