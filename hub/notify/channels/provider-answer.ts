/**
 * The beginning of an answer's text: what is longer is not what was asked for.
 * @param limit characters
 */
export async function readText(response: Response, limit: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > limit) break
  }
  return text.slice(0, limit)
}

/** `ECONNREFUSED`, where Node gives a code; never the address, which may hold a password or a number. */
export function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code
  return cause instanceof Error ? cause.name : 'unknown error'
}

/** What a call to a provider that never came to an answer means: try again. */
export function unreachable(what: string, cause: unknown, signal: AbortSignal): string {
  return signal.aborted ? `${what} gave no answer in time` : `${what} cannot be reached: ${reasonOf(cause)}`
}
