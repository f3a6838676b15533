import { z } from 'zod'
import { formatDuration, parseDuration } from '../source/duration.ts'

const DAY = 24 * 3_600_000
const YEAR = 365 * DAY
/** Kept for ever. */
export const FOREVER = 0

/**
 * How long a class of data is kept, ms; `forever` gives 0.
 * @param least shorter, the hub would lack it for what it judges or shows
 */
function keep(initial: string, least: number, what: string) {
  const expected = `expected a duration of ${formatDuration(least)} or more, such as 90d, 26w or 2y, or forever`
  return z
    .string({ error: (issue) => `is ${JSON.stringify(issue.input)}, ${expected}` })
    .transform((text, context) => {
      const ms = text === 'forever' ? FOREVER : msOf(text)
      if (ms === FOREVER && text === 'forever') return ms
      if (ms !== undefined && ms >= least) return ms
      context.issues.push({ code: 'custom', input: text, message: `is "${text}", ${expected}` })
      return z.NEVER
    })
    .prefault(initial)
    .describe(`${what}: ${initial}.`)
}

function msOf(text: string): number | undefined {
  return /^\d+y$/.test(text) ? Number.parseInt(text, 10) * YEAR : parseDuration(text)
}

/** How long each class of data is kept; `keep` of a `hub.yaml`. */
export const keepSchema = z
  .strictObject({
    readings: keep(
      '1y',
      60 * DAY,
      'Readings, and the links of gateways. What is usual is learned from 42 days; rules are tried on what is there',
    ),
    undecoded: keep('90d', 7 * DAY, 'Messages that could not be read, with what they said'),
    alerts: keep(
      '3y',
      400 * DAY,
      'Alerts that are over, from then, with their histories and comments. Indicators look back a year',
    ),
    messages: keep('400d', 400 * DAY, 'Which messages went to whom. Indicators look back a year'),
    audit: keep('5y', YEAR, 'The audit log; it is cut from its beginning, and its chain goes on'),
    closedHomes: keep(
      '1y',
      30 * DAY,
      'Names, addresses, contacts and notes of a home that was closed, from then; its readings and alerts have their own time',
    ),
    certificates: keep('5y', YEAR, 'Certificates of visits; the newest of each home stays'),
    protectionMonths: keep('5y', 400 * DAY, 'Minutes without protection, month by month'),
    removedPeople: keep(
      '1y',
      30 * DAY,
      'Names of people who may sign in no more, from then; their id stays, as the audit log names it',
    ),
  })
  .prefault({})
  .describe('How long what is kept: docs/operations.md, How long what is kept.')

export type KeepSettings = z.output<typeof keepSchema>
