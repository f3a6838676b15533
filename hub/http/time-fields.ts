import { z } from 'zod'

export const time = z.number().describe('Milliseconds since 1970, UTC.')

/** When what a person orders ends by itself. */
export const untilField = z
  .string()
  .max(40)
  .optional()
  .describe('14:30 or 2026-11-22 14:30 by the clock of the home, or with a zone: 2026-11-22T13:30Z.')
