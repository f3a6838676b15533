import { InvalidArgumentError } from 'commander'
import type { Api } from './open-api.ts'

/** The most that every list gives at once. */
const PAGE = 500
const MOST = 100_000

/**
 * Reads a list page by page, until there is no more or enough.
 * @param field of the answer that has the list
 */
export async function readPages<T>(
  api: Pick<Api, 'call'>,
  path: string,
  field: string,
  { limit, ...query }: { readonly limit: number; readonly [name: string]: string | number | undefined },
): Promise<T[]> {
  const rows: T[] = []
  let cursor: string | undefined
  do {
    const given = { ...query, limit: Math.min(PAGE, limit - rows.length), cursor }
    const search = new URLSearchParams(
      Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    )
    const answer = (await api.call('GET', `${path}?${search}`)) as Record<string, T[]> & { next?: string }
    rows.push(...(answer[field] ?? []))
    cursor = answer.next
  } while (cursor !== undefined && rows.length < limit)
  return rows
}

/** For `--limit`. */
export function readLimit(text: string): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= MOST) return count
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${MOST}.`)
}
