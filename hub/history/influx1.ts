import type { HistoryWriter, Refused, WriteResult } from './follower.ts'
import type { Answer, Influx1Client } from './influx1-client.ts'
import type { Point } from './points.ts'

export interface Influx1Writer extends HistoryWriter {
  /** Does it answer, and would it let the hub in? */
  health(): Promise<{ ok: true; version: string } | { ok: false; error: string }>
}

/** Points in one request: making its text takes a millisecond or two, in which no alarm is taken. */
const PART = 500

type Failed = Extract<WriteResult, { ok: false }>

/**
 * Writes points to InfluxDB 1.x and makes the database when it is missing. Points are idempotent, so what was
 * written in part may be written again.
 */
export function createInflux1Writer(client: Influx1Client): Influx1Writer {
  /** Is there an InfluxDB at the other end? Asked again after each failure: servers get replaced. */
  let checked = false
  /** Kept until a result tells it: the batch that made the database may fail after all. */
  let created = false

  async function write(points: readonly Point[]): Promise<WriteResult> {
    if (points.length === 0) return { ok: true, refused: [] }
    if (!checked) {
      const version = await client.version()
      if (!version.ok) return failed(version)
      checked = true
    }
    const refused: Refused[] = []
    for (let from = 0; from < points.length; from += PART) {
      const failure = await writeGroup(points.slice(from, from + PART), refused)
      if (failure !== undefined) {
        checked = false
        return failure
      }
    }
    const result: WriteResult = { ok: true, refused, ...(created && { created: true }) }
    created = false
    return result
  }

  /**
   * Writes the points, and where InfluxDB refuses some, finds out which: it says how many it dropped and why,
   * but not which. First by measurement, since a conflict of types concerns a whole one; then by halves.
   */
  async function writeGroup(points: readonly Point[], refused: Refused[]): Promise<Failed | undefined> {
    const answer = await send(points)
    if (answer.ok) return undefined
    const verdict = judge(answer, points.length)
    if (verdict === 'failed') return failed(answer)
    if (verdict === 'all-refused' || points.length === 1) {
      const reason = reasonOf(answer.message)
      for (const point of points) refused.push({ seq: point.seq, reason })
      return undefined
    }
    for (const part of split(points)) {
      const failure = await writeGroup(part, refused)
      if (failure !== undefined) return failure
    }
    return undefined
  }

  async function send(points: readonly Point[]): Promise<Answer<void>> {
    const rows = points.map(({ measurement, tags, fields, time }) => ({
      measurement,
      tags,
      fields,
      timestamp: time,
    }))
    const write = () => client.ask((influx) => influx.writePoints(rows, { precision: 'n' }))
    const answer = await write()
    if (answer.ok || !isMissingDatabase(answer.message)) return answer
    const made = await client.ask((influx) => influx.createDatabase(client.database))
    if (!made.ok) {
      return { ...made, message: `there is no database "${client.database}", and making it: ${made.message}` }
    }
    created = true
    return write()
  }

  function failed(answer: Answer<unknown> & { ok: false }): Failed {
    const { status } = answer
    return {
      ok: false,
      // Another try may help when the server is away, busy or ill; not when it does not want us.
      retry: status === undefined || status >= 500 || status === 408 || status === 429,
      error: `Cannot write history to ${client.address}: ${answer.message}`,
    }
  }

  return {
    write,
    async health() {
      const version = await client.version()
      const asked = version.ok
        ? await client.ask((influx) => influx.query('SHOW MEASUREMENTS LIMIT 1'))
        : version
      if (asked.ok || isMissingDatabase(asked.message)) {
        if (version.ok) return { ok: true, version: version.value }
      }
      const message = asked.ok ? '' : asked.message
      return { ok: false, error: `Cannot use InfluxDB at ${client.address}: ${message}` }
    },
  }
}

/**
 * Whose fault is it: some points', all of theirs, or none's? Only words that InfluxDB uses for points count:
 * a 400 of something between must not make the hub give up history.
 */
function judge(
  answer: Answer<unknown> & { ok: false },
  count: number,
): 'failed' | 'some-refused' | 'all-refused' {
  const { status, message } = answer
  if (status === 413) return 'some-refused'
  if (status !== 400) return 'failed'
  if (!/partial write|unable to parse|field type conflict|outside range/.test(message)) return 'failed'
  return Number(/dropped=(\d+)/.exec(message)?.[1]) === count ? 'all-refused' : 'some-refused'
}

/** The reason without what differs from point to point: it is said once for all of them. */
function reasonOf(message: string): string {
  return message
    .replace(/^partial write: /, '')
    .replace(/ dropped=\d+$/, '')
    .replaceAll(/unable to parse '.*':/gs, 'unable to parse:')
}

function isMissingDatabase(message: string): boolean {
  return message.startsWith('database not found')
}

function split(points: readonly Point[]): Iterable<readonly Point[]> {
  const byMeasurement = Map.groupBy(points, (point) => point.measurement)
  if (byMeasurement.size > 1) return byMeasurement.values()
  const half = Math.ceil(points.length / 2)
  return [points.slice(0, half), points.slice(half)]
}
