import { z } from 'zod'
import { KINDS, whyNotValue } from '../model/kind.ts'
import type { Value } from '../model/reading.ts'
import { hint } from '../source/parse-yaml.ts'
import type { Parsed, Problem } from '../source/problem.ts'

/** A reading out of a history, with what it says itself of the sensor. Times in ms. */
export interface PastReading {
  readonly home: string
  readonly sensor: string
  readonly kind: string
  readonly value: Value
  readonly at: number
  /** As `at` where the history does not say. */
  readonly receivedAt: number
  readonly id?: string
  readonly room?: string
  readonly role?: string
  readonly resident?: string
}

/** A few lines are enough to see what is wrong; a file of another sort has nothing but errors. */
const MOST_PROBLEMS = 20

// Ids go into keys, where these signs have a meaning.
const id = z.string().regex(/^[^|/]+$/, 'expected a name without | and /')
const part = z.string().regex(/^[^|]+$/, 'expected a name without |')
const time = z.iso.datetime({
  offset: true,
  error: (issue) => `is ${JSON.stringify(issue.input)}, expected a time such as 2026-11-21T22:00:00.000Z`,
})

const lineSchema = z.object({
  at: time,
  receivedAt: time.exactOptional(),
  home: id,
  sensor: part,
  kind: z.string(),
  // Its kind says what it may be.
  value: z.unknown(),
  id: z.string().exactOptional(),
  room: part.exactOptional(),
  role: z.string().exactOptional(),
  resident: part.exactOptional(),
})

/**
 * Reads a history as NDJSON: one reading a line, empty lines are passed over.
 * @param file the name to show in problems
 * @param text in parts of any size
 * @returns the readings in the order in which they arrived (`receivedAt`, else `at`; else as they stand), or
 * what is wrong with the first bad lines
 */
export async function parseReadings(
  file: string,
  text: AsyncIterable<string> | Iterable<string>,
): Promise<Parsed<PastReading[]>> {
  const readings: PastReading[] = []
  const problems: Problem[] = []
  let number = 0
  let isSorted = true

  function take(line: string): void {
    number++
    if (line.trim() === '') return
    const reading = parseLine(line)
    if ('why' in reading) {
      problems.push({ file, line: number, column: 1, message: reading.why })
      return
    }
    if (reading.receivedAt < (readings.at(-1)?.receivedAt ?? -Infinity)) isSorted = false
    readings.push(reading)
  }

  let rest = ''
  for await (const part of text) {
    const lines = (rest + part).split('\n')
    rest = lines.pop() ?? ''
    lines.forEach(take)
    if (problems.length >= MOST_PROBLEMS) break
  }
  take(rest)
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, MOST_PROBLEMS) }
  return { ok: true, value: isSorted ? readings : readings.toSorted((a, b) => a.receivedAt - b.receivedAt) }
}

function parseLine(line: string): PastReading | { readonly why: string } {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch (cause) {
    return { why: `Cannot read this line as JSON: ${(cause as Error).message}` }
  }
  const parsed = lineSchema.safeParse(json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const name = issue?.path.join('.') ?? ''
    if (issue?.path.length === 1 && !(name in Object(json)))
      return { why: `Cannot take this line: it has no "${name}"` }
    return { why: `Cannot take "${name}": ${issue?.message}` }
  }
  const { at, receivedAt, value, ...rest } = parsed.data
  const kind = KINDS.get(rest.kind)
  if (!kind) {
    return {
      why: `Cannot take the kind "${rest.kind}": it is not known${hint(rest.kind, [...KINDS.keys()])}`,
    }
  }
  const wrong = whyNotValue(kind, value)
  if (wrong !== undefined) return { why: `Cannot take this ${rest.kind}: its value ${wrong}` }
  const observed = Date.parse(at)
  return {
    ...rest,
    value: value as Value,
    at: observed,
    receivedAt: receivedAt === undefined ? observed : Date.parse(receivedAt),
  }
}
