import { z } from 'zod'
import { HttpError } from './problem.ts'

/** The query of a list that grows: so many, and where the page before ended. */
export function cursorFields(usual: number, most = 1000) {
  return {
    limit: z.coerce.number().int().min(1).max(most).default(usual).describe('At most so many.'),
    cursor: z
      .string()
      .max(300)
      .optional()
      .describe('The `next` of the page before, to go on there; without `next` that was the last page.'),
  }
}

/** In an answer with a page. */
export const nextField = z
  .string()
  .optional()
  .describe('Where the next page begins; not given: there is none.')

/** Where a page ended, so that the next one begins there whatever is added meanwhile. */
export function writeCursor(place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** @throws HttpError for one that we have not written */
export function readCursor<T>(cursor: string, schema: z.ZodType<T>): T {
  let place: unknown
  try {
    place = JSON.parse(Buffer.from(cursor, 'base64url').toString())
  } catch {
    place = undefined
  }
  const parsed = schema.safeParse(place)
  if (!parsed.success) {
    throw new HttpError(
      400,
      'Cannot use "cursor": it is none of this list. Take it from "next" of the page before.',
    )
  }
  return parsed.data
}
