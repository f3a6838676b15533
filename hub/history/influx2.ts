import type { Answer } from './answer.ts'
import type { HistoryWriter, WriteResult } from './follower.ts'
import type { Influx2Client } from './influx2-client.ts'
import { linesOf } from './line-protocol.ts'
import type { Point } from './points.ts'
import { failedWrite, writeInParts } from './write-in-parts.ts'

/** Points in one request, as InfluxDB advises: with fewer it takes longer for each. */
const PART = 5000

/**
 * Writes points to InfluxDB 2.x, and what speaks its write API.
 * @param create makes the missing bucket
 */
export function createInflux2Writer(
  client: Influx2Client,
  create: () => Promise<Answer<unknown>>,
): HistoryWriter {
  /** Kept until a result tells it: the batch that made the bucket may fail after all. */
  let created = false

  async function send(points: readonly Point[], lines = linesOf(points)): Promise<Answer<void>> {
    const answer = await client.write(lines)
    if (answer.ok || !(answer.status === 404 && /bucket/i.test(answer.message))) return answer
    const made = await create()
    if (!made.ok) {
      return { ...made, message: `there is no bucket "${client.bucket}", and making it: ${made.message}` }
    }
    created = true
    return client.write(lines)
  }

  return {
    async write(points, lines): Promise<WriteResult> {
      if (points.length === 0) return { ok: true, refused: [] }
      const written = await writeInParts(points, send, PART, lines)
      if (!written.ok) return failedWrite(client.address, written)
      const result: WriteResult = { ...written, ...(created && { created: true }) }
      created = false
      return result
    },
  }
}
