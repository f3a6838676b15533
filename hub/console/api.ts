/** What the hub refused, in its own words. */
export class ApiError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'ApiError'
    this.status = status
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
  if (!answer.ok) throw new ApiError(answer.status, detailOf(text))
  return (text === '' ? undefined : JSON.parse(text)) as T
}

function detailOf(text: string): string {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown }
    return typeof detail === 'string' ? detail : ''
  } catch {
    return ''
  }
}
