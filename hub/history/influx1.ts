import type { Answer } from './answer.ts'
import type { HistoryWriter, WriteResult } from './follower.ts'
import type { Influx1Client } from './influx1-client.ts'
import { linesOf } from './line-protocol.ts'
import type { Point } from './points.ts'
import { failedWrite, writeInParts } from './write-in-parts.ts'

export interface Influx1Writer extends HistoryWriter {
  /** Does it answer, and would it let the hub in? */
  health(): Promise<{ ok: true; version: string } | { ok: false; error: string }>
}

/** Points in one request, as InfluxDB advises: with fewer it takes longer for each. */
const PART = 5000

/**
 * Writes points to InfluxDB 1.x.
 * @param create makes the missing database; the database alone when not given
 */
export function createInflux1Writer(
  client: Influx1Client,
  create: () => Promise<Answer<unknown>> = () =>
    client.ask((influx) => influx.createDatabase(client.database)),
): Influx1Writer {
  /** Is there an InfluxDB at the other end? Asked again after each failure: servers get replaced. */
  let checked = false
  /**
   * The database was missing. Kept until a result tells it: the batch that made it may fail after all, and where the hub
   * may not make it, an admin does.
   */
  let wasMissing = false

  async function write(points: readonly Point[], lines?: string): Promise<WriteResult> {
    if (points.length === 0) return { ok: true, refused: [] }
    if (!checked) {
      const version = await client.version()
      if (!version.ok) return failedWrite(client.address, version)
      checked = true
    }
    const written = await writeInParts(points, send, PART, lines)
    if (!written.ok) {
      checked = false
      return failedWrite(client.address, written)
    }
    const result: WriteResult = { ...written, ...(wasMissing && { created: true }) }
    wasMissing = false
    return result
  }

  async function send(points: readonly Point[], lines = linesOf(points)): Promise<Answer<void>> {
    const write = () => client.write(lines)
    const answer = await write()
    if (answer.ok || !isMissingDatabase(answer.message)) return answer
    wasMissing = true
    const made = await create()
    if (!made.ok) {
      return { ...made, message: `there is no database "${client.database}", and making it: ${made.message}` }
    }
    return write()
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

function isMissingDatabase(message: string): boolean {
  return message.startsWith('database not found')
}
