/** Calls again and again; keeps no process alive. @returns ends it */
export function repeat(call: () => void, ms: number): () => void {
  const timer = setInterval(call, ms)
  timer.unref()
  return () => clearInterval(timer)
}

/** Calls once. @returns what was to come is called off */
export function later(call: () => void, ms: number): () => void {
  const timer = setTimeout(call, ms)
  return () => clearTimeout(timer)
}
