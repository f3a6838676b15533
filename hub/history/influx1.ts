import type { Answer } from './answer.ts'
import type { HistoryWriter } from './follower.ts'
import type { Influx1Client } from './influx1-client.ts'
import { createInfluxWriter } from './influx-writer.ts'

export interface Influx1Writer extends HistoryWriter {
  /** Does it answer, and would it let the hub in? */
  health(): Promise<{ ok: true; version: string } | { ok: false; error: string }>
}

/**
 * Writes points to InfluxDB 1.x.
 * @param create makes the missing database; the database alone when not given
 */
export function createInflux1Writer(
  client: Influx1Client,
  create: () => Promise<Answer<unknown>> = () =>
    client.ask((influx) => influx.createDatabase(client.database)),
): Influx1Writer {
  const { address, database, write, version: check } = client
  const writer = createInfluxWriter({
    address,
    place: `database "${database}"`,
    write,
    isMissing: ({ message }) => isMissingDatabase(message),
    create,
    check,
  })
  return {
    ...writer,
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

/** As InfluxDB says it to a write and to a query of InfluxQL. */
export function isMissingDatabase(message: string): boolean {
  return message.startsWith('database not found')
}
