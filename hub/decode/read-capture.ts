import { z } from 'zod'

/** One captured message; its topic without `homes/<homeId>/`. */
export interface Captured {
  readonly topic: string
  /** As it was sent. */
  readonly payload: string
}

const line = z.object({ topic: z.string().min(1), payload: z.unknown() })

/**
 * Reads what `mosquitto_sub` writes with `-F %J` or with `-v`, or any NDJSON of `{"topic":…,"payload":…}`.
 * @returns the messages, and which lines are none of these
 */
export function readCapture(text: string): { messages: readonly Captured[]; problems: readonly string[] } {
  const messages: Captured[] = []
  const problems: string[] = []
  for (const [index, raw] of text.split('\n').entries()) {
    const written = raw.trim()
    if (written === '') continue
    const message = written.startsWith('{') ? readJsonLine(written) : readPlainLine(written)
    if (message) messages.push(message)
    else {
      problems.push(
        `Cannot read line ${index + 1}: expected {"topic":…,"payload":…}, or a topic, a space and a payload`,
      )
    }
  }
  return { messages, problems }
}

function readJsonLine(written: string): Captured | undefined {
  let json: unknown
  try {
    json = JSON.parse(written)
  } catch {
    return undefined
  }
  const read = line.safeParse(json)
  if (!read.success || read.data.payload === undefined) return undefined
  const { topic, payload } = read.data
  return captured(topic, typeof payload === 'string' ? payload : JSON.stringify(payload))
}

function readPlainLine(written: string): Captured | undefined {
  const space = written.indexOf(' ')
  // Friendly names may have spaces: a payload in braces is found by them.
  const brace = written.indexOf(' {')
  const end = brace > 0 ? brace : space
  return end > 0 && written.includes('/')
    ? captured(written.slice(0, end), written.slice(end + 1))
    : undefined
}

/** @param topic as it was captured, with the home or without */
export function captured(topic: string, payload: string): Captured {
  return { topic: topic.replace(/^homes\/[^/]+\//, ''), payload }
}
