import { z } from 'zod'

/** What one request to a server of histories gave. */
export type Answer<T> = { readonly ok: true; readonly value: T } | Refusal

/** Why a request gave nothing. `message` is for people and holds no secret. */
export interface Refusal {
  readonly ok: false
  /** Of HTTP; undefined when there was no answer at all. */
  readonly status?: number
  readonly message: string
  /** The server asks for no request before so long, ms. */
  readonly after?: number
}

/**
 * What an error means that is no answer of a server.
 * @param timeout how long a request may take, ms
 */
export function errorWords(error: Error, timeout: number): string {
  const network = networkWords(error)
  if (network !== undefined) return network
  if (LATE.test(error.name) || error.message === 'Request timed out') {
    return `it did not answer within ${timeout / 1000} s`
  }
  if (error instanceof SyntaxError) return 'its answer is not JSON; is the URL right?'
  return error.message === '' ? error.constructor.name : error.message
}

const LATE = /^(AbortError|TimeoutError|RequestTimedOutError)$/

/** InfluxDB's words in `{"message": …}` (2.x) or `{"error": …}` (1.x); of other servers the beginning of what they said. */
export function serverWords(body: string): string {
  try {
    const parsed = problemSchema.safeParse(JSON.parse(body))
    const words = parsed.success ? (parsed.data.message ?? parsed.data.error) : undefined
    if (words !== undefined) return words
  } catch {
    // Not InfluxDB's JSON: shown as it is.
  }
  return body.slice(0, 200)
}

const problemSchema = z.object({ message: z.string().optional(), error: z.string().optional() })

/** What an error of the network means; undefined when it is another one. */
export function networkWords(error: Error): string | undefined {
  if (!('code' in error) || typeof error.code !== 'string') return undefined
  const meaning = MEANINGS[error.code]
  return meaning === undefined ? undefined : `${meaning} (${error.code})`
}

const MEANINGS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name server does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  EPROTO: 'it does not speak TLS; is it http:// rather than https://?',
}

/**
 * The `Retry-After` of an answer as ms: a number of seconds, or a date (RFC 9110, 10.2.3).
 * @param now ms since 1970, by which a date is judged
 */
export function retryAfter(header: unknown, now: number): number | undefined {
  if (typeof header !== 'string') return undefined
  const text = header.trim()
  if (/^\d+$/.test(text)) return Number(text) * 1000
  // `Date.parse` takes bare numbers for years.
  const at = text.endsWith('GMT') ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
