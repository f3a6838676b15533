import type { Refusal } from '../model/refusal.ts'

/** What the hub refused, in its own words. */
export class ApiError extends Error {
  readonly status: number
  /** Of signing in and unlocking: for words of the page's own. */
  readonly reason: Refusal | undefined
  /** When trying again makes sense, s. */
  readonly retryAfter: number | undefined

  constructor(status: number, message: string, more: { reason?: Refusal; retryAfter?: number } = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.reason = more.reason
    this.retryAfter = more.retryAfter
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * @param why the reason that the audit log keeps, in letters that a header can carry
 * @throws ApiError with a sentence for people; status 0 when the hub did not answer
 */
export async function ask<T>(method: Method, path: string, body?: unknown, why?: string): Promise<T> {
  const answer = await fetch(path, {
    method,
    headers: {
      'x-aal': '1',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(why !== undefined && { 'x-reason': why }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  }).catch(() => undefined)
  if (!answer) throw new ApiError(0, '')
  const text = await answer.text()
  if (!answer.ok) {
    const { detail, ...more } = problemIn(text)
    const retryAfter = Number(answer.headers.get('retry-after') ?? NaN)
    throw new ApiError(answer.status, detail, { ...more, ...(retryAfter > 0 && { retryAfter }) })
  }
  return (text === '' ? undefined : JSON.parse(text)) as T
}

function problemIn(text: string): { readonly detail: string; readonly reason?: Refusal } {
  try {
    const { detail, reason } = JSON.parse(text) as { detail?: unknown; reason?: Refusal }
    return { detail: typeof detail === 'string' ? detail : '', ...(reason !== undefined && { reason }) }
  } catch {
    return { detail: '' }
  }
}
