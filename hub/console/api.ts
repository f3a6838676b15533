import type { FieldProblem } from '../model/register.ts'
import type { LoginRefusal, Refusal } from '../model/refusal.ts'

/** What the hub refused, in its own words. */
export class ApiError extends Error {
  readonly status: number
  /** For words of the page's own. */
  readonly reason: Refusal | LoginRefusal | undefined
  /** When trying again makes sense, s. */
  readonly retryAfter: number | undefined
  /** What is wrong with what was sent, each at its field. */
  readonly problems: readonly FieldProblem[]

  constructor(status: number, message: string, more: Told & { retryAfter?: number } = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.reason = more.reason
    this.retryAfter = more.retryAfter
    this.problems = more.problems ?? []
  }
}

interface Told {
  readonly reason?: Refusal | LoginRefusal
  readonly problems?: readonly FieldProblem[]
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * @param why the reason that the audit log keeps, in letters that a header can carry
 * @throws ApiError with a sentence for people; status 0 when the hub did not answer
 */
export async function ask<T>(method: Method, path: string, body?: unknown, why?: string): Promise<T> {
  return await send(method, path, body, why === undefined ? {} : { 'x-reason': why })
}

/** As `ask`, with other headers: the name of a request that may come twice, the revision that somebody saw. */
export async function send<T>(
  method: Method,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): Promise<T> {
  const answer = await fetch(path, {
    method,
    headers: {
      'x-aal': '1',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
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

function problemIn(text: string): Told & { readonly detail: string } {
  try {
    const { detail, reason, problems } = JSON.parse(text) as Told & { detail?: unknown }
    return {
      detail: typeof detail === 'string' ? detail : '',
      ...(reason !== undefined && { reason }),
      ...(problems?.every((one) => typeof one.pointer === 'string') && { problems }),
    }
  } catch {
    return { detail: '' }
  }
}
