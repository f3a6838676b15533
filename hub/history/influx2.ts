import type { Answer } from './answer.ts'
import type { HistoryWriter } from './follower.ts'
import type { Influx2Client } from './influx2-client.ts'
import { createInfluxWriter } from './influx-writer.ts'

/**
 * Writes points to InfluxDB 2.x, and what speaks its write API.
 * @param create makes the missing bucket
 */
export function createInflux2Writer(
  { address, bucket, write }: Influx2Client,
  create: () => Promise<Answer<unknown>>,
): HistoryWriter {
  return createInfluxWriter({
    address,
    place: `bucket "${bucket}"`,
    write,
    isMissing: ({ status, message }) => status === 404 && /bucket/i.test(message),
    create,
  })
}
